"""The writer's hold on the database: opened when it is needed, opened anew when the file is gone or damaged."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from tui.storage import files, instances
from tui.storage.changes import Stamp
from tui.storage.lease import Lease
from tui.storage.opening import open_database, transaction
from tui.storage.trouble import Damaged, Trouble, from_os, from_sqlite

if TYPE_CHECKING:
    import sqlite3

_MOST_SET_ASIDE = 3  # damaged databases in one run; more says that it is the disk that is damaged


class Store:
    """One connection and one lease. `replaced` grows whenever what was written before is not in the database any more."""

    def __init__(self, path: Path, instance: str, *, wall: Callable[[], float], busy_ms: int) -> None:
        self.note = ""  # what the person should know of the database
        self.replaced = 0
        self._path, self._instance, self._wall, self._busy_ms = path, instance, wall, busy_ms
        self._db: sqlite3.Connection | None = None
        self._file: files.FileId | None = None  # the one that `_db` has open
        self._damaged: files.FileId | None = None
        self._damages = 0
        self._lease: Lease | None = None

    def stamp(self) -> Stamp:
        """Who writes now."""
        return Stamp(self._instance, self._wall())

    @contextlib.contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """A transaction that commits at the end. Raises Trouble; then nothing was written, and the connection is closed."""
        with self.connection() as db, transaction(db):
            yield db

    @contextlib.contextmanager
    def connection(self) -> Iterator[sqlite3.Connection]:
        """The connection, outside of a transaction. Raises Trouble; then the connection is closed."""
        import sqlite3

        try:
            yield self._connection()
        except Trouble as trouble:
            raise self._drop(trouble) from trouble.__cause__
        except sqlite3.Error as error:
            raise self._drop(from_sqlite(error)) from error
        except OSError as error:
            raise self._drop(from_os(error, f"the folder {self._path.parent}")) from error

    def claim_tabs(self, db: sqlite3.Connection, stamp: Stamp) -> list[instances.SavedTab]:
        """See `instances.claim_tabs`."""
        return instances.claim_tabs(db, self._path.parent, stamp)

    def close(self) -> None:
        """Close the connection; the lease stays."""
        import sqlite3

        if self._db is not None:
            with contextlib.suppress(sqlite3.Error):
                self._db.close()
            self._db = None

    def release(self) -> None:
        """Close everything: this instance ends."""
        self.close()
        if self._lease is not None:
            self._lease.release()
            self._lease = None

    def _connection(self) -> sqlite3.Connection:
        if self._db is not None and files.file_id(self._path) != self._file:
            self.close()  # somebody removed or replaced it: nobody would ever see what goes into it
            self.replaced += 1
        if self._db is None:
            self._open()
        assert self._db is not None, "_open has set it"  # noqa: S101 - for the type checker
        return self._db

    def _open(self) -> None:
        self._db, aside = open_database(self._path, busy_ms=self._busy_ms, damaged=self._damaged)
        self._file, self._damaged = files.file_id(self._path), None
        if aside is not None:
            self.note = f"the damaged history was set aside as {aside.name}, and a new one was begun"
        if self._lease is None or not self._lease.holds():
            self._lease = Lease(self._path.parent, self._instance)
        with transaction(self._db):
            instances.end_orphans(self._db, self._path.parent, self.stamp())

    def _drop(self, trouble: Trouble) -> Trouble:
        self.close()
        if not isinstance(trouble, Damaged):
            return trouble
        self._damaged = self._file
        self.replaced += 1
        self._damages += 1
        return trouble if self._damages <= _MOST_SET_ASIDE else Trouble(trouble.reason, retry=False)
