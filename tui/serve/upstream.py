"""Asking upstream, and reading what it answers into a stream. What comes is passed on event by event, as it came."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Mapping
from contextlib import aclosing, suppress
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import httpx2
from fastapi.responses import Response

from tui.endpoint import Endpoint
from tui.engine import body, net_failure
from tui.engine.failure import Call
from tui.engine.opening import ERROR_BODY_BYTES, ERROR_BODY_SECONDS
from tui.engine.reader import StreamReader
from tui.engine.request import Request, Timeouts
from tui.engine.sse import Item, Line, ServerEvent, Splitter, TooLarge
from tui.recording.faults import Fault
from tui.serve.errors import ServeError, is_passed, refused, unreachable
from tui.serve.frames import as_chunk
from tui.serve.hub import Hub
from tui.serve.streams import Stream

_SLICE = 0.002  # seconds of reading before others get their turn
_LATEST = 8  # events that are looked at for an end, once the body is over
_NO_END = "The connection to the model's server closed before the answer ended."
_TOO_LARGE = "The model's server sent an event that is too large to pass on."


class RefusedError(Exception):
    """Upstream answered with something else than a 200; `response` passes it on."""

    def __init__(self, response: Response) -> None:
        super().__init__(f"status {response.status_code}")
        self.response = response


@dataclass(frozen=True)
class Upstream:
    """One endpoint with its HTTP client."""

    endpoint: Endpoint
    client: httpx2.AsyncClient
    timeouts: Timeouts

    async def ask(self, chat: Mapping[str, Any]) -> httpx2.Response:
        """The response, its body unread; close it. Raises RefusedError and ServeError."""
        call = self.call(str(chat.get("model", "")))
        content = json.dumps({**self.endpoint.params, **chat}).encode()
        headers = {"content-type": "application/json", "accept": "text/event-stream, application/json"}
        request = self.client.build_request("POST", "chat/completions", content=content, headers=headers)
        try:
            response = await self.client.send(request, stream=True)
        except Exception as error:  # the stream's edge: whatever it is becomes a refusal
            raise unreachable(net_failure.from_exception(error, call, began=False)) from error
        if response.status_code == 200:
            return response
        raise await _refusal(response, call)

    def call(self, model: str) -> Call:
        """What failures are about."""
        return Call(Request(model, (), timeouts=self.timeouts), self.endpoint.base_url, self.endpoint.key or "")


def passed_headers(response: httpx2.Response) -> dict[str, str]:
    """The headers of a response that go onward."""
    return {name: value for name, value in response.headers.items() if is_passed(name)}


async def _refusal(response: httpx2.Response, call: Call) -> RefusedError:
    data = bytearray()
    with suppress(Exception):  # the body of an error may break in any way; its status stands
        async with asyncio.timeout(ERROR_BODY_SECONDS):
            async for piece in response.aiter_bytes():
                data += piece
                if len(data) >= ERROR_BODY_BYTES:
                    break
    await response.aclose()
    said = call.scrub(bytes(data[:ERROR_BODY_BYTES]).decode("utf-8", "replace")).encode()
    return RefusedError(refused(response.status_code, said, {name.lower(): text for name, text in response.headers.items()}))


class Feed:
    """Reads a response into a stream, to its end, whoever reads the stream."""

    def __init__(self, hub: Hub, stream: Stream, call: Call, fault: Fault | None = None) -> None:
        self._hub, self._stream, self._call = hub, stream, call
        self._break_at = fault.at if fault is not None else None  # of pieces
        self._splitter = Splitter()
        self._latest: deque[Item] = deque(maxlen=_LATEST)
        self._plain: list[str] = []  # lines of a body that is no stream
        self._pieces = 0

    async def run(self, response: httpx2.Response) -> None:
        """Read it; the stream is ended afterwards."""
        stream = self._stream
        try:
            async with aclosing(body.pieces_async(response)) as pieces:
                await self._read(pieces)
            self._take(self._splitter.end())
            self._take_plain()
            stream.end("complete") if self._has_ended() else stream.end("broken", _NO_END)
        except Exception as error:  # the stream's edge: whatever it is becomes the stream's last event
            failure = net_failure.from_exception(error, self._call, began=True)
            stream.end("broken", self._call.scrub(f"The connection to the model's server broke: {failure.detail}"))
        finally:
            stream.end("broken", _NO_END)  # unless it has ended
            self._mark_break(self._break_at)
            self._hub.changed(stream)
            await response.aclose()

    async def _read(self, pieces: Any) -> None:
        began = perf_counter()
        async for data in pieces:
            self._pieces += 1
            self._mark_break(self._pieces)
            self._take(self._splitter.feed(data))
            if self._stream.unwritten:
                self._hub.changed(self._stream)
                await self._hub.room(self._stream)
            if perf_counter() - began > _SLICE:  # a piece that was waited for gives way, too, which costs little
                await asyncio.sleep(0)
                began = perf_counter()

    def _mark_break(self, pieces: int | None) -> None:
        """A fault of the connection comes before piece `pieces`."""
        if self._break_at is not None and pieces == self._break_at and self._stream.break_at is None:
            self._stream.break_at = self._stream.last

    def _take(self, items: list[Item]) -> None:
        passed: list[ServerEvent | Line] = []
        for item in items:
            if isinstance(item, ServerEvent) or (isinstance(item, Line) and not self._may_be_whole(item)):
                passed.append(item)
            elif isinstance(item, TooLarge):
                raise ServeError(502, _TOO_LARGE)
        self._latest.extend(passed)
        self._stream.append(passed)

    def _may_be_whole(self, line: Line) -> bool:
        """Whether a line may belong to an answer in one piece; such lines wait for its end."""
        if self._stream.last or self._latest or not (self._plain or line.text.lstrip().startswith("{")):
            return False
        self._plain.append(line.text)
        return True

    def _take_plain(self) -> None:
        """A server that was asked to stream may answer with one JSON object, or one a line."""
        try:
            whole = json.loads("\n".join(self._plain)) if self._plain else None
        except (ValueError, RecursionError):
            whole = None
        if isinstance(whole, dict) and isinstance(whole.get("choices"), list):
            found: list[ServerEvent | Line] = [ServerEvent("", json.dumps(as_chunk(whole))), ServerEvent("", "[DONE]")]
        else:
            found = [Line(text) for text in self._plain]
        self._latest.extend(found)
        self._stream.append(found)

    def _has_ended(self) -> bool:
        """Whether the last events hold an end mark, a reason to end, or an error that says why there is none."""
        reader = StreamReader()
        for item in self._latest:
            text = item.data if isinstance(item, ServerEvent) else item.text if isinstance(item, Line) else ""
            name = f"event: {item.name}\n" if isinstance(item, ServerEvent) and item.name else ""
            lines = text.replace("\n", "\ndata: ")
            reader.feed(f"{name}data: {lines}\n\n".encode())
        return reader.done or reader.ended
