"""A limit on each read from a socket that may change between two reads: the HTTP library knows one for the whole response."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any


def _never() -> bool:
    return False


class ReadLimit:
    """Lets no read wait longer than `remaining()` seconds (None: as long as it takes). `release` undoes it.

    Then `wait_on()` says whether to go on waiting all the same: the library itself would close the connection.
    """

    def __init__(self, remaining: Callable[[], float | None], wait_on: Callable[[], bool] = _never) -> None:
        self._remaining, self._wait_on = remaining, wait_on
        self._held: list[Any] = []

    def trace(self, name: str, info: Mapping[str, Any]) -> None:
        """The HTTP library's `trace` extension: takes hold of each connection as soon as it is made."""
        if name.endswith(("connect_tcp.complete", "start_tls.complete")):  # of the connection itself, or through a proxy
            self.hold(info.get("return_value"))

    def hold(self, stream: Any) -> None:
        """Limit the reads of a network stream; None, of a transport in memory, has none to limit."""
        if stream is None or any(held is stream for held in self._held):
            return
        from httpcore2 import ReadTimeout

        read = stream.read

        def limited_read(max_bytes: int, timeout: float | None = None) -> bytes:
            while True:
                try:
                    data: bytes = read(max_bytes, timeout=_least(timeout, self._remaining()))
                except ReadTimeout:
                    if not self._wait_on():
                        raise
                else:
                    return data

        stream.read = limited_read
        self._held.append(stream)

    def release(self) -> None:
        """Leave the streams as they were: a connection may be used again."""
        for stream in self._held:
            del stream.read
        self._held.clear()


def _least(one: float | None, other: float | None) -> float | None:
    limits = [limit for limit in (one, other) if limit is not None]
    return min(limits) if limits else None
