"""The database: its tables, how an older one is brought up to date, and how one is opened.

Texts are BLOBs in UTF-8 with lone surrogates let through, since a model may send half a pair. `events.at` and `until` are
monotonic seconds of the process that wrote them: only differences within one answer mean anything. `search` holds prompts
(rowid 2n+1) and answers (rowid 2n), each by the `n` of its own table.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tui.storage import files
from tui.storage.files import FileId
from tui.storage.lease import only_one
from tui.storage.trouble import Trouble, from_os, from_sqlite

if TYPE_CHECKING:
    import sqlite3

_FIRST = """
CREATE TABLE IF NOT EXISTS conversations(
  id TEXT PRIMARY KEY, title BLOB NOT NULL, model BLOB NOT NULL, endpoint BLOB NOT NULL, system BLOB, params BLOB NOT NULL,
  created REAL NOT NULL, updated REAL NOT NULL);
CREATE TABLE IF NOT EXISTS turns(
  id TEXT PRIMARY KEY, conversation TEXT NOT NULL, position INTEGER NOT NULL, shown INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS turns_of ON turns(conversation, position);
CREATE TABLE IF NOT EXISTS prompts(
  n INTEGER PRIMARY KEY, conversation TEXT NOT NULL, turn TEXT NOT NULL, version INTEGER NOT NULL, created REAL NOT NULL,
  text BLOB NOT NULL, UNIQUE(turn, version));
CREATE INDEX IF NOT EXISTS prompts_of ON prompts(conversation);
CREATE TABLE IF NOT EXISTS answers(
  n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, conversation TEXT NOT NULL, turn TEXT NOT NULL, reply INTEGER NOT NULL,
  step INTEGER NOT NULL, version INTEGER NOT NULL, seam INTEGER, model BLOB NOT NULL, instance TEXT NOT NULL,
  started REAL NOT NULL, state TEXT);
CREATE INDEX IF NOT EXISTS answers_of ON answers(conversation);
CREATE INDEX IF NOT EXISTS answers_open ON answers(instance) WHERE state IS NULL;
CREATE TABLE IF NOT EXISTS events(
  n INTEGER PRIMARY KEY, answer INTEGER NOT NULL, kind TEXT NOT NULL, choice TEXT, at REAL NOT NULL, until REAL NOT NULL,
  body BLOB);
CREATE INDEX IF NOT EXISTS events_of ON events(answer);
CREATE TABLE IF NOT EXISTS tabs(
  instance TEXT NOT NULL, position INTEGER NOT NULL, conversation TEXT NOT NULL, model BLOB NOT NULL,
  endpoint BLOB NOT NULL, active INTEGER NOT NULL, seen REAL NOT NULL, PRIMARY KEY(instance, position));
CREATE TABLE IF NOT EXISTS drafts(conversation TEXT PRIMARY KEY, text BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS deleted(id TEXT PRIMARY KEY);
CREATE VIRTUAL TABLE IF NOT EXISTS search USING fts5(text, tokenize = 'unicode61 remove_diacritics 2');
"""

#: MIGRATIONS[v] brings a database from version v to v + 1; the schema's version is how many there are.
MIGRATIONS: list[str] = [_FIRST]


def open_database(path: Path, *, busy_ms: int, damaged: FileId | None = None) -> tuple[sqlite3.Connection, Path | None]:
    """The database, made, migrated or begun anew as needed; and where a damaged one went. Raises Trouble.

    `damaged` is the file that turned out to be damaged while it was used: it is set aside if it is still there.
    """
    try:
        files.private_folder(path.parent)
        files.private_file(path)
    except OSError as error:
        raise from_os(error, f"the folder {path.parent}") from error
    if damaged is None or files.file_id(path) != damaged:
        try:
            return _opened(path, busy_ms), None
        except Trouble as trouble:
            if not trouble.damaged:
                raise
        damaged = files.file_id(path)
    return _replaced(path, busy_ms, damaged)


def connect(path: Path, *, busy_ms: int) -> sqlite3.Connection:
    """A connection with nothing begun. Raises sqlite3.Error."""
    import sqlite3

    return sqlite3.connect(path, timeout=busy_ms / 1000, isolation_level=None, check_same_thread=False)


def version_of(db: sqlite3.Connection) -> int:
    """The schema's version, 0 for a database that is new."""
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def _opened(path: Path, busy_ms: int) -> sqlite3.Connection:
    import sqlite3

    db = None
    try:
        db = connect(path, busy_ms=busy_ms)
        if version_of(db) > len(MIGRATIONS):
            raise Trouble("the database was written by a newer streamtui", retry=False)
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
        db.execute("PRAGMA secure_delete = ON")
        _migrate(db, path)
    except sqlite3.Error as error:
        if db is not None:
            db.close()
        raise from_sqlite(error) from error
    except Trouble:
        if db is not None:
            db.close()
        raise
    return db


def _migrate(db: sqlite3.Connection, path: Path) -> None:
    if version_of(db) == len(MIGRATIONS):
        return
    db.execute("BEGIN IMMEDIATE")  # another instance may be at it too: whoever comes second finds nothing to do
    try:
        version = version_of(db)
        if version < len(MIGRATIONS):
            if db.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchone():
                _back_up(path, version)
            _step_up(db, version)
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def _step_up(db: sqlite3.Connection, version: int) -> None:
    for script in MIGRATIONS[version:]:
        for statement in script.split(";\n"):
            db.execute(statement)
    db.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")


def _back_up(path: Path, version: int) -> None:
    backup = files.unused(path.with_name(f"{path.name}.backup-v{version}-{files.timestamp()}"))
    try:
        files.private_file(backup)
    except OSError as error:
        raise from_os(error, f"the backup {backup}") from error
    source, target = connect(path, busy_ms=1000), connect(backup, busy_ms=1000)
    try:
        source.backup(target)
    finally:
        source.close()
        target.close()


def _replaced(path: Path, busy_ms: int, damaged: FileId | None) -> tuple[sqlite3.Connection, Path | None]:
    aside = None
    try:
        with only_one(path.with_name("streamtui.lock")):
            if files.file_id(path) == damaged:  # else another instance was faster
                aside = files.set_aside(path)
            files.private_file(path)
            return _opened(path, busy_ms), aside
    except OSError as error:
        raise from_os(error, f"the damaged database {path}") from error
