"""The database's tables, and how an older one is brought up to date.

Texts are BLOBs in UTF-8 with lone surrogates let through, since a model may send half a pair. `events.at` and `until` are
monotonic seconds of the process that wrote them: only differences within one answer mean anything. `search` holds prompts
(rowid 2n+1) and answers (rowid 2n), each by the `n` of its own table.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

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


def version_of(db: sqlite3.Connection) -> int:
    """The schema's version, 0 for a database that is new."""
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def migrate(db: sqlite3.Connection, back_up: Callable[[int], None]) -> None:
    """Bring the database up to date, within a transaction; `back_up(version)` comes first where there is anything in it."""
    version = version_of(db)
    if version >= len(MIGRATIONS):
        return
    if db.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchone():
        back_up(version)
    for script in MIGRATIONS[version:]:
        for statement in script.split(";\n"):
            db.execute(statement)
    db.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
