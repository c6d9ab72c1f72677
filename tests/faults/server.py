"""The fault server: raw sockets on loopback, and scripts of what to send. It holds on events, never on a clock.

    async with FaultServer() as server:
        url = server.url(scenario)        # a base URL for an OpenAI client

A script is a list of steps: bytes are sent as they are; CLOSE, RESET, HOLD and FLOOD say what happens then. Without one of
them at its end the connection closes cleanly. `server.closed` tells which connections the client closed first.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import ssl
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from types import TracebackType
from typing import Any, Self


class Act(Enum):
    """What a script does besides sending."""

    CLOSE = auto()  # FIN
    RESET = auto()  # RST
    HOLD = auto()  # nothing, until the client goes away


CLOSE, RESET, HOLD = Act.CLOSE, Act.RESET, Act.HOLD


@dataclass(frozen=True)
class Flood:
    """The same bytes again and again, until the client goes away."""

    data: bytes


@dataclass(frozen=True)
class Slowly:
    """The bytes, each in a segment of its own as far as the kernel lets it."""

    data: bytes


Step = bytes | Act | Flood | Slowly
Script = Sequence[Step]


@dataclass
class Seen:
    """One request, as it came."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]


@dataclass
class FaultServer:
    """Plays scripts. `play` maps a name to one script per attempt; the last one is played again."""

    scripts: dict[str, Sequence[Script]] = field(default_factory=dict)
    models: Sequence[str] = ("alpha-large", "alpha-small", "beta")
    requests: list[Seen] = field(default_factory=list)
    came: asyncio.Event = field(default_factory=asyncio.Event)  # a request
    gone: asyncio.Event = field(default_factory=asyncio.Event)  # a client went away while the server held on
    tls: ssl.SSLContext | None = None

    async def __aenter__(self) -> Self:
        self.loop = asyncio.get_running_loop()
        self._connections: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, ssl=self.tls)
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        for _turn in range(10):  # a connection of the last moment: asyncio leaks one whose server closes while it is made
            await asyncio.sleep(0)
        self._server.close()
        tasks = list(self._connections)
        for task, writer in self._connections.items():
            task.cancel()
            writer.transport.abort()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0)  # an aborted transport closes its socket in the next turn

    def play(self, name: str, *attempts: Script) -> str:
        """Add a script for each attempt; the base URL to ask for them."""
        self.scripts[name] = attempts
        return f"http://127.0.0.1:{self.port}/{name}/v1"

    def listing(self) -> bytes:
        """The response that lists `models`."""
        body = json.dumps({"object": "list", "data": [{"id": name, "object": "model"} for name in self.models]}).encode()
        return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(reader, writer))
        self._connections[task] = writer
        task.add_done_callback(self._connections.pop)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            try:
                await self._connection(reader, writer)
            finally:
                await _close(writer)

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            seen = await receive(reader)
            name, _, rest = seen.path.removeprefix("/").partition("/v1/")
            if rest == "models" and f"{name}/models" not in self.scripts:
                writer.write(self.listing())
                continue
            if rest == "models":
                name = f"{name}/models"
            earlier = sum(1 for request in self.requests if request.path == seen.path)
            self.requests.append(seen)
            self.came.set()
            attempts = self.scripts[name]
            await self._run(attempts[min(earlier, len(attempts) - 1)], reader, writer)
            return

    async def _run(self, script: Script, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for step in script:
            if isinstance(step, bytes):
                writer.write(step)
                await writer.drain()
            elif isinstance(step, Slowly):
                for byte in _single(step.data):
                    writer.write(byte)
                    await writer.drain()
                    await asyncio.sleep(0)
            elif isinstance(step, Flood):
                await self._flood(step.data, reader, writer)
            elif step is HOLD:
                await reader.read()
                self.gone.set()
            elif step is RESET:
                await self._reset(writer)

    async def _flood(self, data: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        left = asyncio.ensure_future(reader.read())
        try:
            while not left.done():
                writer.write(data)
                await writer.drain()
                await asyncio.sleep(0)
        finally:
            left.cancel()
            self.gone.set()

    async def _reset(self, writer: asyncio.StreamWriter) -> None:
        """Close so that the peer gets a reset; what was sent before may be lost with it, as on a real network."""
        sock = writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()


async def _close(writer: asyncio.StreamWriter) -> None:
    """Send what is left, then close; at once where that can't be."""
    writer.close()
    try:
        await writer.wait_closed()
    except (ConnectionError, asyncio.CancelledError):
        writer.transport.abort()


async def receive(reader: asyncio.StreamReader) -> Seen:
    """The next request on a connection. Raises IncompleteReadError where there is none."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Seen(head[0].split(" ")[1], headers, json.loads(body) if body else {})


def _single(data: bytes) -> Iterator[bytes]:
    return (data[place : place + 1] for place in range(len(data)))
