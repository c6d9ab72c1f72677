"""Stand-ins for time and for the network: a clock that moves when a test says so, and a transport in memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

import httpx2
from openai import AsyncOpenAI

Piece = bytes | asyncio.Event | BaseException


class FakeTime:
    """`clock` and `sleep` for the engine; `advance` wakes sleepers in the order in which they are due."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []
        self._sleepers: list[tuple[float, asyncio.Future[None]]] = []

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        woken = asyncio.get_running_loop().create_future()
        sleeper = (self.now + seconds, woken)
        self._sleepers.append(sleeper)
        try:
            await woken
        finally:
            self._sleepers.remove(sleeper)

    async def advance(self, seconds: float) -> None:
        target = self.now + seconds
        while due := [sleeper for sleeper in self._sleepers if sleeper[0] <= target and not sleeper[1].done()]:
            at, woken = min(due, key=lambda sleeper: sleeper[0])
            self.now = max(self.now, at)
            woken.set_result(None)
            await settle()
        self.now = target
        await settle()


async def settle() -> None:
    """Let everything run that can run without time or network."""
    for _ in range(50):
        await asyncio.sleep(0)


@dataclass
class Stream(httpx2.AsyncByteStream):
    """A body: bytes are sent, an event is waited for, an exception is raised."""

    pieces: Sequence[Piece]
    closed: bool = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self.pieces:
            if isinstance(piece, bytes):
                yield piece
            elif isinstance(piece, asyncio.Event):
                await piece.wait()
            else:
                raise piece

    async def aclose(self) -> None:
        self.closed = True


@dataclass
class Transport(httpx2.AsyncBaseTransport):
    """Answers each request with the next of `bodies`; the last one again and again."""

    bodies: Sequence[Sequence[Piece] | httpx2.Response]
    streams: list[Stream] = field(default_factory=list)
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    count: int = 0

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.set()
        body = self.bodies[min(self.count, len(self.bodies) - 1)]
        self.count += 1
        if isinstance(body, httpx2.Response):
            return body
        if body and isinstance(body[0], BaseException):
            raise body[0]
        stream = Stream(body)
        self.streams.append(stream)
        return httpx2.Response(200, headers={"x-request-id": "req_1"}, stream=stream)


def client_of(transport: httpx2.AsyncBaseTransport) -> AsyncOpenAI:
    http_client = httpx2.AsyncClient(transport=transport)
    client = AsyncOpenAI(base_url="http://memory/v1", api_key="sk-memory", http_client=http_client, max_retries=0)
    client._platform = "Linux"  # else the SDK asks for it in a thread, and a test could not say when that is over
    return client
