"""One attempt at a stream, read in a task of its own: its events wait in `events` for whoever comes for them.

The task reads on while nobody looks, gives way to others after a few milliseconds of work, and lets bytes gather before it
asks the socket for more. A second task is the stall watch's clock.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from time import perf_counter
from typing import TYPE_CHECKING

from tui.engine import body, net_failure, retry
from tui.engine.events import Event, Failed, Opened, Reattached, StallNotice
from tui.engine.failure import Call, Failure
from tui.engine.gathering import Gathering
from tui.engine.http_failure import request_id
from tui.engine.opening import Opening, RefusedError, attach_async, open_async
from tui.engine.reader import StreamReader
from tui.engine.resume import Resumption
from tui.engine.retry import Setback
from tui.engine.watch import Watch

if TYPE_CHECKING:
    import httpx2
    from openai import AsyncOpenAI

SLICE = 0.001  # seconds of reading before others get their turn
_LEAVING = 1.0  # seconds that closing a connection may take
_WAITED = 0.001  # a piece that took longer had to be waited for

Sleep = Callable[[float], Awaitable[object]]


class Pump:
    """Reads one attempt. `setback` is why it failed before the headers of a 200; `over` says that nothing more will come."""

    def __init__(self, client: AsyncOpenAI, call: Call, *, usage: bool, clock: Callable[[], float], sleep: Sleep) -> None:
        self._client, self._call, self._usage = client, call, usage
        self._clock, self._sleep = clock, sleep
        self._opening = Opening()
        self._watch = Watch(call.request.timeouts, clock())
        self._reader: StreamReader | None = None
        self._resumption = Resumption({})
        self._line: asyncio.Timeout | None = None  # ends the reading of a connection that is dead
        self._heard = 0.0  # when its last bytes came
        self._waiting: list[Event] = []
        self._news = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._alarm: asyncio.Task[None] | None = None
        self._leaving = False  # the response is read, and being closed
        self.setback: Setback | None = None
        self.over = False

    def start(self, gather: Callable[[], float]) -> None:
        """Begin to read."""
        self._tasks.append(asyncio.create_task(self._run(gather)))
        self._set_alarm()

    async def events(self) -> list[Event]:
        """The events since the last call; waits for some. Empty once it is over."""
        while True:
            self._news.clear()
            events, self._waiting = self._waiting, []
            if self._reader is not None:
                events += self._reader.take()
            if events or self.over:
                return events
            await self._news.wait()

    async def close(self) -> None:
        """Stop at once, and close the connection."""
        tasks = [task for task in (*self._tasks, self._alarm) if task is not None]
        try:
            if self._leaving:  # cancelled in the middle of it, the HTTP library would keep the request in its pool for ever
                await asyncio.wait(self._tasks, timeout=_LEAVING)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, gather: Callable[[], float]) -> None:
        broke: Exception | None = None
        try:
            async with open_async(self._client, self._call.request, self._opening, usage=self._usage) as response:
                headers = {name.lower(): value for name, value in response.headers.items()}
                name = request_id(headers, self._call)
                self._waiting.append(Opened(response.status_code, name))
                self._resumption = Resumption(headers)
                self._reader = StreamReader(self._call, status=response.status_code, request_id=name)
                self._news.set()
                await self._read(response, self._reader, gather)
        except RefusedError as error:
            self.setback = retry.from_refusal(error.refusal, self._call)
        except Exception as error:  # the stream's edge: whatever it is becomes a failure
            broke = error
            if self._reader is None:
                self.setback = retry.from_exception(error, self._call)
        if self._reader is not None:
            await self._resume(self._reader, broke, gather)
            self._waiting += self._reader.end() if broke is None else self._reader.broke(broke)
        self.over = True
        self._news.set()

    async def _resume(self, reader: StreamReader, broke: Exception | None, gather: Callable[[], float]) -> None:
        """Go on in another connection, where the server offers that, until the stream has ended or it can't be done."""
        resumption, why = self._resumption, net_failure.break_of(broke, self._call, reader.characters)
        while not reader.done and (step := resumption.after(reader.last_id, why)) is not None:
            self._watch.off = True  # attempts are limited by their number
            self._tell(reader, step)
            await self._sleep(step.delay)
            try:
                async with attach_async(self._client, self._call, resumption.stream, reader.last_id) as response:
                    resumption.check(response)
                    reader.rejoin()
                    self._watch.restart(self._clock())
                    self._set_alarm()
                    self._tell(reader, Reattached())
                    await self._read(response, reader, gather)
            except RefusedError as error:
                resumption.refused(error.refusal.status)
            except Exception as error:  # the stream's edge: another break
                why = net_failure.break_of(error, self._call, reader.characters)

    def _tell(self, reader: StreamReader, event: Event) -> None:
        self._waiting += [*reader.take(), event]
        self._news.set()

    async def _read(self, response: httpx2.Response, reader: StreamReader, gather: Callable[[], float]) -> None:
        gathering = Gathering(gather, self._sleep, lambda: reader.contents > 0 and not reader.ended)
        gathering.hold(response.extensions.get("network_stream"))
        self._heard = self._clock()
        try:
            async with asyncio.timeout(None) as self._line, aclosing(body.pieces_async(response)) as pieces:
                await self._read_pieces(pieces, reader)
        finally:
            gathering.release()

    async def _read_pieces(self, pieces: AsyncIterator[bytes], reader: StreamReader) -> None:
        contents, ended = 0, False
        began = before = perf_counter()
        async for data in pieces:
            now = perf_counter()
            if now - before > _WAITED:
                began = now  # others had their turn
            self._heard = self._clock()
            reader.push(data)
            if reader.contents != contents:
                contents, ended = reader.contents, False
                self._mark_content()
            if reader.ended != ended:
                ended = reader.ended
                self._watch.ended(ended, self._clock())
                self._set_alarm()
            self._news.set()
            if reader.done:
                self._leaving = True
                return
            before = perf_counter()
            if before - began > SLICE:
                await asyncio.sleep(0)
                began = before = perf_counter()

    # The watch

    def _mark_content(self) -> None:
        due = self._watch.due()
        self._watch.content(self._clock())
        new = self._watch.due()
        if new is not None and (due is None or new < due):
            self._set_alarm()

    def _set_alarm(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm = asyncio.create_task(self._mind())

    async def _mind(self) -> None:
        while (due := self._watch.due()) is not None:
            now = self._clock()
            if now < due:
                await self._sleep(due - now)
                continue
            if self._opening.refused and self._reader is None:
                return  # a refusal's body is being read, within its own bounds
            said = self._watch.check(now)
            if isinstance(said, StallNotice):
                self._waiting.append(said)
                self._news.set()
            elif said is not None and self._line is not None and self._resumption.is_dead(now - self._heard):
                self._line.reschedule(0)  # the reading ends as if the connection had closed
                return
            elif said is not None:
                self._give_up(said)
                return

    def _give_up(self, failure: Failure) -> None:
        self._waiting += [Failed(failure)] if self._reader is None else self._reader.give_up(failure)
        self.over = True
        self._news.set()
