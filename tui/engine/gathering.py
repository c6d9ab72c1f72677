"""Lets bytes gather in the kernel between two reads from a socket: waking up costs more than reading what has come.

The pause is where the HTTP library asks its socket for more, so that nothing that is here already waits for it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

_BURST = 32 * 1024  # bytes in one read: a server that has so much to send is read without a pause


class Gathering:
    """Pauses `gather()` seconds before each read, once `ready()`, unless the one before brought much. `release` undoes it."""

    def __init__(
        self, gather: Callable[[], float], sleep: Callable[[float], Awaitable[object]], ready: Callable[[], bool]
    ) -> None:
        self._gather, self._sleep, self._ready = gather, sleep, ready
        self._burst = False
        self._stream: Any = None

    def hold(self, stream: Any) -> None:
        """Take hold of a response's network stream; None, of a transport in memory, has no kernel to gather in."""
        if stream is None:
            return
        read = stream.read

        async def gathering_read(max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - httpcore's name
            if not self._burst and self._ready() and (pause := self._gather()) > 0:
                await self._sleep(pause)
            data: bytes = await read(max_bytes, timeout=timeout)
            self._burst = len(data) >= _BURST
            return data

        stream.read = gathering_read
        self._stream = stream

    def release(self) -> None:
        """Leave the stream as it was: the connection may be used again."""
        if self._stream is not None:
            del self._stream.read
            self._stream = None
