"""How the database is opened for writing: made, migrated, or begun anew where it is damaged."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from tui.storage import files, schema
from tui.storage.files import FileId
from tui.storage.lease import only_one
from tui.storage.trouble import Damaged, Trouble, from_os, from_sqlite

if TYPE_CHECKING:
    import sqlite3


def open_database(path: Path, *, busy_ms: int, damaged: FileId | None = None) -> tuple[sqlite3.Connection, Path | None]:
    """The database, and where a damaged one went that stood in its place. Raises Trouble.

    `damaged` is the file that turned out to be damaged while it was used: it is set aside if it is still there.
    """
    try:
        files.private_folder(path.parent)
        files.private_file(path)
        if damaged is None or files.file_id(path) != damaged:
            with contextlib.suppress(Damaged):
                return _opened(path, busy_ms), None
            damaged = files.file_id(path)
        return _replaced(path, busy_ms, damaged)
    except OSError as error:
        raise from_os(error, f"the folder {path.parent}") from error


@contextlib.contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """Commit at the end, or undo all. Raises sqlite3.Error."""
    import sqlite3

    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        with contextlib.suppress(sqlite3.Error):  # SQLite may have rolled back by itself
            db.execute("ROLLBACK")
        raise


def connect(path: Path, *, busy_ms: int) -> sqlite3.Connection:
    """A connection with nothing begun. Raises sqlite3.Error."""
    import sqlite3

    return sqlite3.connect(path, timeout=busy_ms / 1000, isolation_level=None, check_same_thread=False)


def _opened(path: Path, busy_ms: int) -> sqlite3.Connection:
    import sqlite3

    if files.is_damaged(path):
        raise Damaged("the database is damaged")
    with contextlib.ExitStack() as undo:
        try:
            db = connect(path, busy_ms=busy_ms)
            undo.callback(db.close)
            _prepare(db, path)
        except sqlite3.Error as error:
            raise from_sqlite(error) from error
        undo.pop_all()
    return db


def _prepare(db: sqlite3.Connection, path: Path) -> None:
    version = schema.version_of(db)
    if version > len(schema.MIGRATIONS):
        raise Trouble("the database was written by a newer streamtui", retry=False)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = NORMAL")
    db.execute("PRAGMA secure_delete = ON")
    if version < len(schema.MIGRATIONS):
        with transaction(db):  # another instance may be at it too: whoever comes second finds nothing to do
            schema.migrate(db, lambda old: _back_up(path, old))


def _back_up(path: Path, version: int) -> None:
    backup = files.unused(path.with_name(f"{path.name}.backup-v{version}-{files.timestamp()}"))
    files.private_file(backup)
    with contextlib.closing(connect(path, busy_ms=1000)) as source, contextlib.closing(connect(backup, busy_ms=1000)) as target:
        source.backup(target)


def _replaced(path: Path, busy_ms: int, damaged: FileId | None) -> tuple[sqlite3.Connection, Path | None]:
    aside = None
    with only_one(path.with_name("streamtui.lock")):
        if files.file_id(path) == damaged:  # else another instance was faster
            aside = files.set_aside(path)
        files.private_file(path)
        return _opened(path, busy_ms), aside
