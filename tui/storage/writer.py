"""The writer: drains the queue into the backlog, and the backlog into the database, one short transaction at a time.

It belongs to one thread, and never raises: what stops it from saving becomes its `status`, and what waits stays in memory.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tui.engine.events import Kept
from tui.storage.backlog import LIMIT, Backlog
from tui.storage.changes import Change, Delete, ReplaceAnswer, Stamp
from tui.storage.replay import NOT_SAVED
from tui.storage.rows import add_rows, fail, finish
from tui.storage.store import Store
from tui.storage.trouble import Damaged, Trouble

if TYPE_CHECKING:
    import sqlite3

FIRST_RETRY, LAST_RETRY = 0.5, 10.0  # seconds


@dataclass(frozen=True, slots=True)
class Status:
    """Whether what happens is saved, and in plain words why not, or what else the person should know.

    `incomplete`: the database lacks something that was said before; `Journal.save_anew` mends that for what is open.
    """

    saving: bool
    reason: str = ""
    incomplete: bool = False


@dataclass(slots=True)
class Call:
    """A question to the database, asked in a transaction after everything before it was written."""

    ask: Callable[[sqlite3.Connection, Stamp], Any]
    otherwise: Any  # the reply where the database can't be used
    reply: Future[Any]


Item = tuple[str, Kept, float] | Change | Call


class Writer:
    """Writes what is put into `queue`. `clock` is monotonic seconds, for the pauses between tries."""

    def __init__(
        self, store: Store, *, clock: Callable[[], float], on_status: Callable[[Status], None], limit: int = LIMIT
    ) -> None:
        self.queue: deque[Item] = deque()
        self.status = Status(saving=True)
        self._store, self._clock, self._on_status = store, clock, on_status
        self._backlog = Backlog(limit)
        self._calls: list[Call] = []
        self._marked: set[str] = set()  # lost answers whose loss is on disk
        self._mended = 0  # `store.replaced` when everything open was last saved anew
        self._to_scrub = False
        self._off = False
        self._pause = 0.0
        self._retry_at: float | None = None

    def pump(self, *, now_or_never: bool = False) -> None:
        """Write what is in the queue. After trouble nothing is tried before its time, unless it is now or never."""
        self._drain()
        if self._off:
            self._backlog.written()
        elif (self._backlog or self._calls or self._to_scrub) and (now_or_never or self._may_try):
            self._try()
        for call in self._calls:
            call.reply.set_result(call.otherwise)
        self._calls.clear()

    def patience(self) -> float | None:
        """Seconds until the next try, if something waits for one."""
        if self._retry_at is None or not self._backlog:
            return None
        return max(self._retry_at - self._clock(), 0.0)

    def stop(self, reason: str) -> None:
        """Save nothing any more."""
        self._off = True
        self._store.close()
        self._tell(saving=False, reason=reason)

    def close(self) -> None:
        """Write what waits, if that is possible now, and let go of everything."""
        self.pump(now_or_never=True)
        self._store.release()

    @property
    def _may_try(self) -> bool:
        return self._retry_at is None or self._clock() >= self._retry_at

    def _drain(self) -> None:
        queue, backlog = self.queue, self._backlog
        while queue:
            item = queue.popleft()
            if isinstance(item, tuple):
                backlog.event(*item)
            elif isinstance(item, Call):
                self._calls.append(item)
            else:
                backlog.change(item)

    def _try(self) -> None:
        try:
            self._write()
        except Trouble as trouble:
            self._give_way(trouble)
        else:
            self._pause, self._retry_at = 0.0, None
            self._tell(saving=True, reason=self._store.note)

    def _write(self) -> None:
        if self._backlog:
            with self._store.transaction() as db:
                self._write_backlog(db, self._store.stamp())
            self._forget_backlog()
        if self._to_scrub:
            self._scrub()
        while self._calls:
            call = self._calls[0]
            with self._store.transaction() as db:
                reply = call.ask(db, self._store.stamp())
            self._calls.pop(0).reply.set_result(reply)

    def _write_backlog(self, db: sqlite3.Connection, stamp: Stamp) -> None:
        for change in self._backlog.changes:
            change.write(db, stamp)
        for answer, pending in self._backlog.pending.items():
            add_rows(db, answer, [run.row() for run in pending.runs])
            if pending.ended:
                finish(db, answer, stamp.now)
        for answer in self._backlog.lost - self._marked:
            fail(db, answer, NOT_SAVED, stamp.now)

    def _forget_backlog(self) -> None:
        changes = self._backlog.changes
        if any(isinstance(change, ReplaceAnswer) for change in changes):
            self._mended = self._store.replaced
        self._to_scrub |= any(isinstance(change, Delete) for change in changes)
        self._marked = set(self._backlog.lost)
        self._backlog.written()

    def _scrub(self) -> None:
        """Words that were deleted for good go out of the write-ahead log too; a reader may hold that up until later."""
        with self._store.connection() as db:
            busy, *_ = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        self._to_scrub = bool(busy)

    def _give_way(self, trouble: Trouble) -> None:
        if isinstance(trouble, Damaged):
            return self._try()  # with a new database; the store sees to it that this ends
        if not trouble.retry:
            return self.stop(trouble.reason)
        self._pause = min(max(2 * self._pause, FIRST_RETRY), LAST_RETRY)
        self._retry_at = self._clock() + self._pause
        return self._tell(saving=False, reason=trouble.reason)

    def _tell(self, *, saving: bool, reason: str) -> None:
        incomplete = bool(self._backlog.lost) or self._mended < self._store.replaced
        status = Status(saving, reason, incomplete)
        if status != self.status:
            self.status = status
            self._on_status(status)
