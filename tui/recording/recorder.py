"""Recording streams: what a transport tells a `Tape` goes with its time to the writer's thread, and that is all that costs."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from tui.engine.net_failure import causes
from tui.recording.errors import links
from tui.recording.faults import RecordingEndsError
from tui.recording.format import Answered, Ending, Headers, Piece
from tui.recording.sheet import RawRequest
from tui.recording.writer import Writer


def _now() -> datetime:
    return datetime.now(UTC)


class Recorder:
    """Writes one file a stream into `folder`, which is made when it is first needed.

    It never fails a stream: `on_trouble`, in another thread, is told once why something can't be recorded.
    `clock` is in seconds, `now` the time of day.
    """

    def __init__(
        self,
        folder: Path,
        *,
        on_trouble: Callable[[str], None] = lambda reason: None,
        clock: Callable[[], float] = time.perf_counter,
        now: Callable[[], datetime] = _now,
    ) -> None:
        self._writer = Writer(folder, on_trouble)
        self._clock, self._now = clock, now

    def tape(self, method: str, url: str, headers: Headers, body: bytes, secrets: Sequence[str] = ()) -> Tape:
        """A tape for the request that goes out now; `secrets` are texts that must not be written down."""
        return Tape(self._writer, self._clock, RawRequest(self._now(), method, url, headers, body, secrets))

    def close(self) -> None:
        """Write down what waits, and end."""
        self._writer.close()


class Tape:
    """One stream that is recorded. What comes after its end is not."""

    def __init__(self, writer: Writer, clock: Callable[[], float], request: RawRequest) -> None:
        self._writer, self._clock = writer, clock
        self._began = clock()
        self._over = False
        writer.put(self, request)

    def answered(self, status: int, headers: Headers) -> None:
        """The head of the response came."""
        self._writer.put(self, Answered(self._clock() - self._began, status, headers))

    def piece(self, data: bytes) -> None:
        """A piece of the body came."""
        if self._over:
            return
        if self._writer.is_behind:
            self._end(Ending(0.0, "unfinished"))
            self._writer.tell("the disk is too slow; a recording stops in the middle")
            return
        self._writer.put(self, Piece(self._clock() - self._began, data))

    def complete(self) -> None:
        """The body came to its end."""
        self._end(Ending(self._clock() - self._began, "complete"))

    def closed(self) -> None:
        """The reader left."""
        self._end(Ending(self._clock() - self._began, "closed"))

    def broke(self, error: Exception) -> None:
        """It broke; but not where a reader waited no longer, nor where a replay is at its end, which ends as it ended then."""
        if type(error).__name__ == "ReadTimeout":
            self.closed()
            return
        seconds = self._clock() - self._began
        ends = next((one for one in causes(error) if isinstance(one, RecordingEndsError)), None)
        self._end(Ending(seconds, "broken", links(error)) if ends is None else Ending(seconds, ends.how))

    def _end(self, ending: Ending) -> None:
        if not self._over:
            self._over = True
            self._writer.put(self, ending)
