"""Whether a stream that broke is attached to again, and when. No I/O: it is told what happened, and says what follows.

A server offers it in the headers of its answer: `Streamtui-Stream: ID`. Then each event has an id, and `GET streams/ID` under
the same base URL, with the id of the last whole event as `Last-Event-ID`, goes on after that event. What had arrived of the
next one is dropped, for it is sent whole again. 204 says that nothing is left; 404 and 410 that the stream is gone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from tui.engine.events import Reattaching
from tui.engine.failure import Failure
from tui.engine.http_failure import RETRIED_STATUSES
from tui.engine.retry import backoff

if TYPE_CHECKING:
    import httpx2

STREAM_HEADER = "streamtui-stream"
MOST = 8  # attempts in a row that bring nothing
DEAD_AFTER = 45.0  # seconds without a byte, not even a keep-alive: such a connection is no longer one
_name = re.compile(r"[A-Za-z0-9_-]{8,128}").fullmatch  # anything else could lead to another place than the stream


class GoneError(Exception):
    """What answered is not the stream, or has nothing left of it."""


class Resumption:
    """One stream. `stream` is None where the server offers nothing."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        offered = headers.get(STREAM_HEADER, "")
        self.stream = offered if _name(offered) else None
        self._tries = 0
        self._reached: str | None = None

    def after(self, reached: str | None, failure: Failure) -> Reattaching | None:
        """What follows a break after event `reached`: an attempt to attach again, or nothing more."""
        if self.stream is None:
            return None
        if reached != self._reached:
            self._reached, self._tries = reached, 0
        if self._tries >= MOST:
            return None
        delay = backoff(self._tries - 1) if self._tries else 0.0
        self._tries += 1
        return Reattaching(self._tries, MOST, delay, failure)

    def refused(self, status: int) -> None:
        """An attempt was refused: some refusals pass."""
        if status < 500 and status not in RETRIED_STATUSES:
            self.stream = None

    def check(self, response: httpx2.Response) -> None:
        """Whether a response goes on with the stream. Raises GoneError."""
        headers = response.headers
        if response.status_code == 204:
            self.stream = None
        is_stream = headers.get("content-type", "").lower().startswith("text/event-stream")
        if response.status_code != 200 or not is_stream or headers.get(STREAM_HEADER) != self.stream:
            raise GoneError

    def is_dead(self, silent: float) -> bool:
        """Whether a connection without a byte for so many seconds is better replaced than given up."""
        return self.stream is not None and silent >= DEAD_AFTER
