"""Why nothing can be saved just now, in plain words, and whether that may pass."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3


class Trouble(Exception):  # noqa: N818 - a state of the world, shown as words
    """Saving failed. `retry` is whether it may work later."""

    def __init__(self, reason: str, *, retry: bool = True) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry = retry


class Damaged(Trouble):
    """The database is to be set aside, and a new one begun."""


def from_os(error: OSError, what: str) -> Trouble:
    """`what` ("the folder /x") can't be used."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Trouble("the disk is full")
    return Trouble(f"{what} can't be written ({(error.strerror or str(error)).lower()})")


def from_sqlite(error: sqlite3.Error) -> Trouble:
    """SQLite's result code in words."""
    import sqlite3

    words = {
        sqlite3.SQLITE_FULL: "the disk is full",
        sqlite3.SQLITE_BUSY: "another program has locked the database",
        sqlite3.SQLITE_LOCKED: "another program has locked the database",
        sqlite3.SQLITE_READONLY: "the database can't be written",
        sqlite3.SQLITE_PERM: "the database can't be written",
        sqlite3.SQLITE_CANTOPEN: "the database can't be opened for writing",
        sqlite3.SQLITE_IOERR: "the disk can't be written (input/output error)",
    }
    primary = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
    if primary in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return Damaged("the database is damaged")
    return Trouble(words.get(primary, f"the database refuses ({error})"))
