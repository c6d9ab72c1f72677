"""Reading recordings back: validated line by line, and within bounds, for a file may come from anybody."""

from __future__ import annotations

import stat
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO, cast, get_args

from tui.recording import checks
from tui.recording.checks import WrongError, wrong
from tui.recording.format import SUFFIX, Answered, Ending, How, Piece, Recording, RecordingError

LONGEST_FILE = 512 * 2**20  # bytes
LONGEST_LINE = 32 * 2**20  # bytes
MOST_PIECES = 2_000_000
_LONGEST_TIME = 366 * 86_400.0  # seconds
_HOWS = frozenset(get_args(How)) - {"unfinished"}  # which is told by the want of a last line
_MOST_LINKS = 20


def load(path: Path) -> Recording:
    """The recording in a file. Raises RecordingError."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise RecordingError(f"{path}: is not a file")
        if status.st_size > LONGEST_FILE:
            raise RecordingError(f"{path}: is too large for a recording ({status.st_size:,} bytes; at most {LONGEST_FILE:,})")
        with path.open("rb") as file:
            return _Reader(path, file).recording()
    except OSError as error:
        raise RecordingError(f"{path}: {error.strerror or error}") from None
    except ValueError as error:  # a path that can't be one
        raise RecordingError(f"{path}: {error}") from None


def recordings(folder: Path) -> list[Recording | RecordingError]:
    """The recordings in a folder, by name, and so by time; what can't be played is there as the reason why.

    Raises RecordingError if the folder can't be read.
    """
    try:
        paths = sorted(path for path in folder.iterdir() if path.name.endswith(SUFFIX))
    except OSError as error:
        raise RecordingError(f"{folder}: {error.strerror or error}") from None
    return [_load_or_reason(path) for path in paths]


def _load_or_reason(path: Path) -> Recording | RecordingError:
    try:
        return load(path)
    except RecordingError as error:
        return error


class _Reader:
    """Reads one file. `_number` is the line that is being read, from 1."""

    def __init__(self, path: Path, file: BinaryIO) -> None:
        self._path, self._file = path, file
        self._number = 0
        self._time = 0.0

    def recording(self) -> Recording:
        try:
            return self._recording()
        except WrongError as error:
            raise RecordingError(f"{self._path}: line {self._number or 1}: {error}") from None

    def _recording(self) -> Recording:
        lines = self._values()
        head = next(lines, None)
        if head is None:
            wrong("is no recording: the first line is missing or cut")
        checks.check_version(head)
        recorded, by = checks.text_of(head, "recorded"), checks.text_of(head, "by")
        request = checks.asked(checks.table(head, "request"))
        response = self._answered(head)
        pieces, ending = self._body(lines, has_response=response is not None)
        return Recording(self._path, recorded, by, request, response, pieces, ending)

    def _body(self, lines: Iterator[Mapping[str, Any]], *, has_response: bool) -> tuple[Sequence[Piece], Ending]:
        pieces: list[Piece] = []
        ending: Ending | None = None
        for value in lines:
            if ending is not None:
                wrong("stands after the end")
            if "end" in value:
                ending = self._ending(value)
            elif not has_response:
                wrong("is a piece of a body, but there was no response")
            else:
                pieces.append(self._piece(value))
            if len(pieces) > MOST_PIECES:
                wrong(f"there are more than {MOST_PIECES:,} pieces")
        return tuple(pieces), ending or Ending(self._time, "unfinished")

    def _values(self) -> Iterator[Mapping[str, Any]]:
        """The object of each line; a last line that is cut is left out."""
        while line := self._file.readline(LONGEST_LINE + 1):
            self._number += 1
            if self._number == 1 and not line.startswith(b"{"):
                wrong("is not the first line of a recording")
            if len(line) > LONGEST_LINE:
                wrong(f"is too long (at most {LONGEST_LINE:,} bytes)")
            if not line.strip():
                continue
            try:
                yield checks.parsed(line)
            except WrongError:
                if line.endswith(b"\n"):
                    raise
                return

    def _when(self, value: Mapping[str, Any]) -> float:
        time = value.get("t")
        if isinstance(time, bool) or not isinstance(time, int | float) or not 0 <= time <= _LONGEST_TIME:
            wrong(f"t must be seconds, a number from 0 to {_LONGEST_TIME:.0f}")
        if time < self._time:
            wrong(f"t goes back, from {self._time} to {time}")
        self._time = float(time)
        return self._time

    def _answered(self, head: Mapping[str, Any]) -> Answered | None:
        if head.get("response") is None:
            return None
        value = checks.table(head, "response")
        status = value.get("status")
        if isinstance(status, bool) or not isinstance(status, int) or not 100 <= status <= 599:
            wrong("response.status must be a whole number, from 100 to 599")
        headers, removed = checks.headers(value, "response"), checks.removed(value, "response")
        return Answered(self._when(value), status, headers, removed)

    def _piece(self, value: Mapping[str, Any]) -> Piece:
        given = [name for name in ("text", "base64") if name in value]
        if len(given) != 1:
            wrong("must have one of text, base64 and end")
        text = value[given[0]]
        if not isinstance(text, str):
            wrong(f"{given[0]} must be a text")
        data = checks.utf8(text) if given[0] == "text" else checks.base64(text)
        return Piece(self._when(value), data, value.get("redacted") is True)

    def _ending(self, value: Mapping[str, Any]) -> Ending:
        how = value["end"]
        if not isinstance(how, str) or how not in _HOWS:
            wrong(f"end must be one of {', '.join(sorted(_HOWS))}")
        chain = value.get("error", [])
        if not isinstance(chain, list) or len(chain) > _MOST_LINKS or not all(isinstance(link, dict) for link in chain):
            wrong(f"error must be a list of objects, at most {_MOST_LINKS}")
        return Ending(self._when(value), cast("How", how), tuple(map(checks.link, chain)))
