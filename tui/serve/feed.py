"""Reading what upstream answers into a stream. What comes is passed on event by event, as it came."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from contextlib import aclosing
from time import perf_counter
from typing import Any

import httpx2

from tui.engine import body, net_failure
from tui.engine.events import Failed
from tui.engine.failure import Call
from tui.engine.reader import StreamReader
from tui.engine.sse import MAX_EVENT, Item, Line, ServerEvent, Splitter, TooLarge
from tui.engine.watch import GRACE
from tui.recording.faults import Fault
from tui.serve.errors import ServeError
from tui.serve.frames import as_chunk, as_event
from tui.serve.hub import Hub
from tui.serve.streams import Stream

MOST = 512 * 2**20  # bytes of a stream's events; the engine's own limit for an answer, with its framing
_SLICE = 0.002  # seconds of reading before others get their turn
_QUIET, _SILENT = 2, 20  # halves of GRACE without a word, after an end mark and after a mere reason to end
_LATEST = 8  # events that are looked at for an end, once the body is over
_NO_END = "The connection to the model's server closed before the answer ended."
_TOO_LARGE = "The model's server sent an event that is too large to pass on."
_TOO_MUCH = f"The model's server sent over {MOST // 2**20} MiB; more was refused."


class Feed:
    """Reads a response into a stream, to its end, whoever reads the stream."""

    def __init__(self, hub: Hub, stream: Stream, call: Call, fault: Fault | None = None) -> None:
        self._hub, self._stream, self._call = hub, stream, call
        self._break_at = fault.at if fault is not None else None  # of pieces
        self._splitter = Splitter()
        self._latest: deque[ServerEvent] = deque(maxlen=_LATEST)
        self._plain: list[str] = []  # lines of a body that is no stream
        self._plain_size = 0
        self._pieces = 0
        self._limit = asyncio.timeout(None)

    async def run(self, response: httpx2.Response) -> None:
        """Read it; the stream is ended afterwards."""
        stream = self._stream
        watch = asyncio.create_task(self._end_if_left_open())
        try:
            broke = await self._all(response)
            why = self._why()
            stream.end("complete") if why is None else stream.end("broken", self._call.scrub(broke or why))
        finally:
            watch.cancel()
            stream.end("broken", _NO_END)  # unless it has ended
            self._mark_break(self._break_at)
            self._hub.changed(stream)
            await response.aclose()

    async def _all(self, response: httpx2.Response) -> str:
        """Read to the end of the body; why it broke, or nothing."""
        why = ""
        try:
            async with self._limit, aclosing(body.pieces_async(response)) as pieces:
                await self._read(pieces)
        except ServeError as error:
            why = error.message
        except Exception as error:  # the stream's edge: whatever it is becomes the stream's last event
            if not self._limit.expired():  # else it was over, and only the connection stayed open
                failure = net_failure.from_exception(error, self._call, began=True)
                why = f"The connection to the model's server broke: {failure.detail}"
        self._take(self._splitter.end())
        self._pass_on(self._held(at_end=True))
        return why

    async def _read(self, pieces: Any) -> None:
        began = perf_counter()
        async for data in pieces:
            self._pieces += 1
            self._mark_break(self._pieces)
            self._take(self._splitter.feed(data))
            if self._stream.total > MOST or self._plain_size > MAX_EVENT:
                raise ServeError(502, _TOO_MUCH if self._stream.total > MOST else _TOO_LARGE)
            if self._stream.unwritten:
                self._hub.changed(self._stream)
                await self._hub.room(self._stream)
            if perf_counter() - began > _SLICE:  # a piece that was waited for gives way, too, which costs little
                await asyncio.sleep(0)
                began = perf_counter()

    async def _end_if_left_open(self) -> None:
        """End a stream that has its end, where for a while no more comes, and the connection stays open all the same."""
        seen: tuple[int, int, int] | None = None
        quiet = 0
        while True:
            await asyncio.sleep(GRACE / 2)
            now = (self._stream.last, len(self._plain), len(self._splitter.rest))
            quiet = quiet + 1 if now == seen else 0
            seen = now
            if quiet in (_QUIET, _SILENT) and self._is_over(patient=quiet < _SILENT):
                self._limit.reschedule(0.0)
                return

    def _mark_break(self, pieces: int | None) -> None:
        """A fault of the connection comes before piece `pieces`."""
        if self._break_at is not None and pieces == self._break_at and self._stream.break_at is None:
            self._stream.break_at = self._stream.last

    def _take(self, items: list[Item]) -> None:
        passed: list[ServerEvent | Line] = []
        for item in items:
            if isinstance(item, Line) and self._may_be_whole(item):
                continue
            if isinstance(item, ServerEvent | Line) and self._plain:
                passed += self._held()
            if isinstance(item, Line):
                passed.append(as_event(item) or item)
            elif isinstance(item, ServerEvent):
                if item != ("", ""):  # an empty event is a keep-alive, and to OpenAI's own client a damaged one
                    passed.append(item)
            elif isinstance(item, TooLarge):
                self._pass_on(passed)
                raise ServeError(502, _TOO_LARGE)
        self._pass_on(passed)

    def _pass_on(self, items: list[ServerEvent | Line]) -> None:
        self._latest.extend(item for item in items if isinstance(item, ServerEvent))
        self._stream.append(items)

    def _may_be_whole(self, line: Line) -> bool:
        """Whether a line may belong to an answer in one piece; such lines wait for its end."""
        if self._stream.last or self._latest or not (self._plain or line.text.lstrip().startswith("{")):
            return False
        if not self._plain and as_event(line) and '"message"' not in line.text:
            return False  # the first of many, or an error
        self._plain.append(line.text)
        self._plain_size += len(line.text)
        return True

    def _held(self, *, at_end: bool = False) -> list[ServerEvent | Line]:
        """The lines that waited. A server that was asked to stream may answer with one JSON object, or one a line."""
        try:
            whole = json.loads("\n".join(self._plain)) if self._plain else None
        except (ValueError, RecursionError):
            whole = None
        lines = [Line(text) for text in self._plain]
        self._plain.clear()
        if not isinstance(whole, dict):
            return [as_event(line) or line for line in lines]
        if not isinstance(whole.get("choices"), list):
            return [ServerEvent("", json.dumps(whole))]
        return [ServerEvent("", json.dumps(as_chunk(whole))), *([ServerEvent("", "[DONE]")] if at_end else [])]

    # Ends

    def _why(self) -> str | None:
        """Why a body that is over is no answer; None if it is one, or if upstream said itself why not."""
        reader = self._reader()
        if reader.done:
            return None
        last = [*reader.feed(self._stream.lines), *reader.end()][-1]
        if not isinstance(last, Failed) or last.failure.kind == "closed":
            return _NO_END if isinstance(last, Failed) else None
        failure = last.failure
        if failure.kind == "in_band":
            return f"The model's server broke off with a message: {failure.detail or failure.title}"
        all_seen = self._stream.last <= _LATEST
        return " ".join(part for part in (failure.title, failure.detail) if part) if all_seen else _NO_END

    def _is_over(self, *, patient: bool) -> bool:
        """Whether the answer has its end though the body has not, be it in a line without an end or in a body that is JSON.

        After a mere reason to end the usage may still follow: who is patient waits for it.
        """
        reader = self._reader()
        if patient and reader.ended and not (reader.done or self._splitter.holds_end_mark):
            return False
        reader.feed("\n".join([*self._plain, ""]).encode() + self._splitter.rest)
        whole = reader.ended
        reader.feed(b"\n\n")
        return whole or reader.done or reader.ended or self._splitter.holds_end_mark

    def _reader(self) -> StreamReader:
        """A reader that has seen the last events."""
        reader = StreamReader(self._call)
        for name, data in self._latest:
            lines = data.replace("\n", "\ndata: ")
            reader.feed(f"event: {name}\ndata: {lines}\n\n".encode() if name else f"data: {lines}\n\n".encode())
        return reader
