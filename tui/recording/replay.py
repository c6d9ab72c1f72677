"""A recording as an endpoint: transports for the HTTP library, in memory, without network or key."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import AsyncGenerator, AsyncIterator, Generator, Iterator, Sequence
from typing import Any, TypedDict

import httpx2

from tui.recording.errors import as_http_error
from tui.recording.faults import Fault
from tui.recording.format import Recording, plain_text
from tui.recording.player import AsyncSleep, Clock, MakeError, Sleep, head, head_sync, play, play_sync

_OTHER = {
    "error": {"message": "This is a recording: it holds one answer, to the prompt that was asked then, and none to this."}
}


class AsyncReplayTransport(httpx2.AsyncBaseTransport):
    """Plays `recording` each time when it is asked what was asked then; anything else it refuses, but for `any_prompt`."""

    def __init__(
        self,
        recording: Recording,
        *,
        speed: float = 1.0,
        fault: Fault | None = None,
        sleep: AsyncSleep = asyncio.sleep,
        clock: Clock = time.monotonic,
        any_prompt: bool = False,
    ) -> None:
        self._recording, self._fault, self._any_prompt = recording, fault, any_prompt
        self._speed, self._sleep, self._clock = speed, sleep, clock

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Answer one request."""
        if not self._any_prompt and (other := _other(self._recording, request)) is not None:
            return other
        how: _How = {"speed": self._speed, "sleep": self._sleep, "clock": self._clock, "make_error": as_http_error}
        began = await head(self._recording, **how)
        return _response(self._recording, _AsyncBody(play(self._recording, fault=self._fault, began=began, **how)))


class ReplayTransport(httpx2.BaseTransport):
    """The same for a synchronous client. Its waits end when the response is closed, or at the request's read timeout."""

    def __init__(self, recording: Recording, *, speed: float = 1.0, fault: Fault | None = None) -> None:
        self._recording, self._speed, self._fault = recording, speed, fault

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Answer one request."""
        if (other := _other(self._recording, request)) is not None:
            return other
        waits = _Waits(request)
        how: _HowSync = {"speed": self._speed, "sleep": waits.sleep, "make_error": as_http_error}
        began = head_sync(self._recording, **how)
        pieces = play_sync(self._recording, fault=self._fault, began=began, **how)
        return _response(self._recording, _SyncBody(pieces, waits), network_stream=waits)


class _HowSync(TypedDict):
    speed: float
    sleep: Sleep
    make_error: MakeError


class _How(TypedDict):
    speed: float
    sleep: AsyncSleep
    clock: Clock
    make_error: MakeError


class _Waits:
    """Sleeps that end early, as reads from a socket do: this is the `network_stream` whose reads the engine limits."""

    def __init__(self, request: httpx2.Request) -> None:
        seconds = request.extensions.get("timeout", {}).get("read")
        self._limit = float(seconds) if seconds else float("inf")
        self._wanted = 0.0
        self.closed = threading.Event()

    def sleep(self, seconds: float) -> None:
        """Wait. Raises ReadError if the stream was closed meanwhile, ReadTimeout after the time that a read may take."""
        self._wanted = seconds
        self.read(0, timeout=min(seconds, self._limit))

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """What may be replaced by a read that waits less long."""
        seconds = self._wanted if timeout is None else timeout
        if self.closed.wait(seconds):
            raise httpx2.ReadError("the stream was closed")
        if seconds < self._wanted:
            raise httpx2.ReadTimeout("nothing came")
        return b""


class _AsyncBody(httpx2.AsyncByteStream):
    def __init__(self, pieces: AsyncGenerator[bytes, None]) -> None:
        self._pieces = pieces

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for data in self._pieces:
            yield data

    async def aclose(self) -> None:
        await self._pieces.aclose()


class _SyncBody(httpx2.SyncByteStream):
    def __init__(self, pieces: Generator[bytes, None, None], waits: _Waits) -> None:
        self._pieces, self._waits = pieces, waits

    def __iter__(self) -> Iterator[bytes]:
        yield from self._pieces

    def close(self) -> None:
        self._waits.closed.set()


def _response(
    recording: Recording, stream: httpx2.AsyncByteStream | httpx2.SyncByteStream, **extensions: object
) -> httpx2.Response:
    answered = recording.response
    assert answered is not None, "a response that never came is not played"  # noqa: S101 - an invariant
    headers = [(name.encode("latin-1", "replace"), value.encode("latin-1", "replace")) for name, value in answered.headers]
    return httpx2.Response(answered.status, headers=headers, stream=stream, extensions=extensions)


def _other(recording: Recording, request: httpx2.Request) -> httpx2.Response | None:
    """The answer to a request that is not the recorded one."""
    if request.method == "GET" and request.url.path.endswith("/models"):
        return httpx2.Response(200, json={"object": "list", "data": [{"id": recording.model, "object": "model"}]})
    if _is_asked_again(recording, _messages(request)):
        return None
    # a status would be taken for an answer of the place that was asked then
    return httpx2.Response(200, text=f"data: {json.dumps(_OTHER)}\n\n", headers={"content-type": "text/event-stream"})


def _messages(request: httpx2.Request) -> list[Any]:
    try:
        body = json.loads(request.content)
    except (ValueError, RecursionError):
        return []
    messages = body.get("messages") if isinstance(body, dict) else None
    return messages if isinstance(messages, list) else []


def _is_asked_again(recording: Recording, messages: Sequence[Any]) -> bool:
    """Whether the last prompt is the recorded one; a replay has no earlier turns, and no rounds of tools before the answer."""
    if not recording.prompt:
        return True
    last = messages[-1] if messages and isinstance(messages[-1], dict) else {}
    return last.get("role") == "user" and plain_text(last.get("content")) == recording.prompt
