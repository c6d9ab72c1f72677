"""The log of streams in SQLite. A row is a batch of events, so that a stream of small events costs few rows."""

from __future__ import annotations

import contextlib
import functools
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import ParamSpec, TypeVar

from tui.serve.frames import error_frame, rest
from tui.serve.log import Batch, Entry, LogError, State
from tui.storage.files import is_damaged, private_file, private_folder, set_aside
from tui.storage.lease import Lease
from tui.storage.opening import transaction

VERSION = 1
INTERRUPTED = "The server ended before this stream did. What arrived before is whole; nothing more will come."
_MOST_SERVERS = 100  # that share a folder
_PAGES = 65536  # that are given back to the disk at once
_BUSY = 5.0  # seconds
_SCHEMA = """
CREATE TABLE IF NOT EXISTS stream (
    id TEXT PRIMARY KEY, model TEXT NOT NULL, state TEXT NOT NULL, created REAL NOT NULL, ended REAL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS batch (
    stream TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, data BLOB NOT NULL, PRIMARY KEY (stream, first)
);
CREATE INDEX IF NOT EXISTS ended ON stream (ended);
"""

P = ParamSpec("P")
R = TypeVar("R")


def _told(method: Callable[P, R]) -> Callable[P, R]:
    """SQLite's errors as LogError."""

    @functools.wraps(method)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return method(*args, **kwargs)
        except sqlite3.Error as error:
            raise LogError(f"the log of streams can't be used: {error}") from error

    return call


class SqliteLog:
    """A StreamLog in a file of `folder`, or in memory. A second server gets a file of its own. Raises LogError."""

    def __init__(self, folder: Path | None) -> None:
        self._lease: Lease | None = None
        path = ":memory:"
        try:
            if folder is not None:
                path = str(self._own_file(folder))
            self._open(path)
        except (OSError, sqlite3.Error) as error:
            raise LogError(f"the log of streams can't be opened: {error}") from error

    def _own_file(self, folder: Path) -> Path:
        private_folder(folder)
        for number in range(1, _MOST_SERVERS):
            with contextlib.suppress(OSError):
                self._lease = Lease(folder, f"serve-{number}")
                path = folder / f"streams-{number}.db"
                private_file(path)
                if is_damaged(path):
                    set_aside(path)
                    private_file(path)
                return path
        raise OSError(f"{folder} can't be written, or {_MOST_SERVERS} servers use it")

    def _open(self, path: str) -> None:
        self._db = sqlite3.connect(path, timeout=_BUSY, isolation_level=None, check_same_thread=False)
        (version,) = self._db.execute("PRAGMA user_version").fetchone()
        if version > VERSION:
            raise LogError(f"the log of streams {path} was written by a newer streamtui")
        self._db.execute("PRAGMA auto_vacuum = INCREMENTAL")  # of a file that is new
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.executescript(_SCHEMA)
        self._db.execute(f"PRAGMA user_version = {VERSION}")

    @_told
    def create(self, id: str, model: str, created: float) -> None:  # noqa: A002 - what it is
        """A stream begins."""
        self._db.execute("INSERT INTO stream VALUES (?, ?, 'running', ?, NULL)", (id, model, created))

    @_told
    def append(self, batches: Sequence[Batch]) -> None:
        """Events came, of any number of streams."""
        rows = [(batch.stream, batch.first, batch.last, batch.data) for batch in batches]
        with transaction(self._db):
            self._db.executemany("INSERT INTO batch VALUES (?, ?, ?, ?)", rows)

    @_told
    def read(self, id: str, after: int, most: int) -> tuple[bytes, int]:  # noqa: A002 - what it is
        """(frames after event `after`, the number of the last of them)."""
        # the batch that holds the next event is the last one that begins at or before it
        begin = "(SELECT max(first) FROM batch WHERE stream = :id AND first <= :next)"
        query = f"SELECT last, data FROM batch WHERE stream = :id AND first >= {begin} ORDER BY first"  # noqa: S608 - our own
        found: list[bytes] = []
        size, last = 0, after
        for end, data in self._db.execute(query, {"id": id, "next": after + 1}):
            if end <= after:
                continue
            found.append(data if found else rest(data, after))
            size, last = size + len(found[-1]), end
            if size >= most:
                break
        return b"".join(found), last

    @_told
    def find(self, id: str) -> Entry | None:  # noqa: A002 - what it is
        """What is known of a stream."""
        row = self._db.execute("SELECT model, state, created, ended FROM stream WHERE id = ?", (id,)).fetchone()
        if row is None:
            return None
        model, state, created, ended = row
        return Entry(id, model, state, created, ended, self._last(id))

    def _last(self, stream: str) -> int:
        query = "SELECT last FROM batch WHERE stream = ? ORDER BY first DESC LIMIT 1"
        (last,) = self._db.execute(query, (stream,)).fetchone() or (0,)
        return int(last)

    @_told
    def finish(self, id: str, state: State, ended: float) -> None:  # noqa: A002 - what it is
        """A stream has ended."""
        self._db.execute("UPDATE stream SET state = ?, ended = ? WHERE id = ?", (state, ended, id))

    @_told
    def expire(self, before: float, forget: float) -> None:
        """Drop the events of streams that ended before a time; forget those that ended before another."""
        gone = "SELECT id FROM stream WHERE ended < ?"
        with transaction(self._db):
            self._db.execute(f"DELETE FROM batch WHERE stream IN ({gone})", (before,))  # noqa: S608 - our own text
            self._db.execute("UPDATE stream SET state = 'expired', model = '' WHERE ended < ?", (before,))
            self._db.execute("DELETE FROM stream WHERE ended < ?", (forget,))
        self._db.executescript(f"PRAGMA incremental_vacuum({_PAGES})")  # `execute` would give back one page

    @_told
    def recover(self, now: float) -> int:
        """Mark what still runs as interrupted, with an error as its last event; how many there were."""
        running = [id_ for (id_,) in self._db.execute("SELECT id FROM stream WHERE state = 'running'")]
        for id_ in running:
            number = self._last(id_) + 1
            self.append([Batch(id_, number, number, error_frame(number, INTERRUPTED, "interrupted"))])
            self.finish(id_, "interrupted", now)
        return len(running)

    def close(self) -> None:
        """End."""
        self._db.close()
        if self._lease is not None:
            self._lease.release()
