"""Connections for reading: one a question, in whatever thread asks, never in the writer's way."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from tui.storage import schema
from tui.storage.trouble import from_sqlite

if TYPE_CHECKING:
    import sqlite3


class HistoryError(Exception):
    """What was saved can't be read; the message says why, in plain words."""


@contextlib.contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that changes nothing; an empty database where there is none. Raises HistoryError, from inside as well."""
    import sqlite3

    db = None
    try:
        db = _connected(path)
        yield db
    except sqlite3.Error as error:
        raise HistoryError(from_sqlite(error).reason) from error
    finally:
        if db is not None:
            db.close()


def _connected(path: Path) -> sqlite3.Connection:
    import sqlite3

    if not path.exists():
        return _empty()
    try:
        db = _opened(path, "mode=rw")
    except sqlite3.OperationalError:
        # a folder that can't be written, where SQLite could not keep its shared memory: nobody writes there either
        db = _opened(path, "mode=ro&immutable=1")
    db.execute("PRAGMA query_only = ON")
    version = schema.version_of(db)
    if version == 0:
        db.close()
        return _empty()
    if version != len(schema.MIGRATIONS):
        db.close()
        raise HistoryError(f"the database is that of {'a newer' if version > len(schema.MIGRATIONS) else 'an older'} streamtui")
    return db


def _opened(path: Path, mode: str) -> sqlite3.Connection:
    import sqlite3

    db = sqlite3.connect(f"{path.absolute().as_uri()}?{mode}", uri=True, timeout=1.0, isolation_level=None)
    try:
        schema.version_of(db)  # opens the file for good
    except sqlite3.Error:
        db.close()
        raise
    return db


def _empty() -> sqlite3.Connection:
    import sqlite3

    db = sqlite3.connect(":memory:", isolation_level=None)
    for script in schema.MIGRATIONS:
        for statement in script.split(";\n"):
            db.execute(statement)
    return db
