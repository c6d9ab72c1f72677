"""The demo as `httpx2` transports: the bodies pass time between pieces, and break as a socket would."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator

import httpx2

from tui.providers.demo.server import DemoServer, Reply, UnreachableError
from tui.providers.demo.wire import Action, Send

_CUT = "peer closed connection without sending complete message body (incomplete chunked read)"


class AsyncDemoTransport(httpx2.AsyncBaseTransport):
    """For `httpx2.AsyncClient`. `open_streams` counts the bodies that are neither read to their end nor closed."""

    def __init__(self, wait: Callable[[float], Awaitable[object]] | None = None) -> None:
        self._wait = wait or asyncio.sleep
        self._server = DemoServer()
        self._bodies: set[_AsyncBody] = set()

    @property
    def open_streams(self) -> int:
        """How many answers are being sent."""
        return len(self._bodies)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Answer one request."""
        reply = _reply(self._server, request, await request.aread())
        body = _AsyncBody(reply.body, self._wait, _read_timeout(request), self._bodies.discard)
        self._bodies.add(body)
        return httpx2.Response(reply.status, headers=reply.headers, stream=body)

    async def aclose(self) -> None:
        """Cut what is still being sent."""
        for body in list(self._bodies):
            await body.aclose()


class SyncDemoTransport(httpx2.BaseTransport):
    """For `httpx2.Client`; may be closed, as may each response, from another thread than the one that reads."""

    def __init__(self, wait: Callable[[float], object] | None = None) -> None:
        self._wait = wait
        self._server = DemoServer()
        self._bodies: set[_SyncBody] = set()

    @property
    def open_streams(self) -> int:
        """How many answers are being sent."""
        return len(self._bodies)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Answer one request."""
        reply = _reply(self._server, request, request.read())
        body = _SyncBody(reply.body, self._wait, _read_timeout(request), self._bodies.discard)
        self._bodies.add(body)
        return httpx2.Response(reply.status, headers=reply.headers, stream=body)

    def close(self) -> None:
        """Cut what is still being sent."""
        for body in list(self._bodies):
            body.close()


class _AsyncBody(httpx2.AsyncByteStream):
    def __init__(
        self,
        actions: Iterable[Action],
        wait: Callable[[float], Awaitable[object]],
        read_timeout: float | None,
        on_close: Callable[[_AsyncBody], None],
    ) -> None:
        self._actions, self._wait, self._read_timeout, self._on_close = actions, wait, read_timeout, on_close
        self._closed = asyncio.Event()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for action in self._actions:
            if isinstance(action, Send):
                await self._wait(action.delay)
                if self._closed.is_set():
                    raise httpx2.ReadError("the stream was closed")
                yield action.data
            elif action.how == "cut":
                raise httpx2.RemoteProtocolError(_CUT)
            else:
                await self._silence()

    async def _silence(self) -> None:
        try:
            async with asyncio.timeout(self._read_timeout):
                await self._closed.wait()
        except TimeoutError:
            raise httpx2.ReadTimeout("nothing came") from None
        raise httpx2.ReadError("the stream was closed")

    async def aclose(self) -> None:
        self._closed.set()
        self._on_close(self)


class _SyncBody(httpx2.SyncByteStream):
    def __init__(
        self,
        actions: Iterable[Action],
        wait: Callable[[float], object] | None,
        read_timeout: float | None,
        on_close: Callable[[_SyncBody], None],
    ) -> None:
        self._actions, self._read_timeout, self._on_close = actions, read_timeout, on_close
        self._closed = threading.Event()
        self._wait = wait or self._closed.wait

    def __iter__(self) -> Iterator[bytes]:
        for action in self._actions:
            if isinstance(action, Send):
                self._wait(action.delay)
                if self._closed.is_set():
                    raise httpx2.ReadError("the stream was closed")
                yield action.data
            elif action.how == "cut":
                raise httpx2.RemoteProtocolError(_CUT)
            else:
                self._silence()

    def _silence(self) -> None:
        if not self._closed.wait(self._read_timeout):
            raise httpx2.ReadTimeout("nothing came")
        raise httpx2.ReadError("the stream was closed")

    def close(self) -> None:
        self._closed.set()
        self._on_close(self)


def _reply(server: DemoServer, request: httpx2.Request, body: bytes) -> Reply:
    try:
        return server.reply(request.method, request.url.path, body)
    except UnreachableError:
        raise httpx2.ConnectError("Connection refused") from None


def _read_timeout(request: httpx2.Request) -> float | None:
    seconds = request.extensions.get("timeout", {}).get("read")
    return float(seconds) if seconds else None
