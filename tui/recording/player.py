"""Playing a recording: its pieces at their time, or faster, and broken where somebody wants it broken.

Time is counted from the request, not from piece to piece, so that a player does not fall behind by what its reader takes.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Iterator
from typing import NoReturn

from tui.recording.end_mark import has_end_mark
from tui.recording.faults import Act, Fault, RecordingEndsError, Silence, StreamBrokenError, broken
from tui.recording.format import Recording, RecordingError

Clock = Callable[[], float]
AsyncSleep = Callable[[float], Awaitable[object]]
Sleep = Callable[[float], object]
AFTER = 3.0  # seconds that a stream stays silent after its reader left then: who gave it up for its silence does so again
MakeError = Callable[[StreamBrokenError], Exception]


def as_it_is(error: StreamBrokenError) -> Exception:
    """Raise it as it is."""
    return error


async def play(
    recording: Recording,
    *,
    speed: float = 1.0,
    fault: Fault | None = None,
    sleep: AsyncSleep = asyncio.sleep,
    clock: Clock = time.monotonic,
    began: float | None = None,
    make_error: MakeError = as_it_is,
) -> AsyncGenerator[bytes, None]:
    """The pieces of the body, each at its time; `speed` is a factor, inf for as fast as possible.

    `began` is when the request went out, on `clock`; the default is now. Raises StreamBrokenError, or what `make_error` makes
    of it, where the stream broke, or where less than the whole was recorded (a body that says [DONE] is whole).
    """
    pace = Pace(speed, clock, began)
    for seconds, act in _acts(recording, fault):
        if (wait := pace.wait(seconds, after=_after(act))) > 0:
            await sleep(wait)
        if isinstance(act, bytes):
            yield act
        elif isinstance(act, Silence):
            await asyncio.get_running_loop().create_future()
        else:
            raise make_error(act)


def play_sync(
    recording: Recording,
    *,
    speed: float = 1.0,
    fault: Fault | None = None,
    sleep: Sleep = time.sleep,
    clock: Clock = time.monotonic,
    began: float | None = None,
    make_error: MakeError = as_it_is,
) -> Generator[bytes, None, None]:
    """The same without a loop; a stall is one very long sleep after the other, which `sleep` may end by raising."""
    pace = Pace(speed, clock, began)
    for seconds, act in _acts(recording, fault):
        if (wait := pace.wait(seconds, after=_after(act))) > 0:
            sleep(wait)
        if isinstance(act, bytes):
            yield act
        elif isinstance(act, Silence):
            _sleep_on(sleep)
        else:
            raise make_error(act)


async def head(
    recording: Recording,
    *,
    speed: float = 1.0,
    sleep: AsyncSleep = asyncio.sleep,
    clock: Clock = time.monotonic,
    make_error: MakeError = as_it_is,
) -> float:
    """Wait until the head of the response came. Returns when the request went out, which is the `began` of `play`.

    Raises what `play` raises where no response came.
    """
    pace = Pace(speed, clock)
    answered, error = recording.response, broken(recording)
    wait = pace.wait(recording.ending.seconds, after=_after(error)) if answered is None else pace.wait(answered.seconds)
    if wait > 0:
        await sleep(wait)
    if answered is None:
        raise make_error(error)
    return pace.began


def head_sync(
    recording: Recording,
    *,
    speed: float = 1.0,
    sleep: Sleep = time.sleep,
    clock: Clock = time.monotonic,
    make_error: MakeError = as_it_is,
) -> float:
    """The same without a loop."""
    pace = Pace(speed, clock)
    answered, error = recording.response, broken(recording)
    wait = pace.wait(recording.ending.seconds, after=_after(error)) if answered is None else pace.wait(answered.seconds)
    if wait > 0:
        sleep(wait)
    if answered is None:
        raise make_error(error)
    return pace.began


class Pace:
    """When things are due that came some seconds after the request, at a speed. Raises RecordingError for one that is none."""

    def __init__(self, speed: float, clock: Clock, began: float | None = None) -> None:
        if not speed > 0:
            raise RecordingError(f"speed must be a number above 0 (it is {speed})")
        self._speed, self._clock = speed, clock
        self.began = clock() if began is None else began

    def wait(self, seconds: float, *, after: float = 0.0) -> float:
        """How long it is until what came `seconds` after the request is due, and `after` seconds more at any speed."""
        if self._speed == float("inf"):
            return after
        return self.began + seconds / self._speed + after - self._clock()


def _sleep_on(sleep: Sleep) -> NoReturn:
    while True:
        sleep(3600.0)


def _after(act: Act) -> float:
    return AFTER if isinstance(act, RecordingEndsError) and act.how == "closed" else 0.0


def _acts(recording: Recording, fault: Fault | None) -> Iterator[tuple[float, Act]]:
    """What happens, and how many seconds after the request."""
    pieces, ending = recording.pieces, recording.ending
    strikes = min(fault.at, len(pieces) + 1) if fault else 0
    for number, (seconds, data) in enumerate([*((piece.seconds, piece.data) for piece in pieces), (ending.seconds, None)], 1):
        if fault is not None and number == strikes:
            yield seconds, fault.act()
            if fault.ends:
                return
        if data is not None:
            yield seconds, data
    if ending.how == "broken" or (ending.how != "complete" and not has_end_mark(recording)):
        yield ending.seconds, broken(recording)
