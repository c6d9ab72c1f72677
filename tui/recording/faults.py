"""Where a stream that is played breaks: as it broke then, or where somebody wants it broken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from tui.recording.format import How, Link, Recording, RecordingError

FaultKind = Literal["cut", "reset", "stall", "garbage", "error"]
FAULTS: tuple[FaultKind, ...] = get_args(FaultKind)
#: What the fault `garbage` sends: bytes that are no event, ended so that the next one is read by itself.
GARBAGE = b"\x00\xff\xfe<garbage>\n\n"
#: What the fault `error` sends, and then ends as if that were all.
ERROR_EVENT = b'\n\ndata: {"error": {"message": "The server had an error.", "type": "server_error", "code": 500}}\n\n'
_CUT = (Link("RemoteProtocolError", "peer closed connection without sending complete message body (incomplete chunked read)"),)
_RESET = (Link("ReadError"), Link("ConnectionResetError", "Connection reset by peer", "ECONNRESET"))
_WHY: dict[How, str] = {
    "closed": "its reader left",
    "withheld": "the rest held the key, and was not written down",
    "unfinished": "it was cut off",
    "complete": "no response was recorded",
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

    def __init__(self, how: How) -> None:
        super().__init__(f"The recording ends here: {_WHY[how]}.")
        self.how: How = how


class Silence:
    """Nothing, until somebody closes the stream."""


Act = bytes | StreamBrokenError | Silence


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
            kinds = ", ".join(FAULTS)
            raise RecordingError(
                f"a fault must be KIND@NUMBER, such as reset@12, where KIND is one of {kinds} (it is {text[:40]!r})"
            )
        return cls(kind, int(at))

    @property
    def ends(self) -> bool:
        """Whether nothing of the recording comes after it."""
        return self.kind != "garbage"

    def act(self) -> Act:
        """What happens."""
        match self.kind:
            case "cut":
                return StreamBrokenError("cut", _CUT)
            case "reset":
                return StreamBrokenError("reset", _RESET)
            case "stall":
                return Silence()
            case "garbage":
                return GARBAGE
            case "error":
                return ERROR_EVENT


def broken(recording: Recording) -> StreamBrokenError:
    """How a recording breaks or ends that is not complete."""
    ending = recording.ending
    if ending.how == "broken":
        return StreamBrokenError("the stream broke", tuple(ending.error))
    return RecordingEndsError(ending.how)
