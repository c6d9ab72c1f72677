"""Opening a stream through the SDK: the request's arguments, and what comes instead of a 200.

The SDK reads the body of an error to its end, however long or slow it is, before it raises. So a response hook looks at each
response first: a refusal is read within bounds and raised as `RefusedError`, and a redirect is one: it is never followed.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, cast

from tui.engine.failure import Call
from tui.engine.http_failure import Refusal
from tui.engine.read_limit import ReadLimit
from tui.engine.request import Request

if TYPE_CHECKING:
    import httpx2
    from openai import AsyncOpenAI, OpenAI

ERROR_BODY_BYTES = 64 * 1024
ERROR_BODY_SECONDS = 1.5
ATTACH_WITHIN = 15.0  # seconds to the headers of a stream that is attached to again
_RAW = "X-Stainless-Raw-Response"  # by it the SDK leaves a body unread
_NOT_BY_PARAMS = ("model", "messages", "stream")


class RefusedError(Exception):
    """The server answered with something else than a 200."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(f"status {refusal.status}")
        self.refusal = refusal


class Opening:
    """One attempt to open. `refused` turns true as soon as the status of a refusal is known, before its body is read.

    `trace` is told what the HTTP library does, in the synchronous client.
    """

    def __init__(self, trace: Callable[[str, Mapping[str, Any]], None] | None = None) -> None:
        self.refused = False
        self.trace = trace


_opening: ContextVar[Opening | None] = ContextVar("opening", default=None)


def call_of(client: AsyncOpenAI | OpenAI, request: Request) -> Call:
    """What the failures of this request speak about."""
    key = client.api_key
    return Call(request, str(client.base_url), key if isinstance(key, str) else "", _proxy_of(client))


def _proxy_of(client: AsyncOpenAI | OpenAI) -> str:
    """Host and port of the proxy on the way to the endpoint; "" if there is none."""
    # the HTTP library has no public way to ask which proxy it took from the environment
    transport = client._client._transport_for_url(client.base_url)  # noqa: SLF001 - see above
    url = getattr(getattr(transport, "_pool", None), "_proxy_url", None)
    return "" if url is None else f"{url.host.decode('latin-1')}:{url.port or (443 if url.scheme == b'https' else 80)}"


@contextmanager
def bounded_async(client: AsyncOpenAI) -> Iterator[None]:
    """What `client` asks for inside: a refusal is read within bounds, and raised as RefusedError."""
    _hook(client, "response", _look_async)
    with _opens(Opening()):
        yield


@contextmanager
def bounded_sync(client: OpenAI, seconds: float) -> Iterator[None]:
    """The same; and no wait for the server lasts beyond `seconds` from now, however it drips."""
    until = time.monotonic() + seconds
    limit = ReadLimit(lambda: max(until - time.monotonic(), 0.001))
    _hook(client, "request", _trace_sync)
    _hook(client, "response", _look_sync)
    try:
        with _opens(Opening(limit.trace)):
            yield
    finally:
        limit.release()


@contextmanager
def _opens(opening: Opening) -> Iterator[None]:
    token = _opening.set(opening)
    try:
        yield
    finally:
        _opening.reset(token)


@asynccontextmanager
async def open_async(client: AsyncOpenAI, request: Request, opening: Opening, *, usage: bool) -> AsyncIterator[httpx2.Response]:
    """The response to `request`, its body unread. Raises RefusedError, and all that the SDK raises."""
    import httpx2

    _hook(client, "response", _look_async)
    timeout = httpx2.Timeout(None, connect=request.timeouts.connect or None)  # the stall watch limits the rest
    with _opens(opening):
        manager = client.chat.completions.with_streaming_response.create(**_arguments(request, usage), timeout=timeout)
        response = await manager.__aenter__()
    try:
        yield cast("httpx2.Response", response.http_response)
    finally:
        await response.close()


@contextmanager
def open_sync(client: OpenAI, request: Request, opening: Opening, *, usage: bool) -> Iterator[httpx2.Response]:
    """The same for the synchronous client; reading from the socket is limited to the first-token timeout."""
    import httpx2

    _hook(client, "request", _trace_sync)
    _hook(client, "response", _look_sync)
    limits = request.timeouts
    timeout = httpx2.Timeout(limits.first_token or None, connect=limits.connect or None, pool=None)
    with _opens(opening):
        manager = client.chat.completions.with_streaming_response.create(**_arguments(request, usage), timeout=timeout)
        response = manager.__enter__()
    try:
        yield cast("httpx2.Response", response.http_response)
    finally:
        response.close()


@asynccontextmanager
async def attach_async(
    client: AsyncOpenAI, call: Call, stream: str | None, after: str | None
) -> AsyncIterator[httpx2.Response]:
    """The rest of a stream that its server keeps, as in `resume`. Raises RefusedError, and all that the SDK raises."""
    import httpx2

    _hook(client, "response", _look_async)
    options = _attaching(after, httpx2.Timeout(None, connect=call.request.timeouts.connect or None))
    with _opens(Opening()):
        async with asyncio.timeout(ATTACH_WITHIN):
            response = await client.get(f"/streams/{stream}", cast_to=httpx2.Response, options=options)
    try:
        yield response
    finally:
        await response.aclose()


@contextmanager
def attach_sync(
    client: OpenAI, call: Call, stream: str | None, after: str | None, opening: Opening
) -> Iterator[httpx2.Response]:
    """The same for the synchronous client."""
    import httpx2

    _hook(client, "request", _trace_sync)
    _hook(client, "response", _look_sync)
    options = _attaching(after, httpx2.Timeout(ATTACH_WITHIN, connect=call.request.timeouts.connect or None, pool=None))
    with _opens(opening):
        response = client.get(f"/streams/{stream}", cast_to=httpx2.Response, options=options)
    try:
        yield response
    finally:
        response.close()


def _attaching(after: str | None, timeout: httpx2.Timeout) -> Any:
    headers = {"Accept": "text/event-stream", _RAW: "stream"}
    if after is not None:
        headers["Last-Event-ID"] = after
    return {"headers": headers, "timeout": timeout}


def _arguments(request: Request, usage: bool) -> dict[str, Any]:
    # what the person set goes through as it is, also under names that the SDK does not know
    body = {name: value for name, value in request.params.items() if name not in _NOT_BY_PARAMS}
    if usage and "stream_options" not in body:
        body["stream_options"] = {"include_usage": True}
    messages = [_sendable(dict(message)) for message in request.messages]
    return {"model": request.model, "messages": messages, "stream": True, "extra_body": _sendable(body)}


def _sendable(value: Any) -> Any:
    """`value` with unpaired surrogates replaced: they can't be written as UTF-8."""
    if isinstance(value, str):
        return value if _is_utf8(value) else value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    if isinstance(value, dict):
        return {_sendable(key): _sendable(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_sendable(part) for part in value]
    return value


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _hook(client: Any, what: str, look: Any) -> None:
    """Have `look` see each request or response of this client, once; it minds only those that are opened here."""
    http = client._client  # noqa: SLF001 - the SDK offers no other way to its HTTP client
    hooks = http.event_hooks
    if look not in hooks[what]:
        http.event_hooks = {**hooks, what: [*hooks[what], look]}


def _trace_sync(request: httpx2.Request) -> None:
    opening = _opening.get()
    if opening is not None and opening.trace is not None:
        request.extensions = {**request.extensions, "trace": opening.trace}


def _is_refusal(response: httpx2.Response, opening: Opening | None) -> bool:
    if opening is None or 200 <= response.status_code < 300:
        return False
    opening.refused = True
    return True


async def _look_async(response: httpx2.Response) -> None:
    if _is_refusal(response, _opening.get()):
        body = bytearray()
        # the body of an error may break in any way; its status stands
        with suppress(Exception):
            async with asyncio.timeout(ERROR_BODY_SECONDS):
                async for piece in response.aiter_bytes():
                    body += piece
                    if len(body) >= ERROR_BODY_BYTES:
                        break
        raise _refused(response, body)


def _look_sync(response: httpx2.Response) -> None:
    if _opening.get() is not None:
        response.request.extensions["timeout"]["read"] = None  # from here on the read limit alone counts
    if _is_refusal(response, _opening.get()):
        body = bytearray()
        until = time.monotonic() + ERROR_BODY_SECONDS
        response.request.extensions["timeout"]["read"] = ERROR_BODY_SECONDS
        with suppress(Exception):
            for piece in response.iter_bytes():
                body += piece
                if len(body) >= ERROR_BODY_BYTES or time.monotonic() > until:
                    break
        raise _refused(response, body)


def _refused(response: httpx2.Response, body: bytearray) -> RefusedError:
    headers = {name.lower(): value for name, value in response.headers.items()}
    return RefusedError(Refusal(response.status_code, headers, bytes(body[:ERROR_BODY_BYTES])))
