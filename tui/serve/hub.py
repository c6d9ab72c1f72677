"""All streams: those that run, in memory, and the log behind them, which is written in batches in a thread of its own."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from tui.serve.log import LogError, State, StreamLog
from tui.serve.streams import PIECE, Stream

T = TypeVar("T")
GATHER = 0.25  # seconds that events may gather before they are written
MOST_UNWRITTEN = 8 * 2**20  # bytes of a stream; then its upstream waits for the log
ABANDONED = 600.0  # seconds of silence upstream, without a reader
REMEMBERED = 7 * 86_400.0  # seconds that an expired stream is known as expired, not as unknown


class Hub:
    """`keep` is seconds that a stream is kept after its end, `beat` seconds between two keep-alive comments.

    `on_trouble` is told once why the log can't be used: then streams run on, and are kept in memory as far as it reaches.
    """

    def __init__(
        self,
        log: StreamLog,
        *,
        keep: float,
        beat: float,
        on_trouble: Callable[[str], None] = lambda reason: None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._log, self._keep, self._beat, self._now = log, keep, beat, now
        self._on_trouble = on_trouble
        self._told = False
        self._thread = ThreadPoolExecutor(1, "streams")
        self._live: dict[str, Stream] = {}
        self._ended: list[tuple[Stream, State]] = []  # whose end is not written yet
        self._runs: dict[str, asyncio.Task[None]] = {}
        self._chores: list[asyncio.Task[None]] = []
        self._some = asyncio.Event()
        self._room = asyncio.Event()
        self.beats = 0

    async def open(self) -> None:
        """Take up the log as an earlier server left it. Raises LogError."""
        await self._in_thread(self._log.recover, self._now())
        self._chores = [asyncio.create_task(chore) for chore in (self._write(), self._beats(), self._expire())]

    async def create(self, model: str) -> Stream:
        """A new stream."""
        stream = Stream(secrets.token_urlsafe(18), model)
        self._live[stream.id] = stream
        await self._trying(self._log.create, stream.id, model, self._now())
        return stream

    def run(self, stream: Stream, task: asyncio.Task[None]) -> None:
        """`task` fills `stream`, and ends it."""
        self._runs[stream.id] = task
        task.add_done_callback(lambda _: self._runs.pop(stream.id, None))

    async def find(self, id: str) -> Stream | None:  # noqa: A002 - its name
        """The stream; one that has expired is there, and says so. Raises LogError."""
        if (live := self._live.get(id)) is not None:
            return live
        entry = await self._in_thread(self._log.find, id)
        if entry is None:
            return None
        over = entry.ended is not None and entry.ended + self._keep < self._now()
        return Stream(id, entry.model, last=entry.last, state="expired" if over else entry.state)

    async def read(self, stream: Stream, after: int) -> tuple[bytes, int]:
        """Events after `after`, from memory or from the log. Raises LogError where they are lost."""
        found = stream.piece(after)
        if found is None:
            found = await self._in_thread(self._log.read, stream.id, after, PIECE)
            if found[1] == after:
                raise LogError("events of this stream are lost")
        return found

    def changed(self, stream: Stream) -> None:
        """There is something to write."""
        if stream.final and stream.id in self._live:
            self._ended.append((stream, stream.state))
        self._some.set()

    async def room(self, stream: Stream) -> None:
        """Wait while too much of a stream waits for the log."""
        while stream.unwritten > MOST_UNWRITTEN and not self._told:
            self._room.clear()
            await self._room.wait()

    async def stop(self, stream: Stream, state: State, why: str) -> None:
        """End a stream from here; its readers are told why."""
        task = self._runs.get(stream.id)
        if not stream.final:
            stream.end(state, why)
            self.changed(stream)
        if task is not None:
            task.cancel()
            await asyncio.wait([task], timeout=1.0)

    async def stop_all(self) -> None:
        """End all streams, because the server ends."""
        live = [stream for stream in self._live.values() if not stream.final]
        await asyncio.gather(*(self.stop(stream, "interrupted", "The server is shutting down.") for stream in live))

    async def close(self) -> None:
        """End all streams, write down what there is, and close the log."""
        await self.stop_all()
        for chore in self._chores:
            chore.cancel()
        await asyncio.gather(*self._chores, return_exceptions=True)
        await self.flush()
        await self._trying(self._log.close)
        self._thread.shutdown(wait=False)

    # Chores

    async def _write(self) -> None:
        while True:
            await self._some.wait()
            await asyncio.sleep(GATHER)
            self._some.clear()
            await self.flush()

    async def flush(self) -> None:
        """Write what waits."""
        ended, self._ended = self._ended, []
        given = [(stream, batch) for stream in self._live.values() if (batch := stream.hand_over()) is not None]
        if given:
            wrote = await self._trying(self._log.append, [batch for _, batch in given])
            for stream, batch in given:
                stream.wrote(batch) if wrote else stream.take_back()
        self._room.set()
        for stream, state in ended:
            if await self._trying(self._log.finish, stream.id, state, self._now()):
                self._live.pop(stream.id, None)

    async def _beats(self) -> None:
        while True:
            await asyncio.sleep(self._beat)
            await self.beat()

    async def beat(self) -> None:
        """Let readers send a keep-alive; a stream that is silent, and that nobody waits for, is given up."""
        self.beats += 1
        for stream in list(self._live.values()):
            stream.wake()
            stream.quiet_beats = 0 if stream.readers or stream.last != stream.last_at_beat else stream.quiet_beats + 1
            stream.last_at_beat = stream.last
            if stream.quiet_beats * self._beat > ABANDONED and not stream.final:
                await self.stop(stream, "broken", "The model's server went silent, and nobody waited for it any more.")

    async def _expire(self) -> None:
        while True:
            now = self._now()
            await self._trying(self._log.expire, now - self._keep, now - self._keep - REMEMBERED)
            await asyncio.sleep(min(max(self._keep / 4, 1.0), 60.0))

    # The thread

    async def _trying(self, work: Callable[..., Any], *args: Any) -> bool:
        """Whether the log did it; that it did not is told once."""
        try:
            await self._in_thread(work, *args)
        except LogError as error:
            if not self._told:
                self._told = True
                self._on_trouble(f"{error}; streams are kept in memory alone")
            return False
        return True

    async def _in_thread(self, work: Callable[..., T], *args: Any) -> T:
        with contextlib.suppress(RuntimeError):
            return await asyncio.get_running_loop().run_in_executor(self._thread, work, *args)
        raise LogError("the server is shutting down")
