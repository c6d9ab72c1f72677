"""A limit on each read from a socket that may change between two reads: the HTTP library knows one for the whole response."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any


class ReadLimit:
    """Lets no read wait longer than `remaining()` seconds (None: as long as it takes). `release` undoes it."""

    def __init__(self, remaining: Callable[[], float | None]) -> None:
        self._remaining = remaining
        self._held: list[Any] = []

    def trace(self, name: str, info: Mapping[str, Any]) -> None:
        """The HTTP library's `trace` extension: takes hold of each connection as soon as it is made."""
        if name in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            self.hold(info.get("return_value"))

    def hold(self, stream: Any) -> None:
        """Limit the reads of a network stream; None, of a transport in memory, has none to limit."""
        if stream is None or any(held is stream for held in self._held):
            return
        read = stream.read
        stream.read = lambda max_bytes, timeout=None: read(max_bytes, timeout=_least(timeout, self._remaining()))
        self._held.append(stream)

    def release(self) -> None:
        """Leave the streams as they were: a connection may be used again."""
        for stream in self._held:
            del stream.read
        self._held.clear()


def _least(one: float | None, other: float | None) -> float | None:
    limits = [limit for limit in (one, other) if limit is not None]
    return min(limits) if limits else None
