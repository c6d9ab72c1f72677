"""The HTTP library's transports with a recorder in between: what they answer is passed on as it comes, and written down."""

from __future__ import annotations

from asyncio import CancelledError
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import cast

import httpx2

from tui.recording.recorder import Recorder, Tape

#: what a recorder can look into, for a key that must not be written down
_READABLE = frozenset(("identity", "gzip", "x-gzip", "deflate"))


class AsyncRecordingTransport(httpx2.AsyncBaseTransport):
    """Records each POST that goes through `inner`. `secrets` are texts that must not be written down."""

    def __init__(self, inner: httpx2.AsyncBaseTransport, recorder: Recorder, secrets: Sequence[str] = ()) -> None:
        self._inner, self._recorder, self._secrets = inner, recorder, secrets

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Answer one request."""
        if request.method != "POST":
            return await self._inner.handle_async_request(request)
        tape = _tape(self._recorder, request, self._secrets)
        try:
            response = await self._inner.handle_async_request(request)
        except (CancelledError, GeneratorExit):
            tape.closed()
            raise
        except Exception as error:
            tape.broke(error)
            raise
        _head(tape, response)
        response.stream = _AsyncBody(cast("httpx2.AsyncByteStream", response.stream), tape)
        return response

    async def aclose(self) -> None:
        """Close the inner transport; the recorder may have others."""
        await self._inner.aclose()


class RecordingTransport(httpx2.BaseTransport):
    """The same for a synchronous client."""

    def __init__(self, inner: httpx2.BaseTransport, recorder: Recorder, secrets: Sequence[str] = ()) -> None:
        self._inner, self._recorder, self._secrets = inner, recorder, secrets

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Answer one request."""
        if request.method != "POST":
            return self._inner.handle_request(request)
        tape = _tape(self._recorder, request, self._secrets)
        try:
            response = self._inner.handle_request(request)
        except Exception as error:
            tape.broke(error)
            raise
        except BaseException:  # the person stopped it
            tape.closed()
            raise
        _head(tape, response)
        response.stream = _SyncBody(cast("httpx2.SyncByteStream", response.stream), tape)
        return response

    def close(self) -> None:
        """Close the inner transport; the recorder may have others."""
        self._inner.close()


def record_async(client: httpx2.AsyncClient, recorder: Recorder, secrets: Sequence[str]) -> None:
    """Record all streams of a client, whichever proxy they go through."""
    client._transport = AsyncRecordingTransport(client._transport, recorder, secrets)  # noqa: SLF001 - a client has no other
    client._mounts = {  # noqa: SLF001 - way to its transports, and makes those for proxies itself
        pattern: inner and AsyncRecordingTransport(inner, recorder, secrets)
        for pattern, inner in client._mounts.items()  # noqa: SLF001
    }


def record_sync(client: httpx2.Client, recorder: Recorder, secrets: Sequence[str]) -> None:
    """The same for a synchronous client."""
    client._transport = RecordingTransport(client._transport, recorder, secrets)  # noqa: SLF001 - as above
    client._mounts = {  # noqa: SLF001 - as above
        pattern: inner and RecordingTransport(inner, recorder, secrets)
        for pattern, inner in client._mounts.items()  # noqa: SLF001
    }


class _AsyncBody(httpx2.AsyncByteStream):
    def __init__(self, inner: httpx2.AsyncByteStream, tape: Tape) -> None:
        self._inner, self._tape = inner, tape

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for data in self._inner:
                self._tape.piece(data)
                yield data
        except Exception as error:
            self._tape.broke(error)
            raise
        self._tape.complete()

    async def aclose(self) -> None:
        self._tape.closed()
        await self._inner.aclose()


class _SyncBody(httpx2.SyncByteStream):
    def __init__(self, inner: httpx2.SyncByteStream, tape: Tape) -> None:
        self._inner, self._tape = inner, tape

    def __iter__(self) -> Iterator[bytes]:
        try:
            for data in self._inner:
                self._tape.piece(data)
                yield data
        except Exception as error:
            self._tape.broke(error)
            raise
        self._tape.complete()

    def close(self) -> None:
        self._tape.closed()
        self._inner.close()


def _tape(recorder: Recorder, request: httpx2.Request, secrets: Sequence[str]) -> Tape:
    wanted = request.headers.get("accept-encoding", "").split(",")
    readable = [name.strip() for name in wanted if name.partition(";")[0].strip().lower() in _READABLE]
    request.headers["accept-encoding"] = ", ".join(readable) or "identity"
    try:
        body = request.content
    except httpx2.RequestNotRead:
        body = b""
    return recorder.tape(request.method, str(request.url), _pairs(request.headers), body, secrets)


def _head(tape: Tape, response: httpx2.Response) -> None:
    tape.answered(response.status_code, _pairs(response.headers))


def _pairs(headers: httpx2.Headers) -> list[tuple[str, str]]:
    return [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers.raw]
