"""Why nothing can be saved just now, in plain words, and whether that may pass."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3


class Trouble(Exception):  # noqa: N818 - a state of the world, shown as words
    """Saving failed. `retry` is whether it may work later; `damaged` is whether the database is to be set aside."""

    def __init__(self, reason: str, *, retry: bool = True, damaged: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry = retry
        self.damaged = damaged


def from_os(error: OSError, what: str) -> Trouble:
    """`what` ("the folder /x") can't be used."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Trouble("the disk is full")
    return Trouble(f"{what} can't be written ({(error.strerror or str(error)).lower()})")


def from_sqlite(error: sqlite3.Error) -> Trouble:
    """SQLite's result code in words."""
    import sqlite3

    code = getattr(error, "sqlite_errorcode", None)
    words = {
        sqlite3.SQLITE_FULL: "the disk is full",
        sqlite3.SQLITE_BUSY: "another program has locked the database",
        sqlite3.SQLITE_LOCKED: "another program has locked the database",
        sqlite3.SQLITE_READONLY: "the database can't be written",
        sqlite3.SQLITE_PERM: "the database can't be written",
        sqlite3.SQLITE_CANTOPEN: "the database can't be opened",
        sqlite3.SQLITE_IOERR: "the disk can't be written (input/output error)",
        sqlite3.SQLITE_CORRUPT: "the database is damaged",
        sqlite3.SQLITE_NOTADB: "the database is damaged",
    }
    primary = None if code is None else code & 0xFF
    damaged = primary in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
    return Trouble(words.get(primary or 0, f"the database refuses ({error})"), damaged=damaged)


def is_busy(error: sqlite3.Error) -> bool:
    """Whether somebody else holds the database."""
    import sqlite3

    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
