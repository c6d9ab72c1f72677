"""A response's body, decoded: our own inflating where it is gzip or deflate, so that a cut inside it is noticed."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from typing import TYPE_CHECKING

from tui.engine.inflate import Inflater

if TYPE_CHECKING:
    import httpx2


class CutInsideError(EOFError):
    """The body ended before its compressed data did."""

    def __init__(self) -> None:
        super().__init__("the body ended inside its compressed data")


def _inflater(response: httpx2.Response) -> Inflater | None:
    encoding = response.headers.get("content-encoding", "").strip().lower()
    if response.is_stream_consumed:  # a transport in memory may hand over the decoded whole
        return None
    return Inflater(encoding) if encoding in ("gzip", "x-gzip", "deflate") else None


def _is_plain(response: httpx2.Response) -> bool:
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    return encoding in ("", "identity") and not response.is_stream_consumed


def _rest(inflater: Inflater) -> bytes:
    rest = inflater.end()
    if not inflater.whole:
        raise CutInsideError
    return rest


def pieces_async(response: httpx2.Response) -> AsyncGenerator[bytes, None]:
    """The body as it comes; close it. Raises CutInsideError, zlib.error, and the errors of the HTTP library."""
    inflater = _inflater(response)
    if inflater is not None:
        return _inflated_async(response, inflater)
    return response.aiter_raw() if _is_plain(response) else response.aiter_bytes()


async def _inflated_async(response: httpx2.Response, inflater: Inflater) -> AsyncGenerator[bytes, None]:
    async with aclosing(response.aiter_raw()) as raw:
        async for data in raw:
            for piece in inflater.feed(data):
                yield piece
    yield _rest(inflater)


def pieces_sync(response: httpx2.Response) -> Iterator[bytes]:
    """The same for a synchronous response."""
    inflater = _inflater(response)
    if inflater is not None:
        return _inflated_sync(response, inflater)
    return response.iter_raw() if _is_plain(response) else response.iter_bytes()


def _inflated_sync(response: httpx2.Response, inflater: Inflater) -> Iterator[bytes]:
    for data in response.iter_raw():
        yield from inflater.feed(data)
    yield _rest(inflater)
