"""Playing a recording: its pieces at their time, or faster, and broken where somebody wants it broken.

Time is counted from the request, not from piece to piece, so that a player does not fall behind by what its reader takes.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Iterator
from dataclasses import dataclass
from typing import Literal, NoReturn, cast, get_args

from tui.recording.end_mark import has_end_mark
from tui.recording.format import Link, Recording, RecordingError

FaultKind = Literal["cut", "reset", "stall", "garbage", "error"]
FAULTS = get_args(FaultKind)
#: What the fault `garbage` sends: bytes that are no event, ended so that the next one is read by itself.
GARBAGE = b"\x00\xff\xfe<garbage>\n\n"
#: What the fault `error` sends, and then ends as if that were all.
ERROR_EVENT = b'\n\ndata: {"error": {"message": "The server had an error.", "type": "server_error", "code": 500}}\n\n'
_CUT = (Link("RemoteProtocolError", "peer closed connection without sending complete message body (incomplete chunked read)"),)
_RESET = (Link("ReadError"), Link("ConnectionResetError", "Connection reset by peer", "ECONNRESET"))
_WHY = {
    "closed": "its reader left",
    "withheld": "the rest held the key, and was not written down",
    "unfinished": "the recording was cut off",
}


class StreamBrokenError(Exception):
    """The stream breaks here. `links` is the error, outermost first; it is empty where only the recording ends."""

    def __init__(self, says: str, links: tuple[Link, ...] = ()) -> None:
        super().__init__(says)
        self.links = links

    @property
    def is_reset(self) -> bool:
        """Whether the connection is reset; else it closes."""
        return any(link.type == "ConnectionResetError" or link.errno == "ECONNRESET" for link in self.links)


class RecordingEndsError(StreamBrokenError):
    """Nothing broke, but no more was recorded."""

    def __init__(self, how: str) -> None:
        super().__init__(f"the recording ends here: {_WHY[how]}")
        self.how = how


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong at piece number `at`, from 1, or after the last one if there are fewer.

    cut: the connection closes before the end · reset: it is reset · stall: nothing more comes, and it stays open ·
    garbage: bytes that are no event come before the piece, then all goes on · error: an error event, and then the end.
    """

    kind: FaultKind
    at: int

    @classmethod
    def parse(cls, text: str) -> Fault:
        """A fault as people write it, such as `reset@12`. Raises RecordingError."""
        kind, _, at = text.partition("@")
        if kind not in FAULTS or not (at.isascii() and at.isdigit()) or not 1 <= len(at) <= 9 or int(at) < 1:
            raise RecordingError(
                f"a fault must be KIND@NUMBER, such as reset@12, where KIND is one of {', '.join(FAULTS)} (it is {text[:40]!r})"
            )
        return cls(cast("FaultKind", kind), int(at))


class _Silence:
    """Nothing, until somebody closes the stream."""


_Act = bytes | StreamBrokenError | _Silence


async def play(
    recording: Recording,
    *,
    speed: float = 1.0,
    fault: Fault | None = None,
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    clock: Callable[[], float] = time.monotonic,
    began: float | None = None,
) -> AsyncGenerator[bytes, None]:
    """The pieces of the body, each at its time; `speed` is a factor, inf for as fast as possible.

    `began` is when the request went out, on `clock`; the default is now. Raises StreamBrokenError where the stream broke,
    or where less than the whole was recorded (a body that says [DONE] is whole).
    """
    pace = _Pace(speed, clock, began)
    for seconds, act in _acts(recording, fault):
        wait = pace.wait(seconds)
        if wait > 0:
            await sleep(wait)
        if isinstance(act, bytes):
            yield act
        elif isinstance(act, _Silence):
            await asyncio.get_running_loop().create_future()
        else:
            raise act


def play_sync(
    recording: Recording,
    *,
    speed: float = 1.0,
    fault: Fault | None = None,
    sleep: Callable[[float], object] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
    began: float | None = None,
) -> Generator[bytes, None, None]:
    """The same without a loop; a stall is one very long sleep, which `sleep` may end by raising."""
    pace = _Pace(speed, clock, began)
    for seconds, act in _acts(recording, fault):
        wait = pace.wait(seconds)
        if wait > 0:
            sleep(wait)
        if isinstance(act, bytes):
            yield act
        elif isinstance(act, _Silence):
            _sleep_on(sleep)
        else:
            raise act


class _Pace:
    def __init__(self, speed: float, clock: Callable[[], float], began: float | None) -> None:
        if not speed > 0:
            raise RecordingError(f"speed must be a number above 0 (it is {speed})")
        self._speed, self._clock = speed, clock
        self._began = clock() if began is None else began

    def wait(self, seconds: float) -> float:
        """How long it is until what came `seconds` after the request is due."""
        if self._speed == float("inf"):
            return 0.0
        return self._began + seconds / self._speed - self._clock()


def _sleep_on(sleep: Callable[[float], object]) -> NoReturn:
    while True:
        sleep(3600.0)


def _acts(recording: Recording, fault: Fault | None) -> Iterator[tuple[float, _Act]]:
    """What happens, and how many seconds after the request."""
    pieces, ending = recording.pieces, recording.ending
    strikes = min(fault.at, len(pieces) + 1) if fault else 0
    for number, (seconds, act) in enumerate([*((piece.seconds, piece.data) for piece in pieces), (ending.seconds, None)], 1):
        if fault is not None and number == strikes:
            yield seconds, _struck(fault.kind)
            if fault.kind != "garbage":
                return
        if act is not None:
            yield seconds, act
    if ending.how == "broken":
        yield ending.seconds, StreamBrokenError("the stream broke", tuple(ending.error))
    elif ending.how != "complete" and not has_end_mark(recording):
        yield ending.seconds, RecordingEndsError(ending.how)


def _struck(kind: FaultKind) -> _Act:
    match kind:
        case "cut":
            return StreamBrokenError("cut", _CUT)
        case "reset":
            return StreamBrokenError("reset", _RESET)
        case "stall":
            return _Silence()
        case "garbage":
            return GARBAGE
        case "error":
            return ERROR_EVENT
