"""One stream in memory: its latest events, and who waits for more. Plain data on the event loop, without I/O."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping

from tui.engine.sse import Line, ServerEvent
from tui.serve.frames import error_frame, frame, last_lines
from tui.serve.log import Batch, State

TAIL = 256 * 1024  # bytes of written events that stay in memory, for readers that are nearly up to date
PIECE = 64 * 1024  # bytes that a reader gets at once
_NOISE = 64 * 1024  # bytes of plain lines between two events; of more the rest is left out


class Reader:
    """Somebody who reads; `news` is set when there is something, or when the reader has left."""

    def __init__(self) -> None:
        self.news = asyncio.Event()
        self.left = False

    def leave(self) -> None:
        """The connection is gone."""
        self.left = True
        self.news.set()


class Stream:
    """Events are numbered from 1. `last` is the newest; `written` the newest that the log holds."""

    def __init__(self, id: str, model: str = "", *, last: int = 0, state: State = "running") -> None:  # noqa: A002 - its name
        self.id, self.model, self.state = id, model, state
        self.last = self.written = self.handed = last
        self.headers: Mapping[str, str] = {}  # of upstream's response
        self.break_at: int | None = None  # a fault: the first reader's connection breaks after this event
        self.reset = False  # and how: by a reset
        self.readers: set[Reader] = set()
        self.total = 0  # bytes of all its events
        self.quiet_beats = self.last_at_beat = 0  # beats since something came, or somebody read
        self._frames: list[bytes] = []
        self._first = last + 1  # the number of the first frame in memory
        self._size = 0
        self._unwritten = 0  # bytes
        self._lines = bytearray()  # plain lines that wait for the next event
        self._joined: tuple[int, int, bytes] = (-1, -1, b"")

    @property
    def final(self) -> bool:
        """Whether no more events will come."""
        return self.state != "running"

    @property
    def lines(self) -> bytes:
        """Plain lines that came after the last event."""
        return bytes(self._lines)

    @property
    def unwritten(self) -> int:
        """How many bytes wait for the log."""
        return self._unwritten

    def append(self, items: Iterable[ServerEvent | Line]) -> None:
        """More events, and lines that are none."""
        frames: list[bytes] = []
        for item in items:
            if isinstance(item, ServerEvent):
                frames.append(frame(self.last + 1 + len(frames), item, self._take_lines()))
            elif len(self._lines) < _NOISE:
                self._lines += f"{item.text.strip()[:_NOISE]}\n".encode()
        if frames:
            self._add(frames)
            self.wake()

    def end(self, state: State, error: str = "") -> None:
        """No more events; an error is told as the last one."""
        if not self.final:
            lines = self._take_lines()
            if error:
                self._add([error_frame(self.last + 1, error, state, lines)])
            elif lines:
                self._add([last_lines(self.last + 1, lines)])
            self.state = state
            self.wake()

    def wake(self) -> None:
        """Let the readers look."""
        for reader in self.readers:
            reader.news.set()

    def piece(self, after: int) -> tuple[bytes, int] | None:
        """(frames after event `after`, the number of the last of them); None if they are no longer in memory."""
        if after + 1 < self._first:
            return None
        begin, end, data = self._joined
        if begin != after or (end != self.last and len(data) < PIECE):
            data, end = self._join(after)
            self._joined = (after, end, data)  # most readers are at the same place
        return data, end

    def _join(self, after: int) -> tuple[bytes, int]:
        frames = self._frames
        start = place = after + 1 - self._first
        size = 0
        while place < len(frames) and size < PIECE:
            size += len(frames[place])
            place += 1
        data = frames[start] if place == start + 1 else b"".join(frames[start:place])
        return data, self._first + place - 1

    def hand_over(self) -> Batch | None:
        """What the log does not hold yet, to be written; it stays in memory until `wrote`."""
        if self.handed == self.last:
            return None
        first = self.handed + 1
        self.handed = self.last
        return Batch(self.id, first, self.last, b"".join(self._frames[first - self._first :]))

    def wrote(self, batch: Batch) -> None:
        """The log holds this batch; what is old enough leaves the memory."""
        self.written = batch.last
        self._unwritten -= len(batch.data)
        drop = 0
        while self._size > TAIL and self._first + drop <= self.written:
            self._size -= len(self._frames[drop])
            drop += 1
        if drop:
            del self._frames[:drop]
            self._first += drop

    def take_back(self) -> None:
        """The log could not take what was handed over: it is handed over again."""
        self.handed = self.written

    def _take_lines(self) -> bytes:
        if not self._lines:
            return b""
        lines = bytes(self._lines)
        self._lines.clear()
        return lines

    def _add(self, frames: list[bytes]) -> None:
        self._frames += frames
        self.last += len(frames)
        size = sum(map(len, frames))
        self.total += size
        self._size += size
        self._unwritten += size
