"""What keeps streams: one small interface, so that another engine than SQLite can take its place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

#: running · complete: upstream ended it · broken: upstream broke · stopped: somebody stopped it · interrupted: the server ended
#: before it · expired: it was kept for its time
State = Literal["running", "complete", "broken", "stopped", "interrupted", "expired"]


class LogError(Exception):
    """The log can't be read or written; its text says why."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One stream. `last` is the number of its last event that is written; times are seconds since the epoch."""

    id: str
    model: str
    state: State
    created: float
    ended: float | None
    last: int


@dataclass(frozen=True, slots=True)
class Batch:
    """Events `first` to `last` of a stream, as frames, joined."""

    stream: str
    first: int
    last: int
    data: bytes


class StreamLog(Protocol):
    """Calls block, and come from one thread at a time. Each raises LogError."""

    def create(self, id: str, model: str, created: float) -> None:  # noqa: A002 - what it is
        """A stream begins."""

    def append(self, batches: Sequence[Batch]) -> None:
        """Events came, of any number of streams."""

    def read(self, id: str, after: int, most: int) -> tuple[bytes, int]:  # noqa: A002 - as above
        """(frames after event `after`, the number of the last of them): about `most` bytes; none: (b"", after)."""

    def find(self, id: str) -> Entry | None:  # noqa: A002 - as above
        """What is known of a stream."""

    def finish(self, id: str, state: State, ended: float) -> None:  # noqa: A002 - as above
        """A stream has ended."""

    def expire(self, before: float, forget: float) -> None:
        """Drop the events of streams that ended before a time; forget those that ended before another."""

    def recover(self, now: float) -> int:
        """Mark what still runs as interrupted, with an error as its last event; how many there were."""

    def close(self) -> None:
        """End."""
