"""Recordings made by hand, for the tests of this folder."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from tui.recording.format import Answered, Asked, Ending, Piece, Recording, ending_line, header_line, piece_line

URL = "http://127.0.0.1:8080/v1/chat/completions"
BODY: dict[str, Any] = {"model": "m-1", "messages": [{"role": "user", "content": "go"}], "stream": True}
SSE = [("content-type", "text/event-stream")]
OK = Answered(0.25, 200, SSE)
ASKED = Asked("POST", URL, [("content-type", "application/json")], BODY, ["authorization"])


def recording(
    *pieces: Piece, ending: Ending | None = None, response: Answered | None = OK, request: Asked = ASKED
) -> Recording:
    """A recording; without an ending the body is complete with its last piece."""
    last = pieces[-1].seconds if pieces else 0.25
    end = ending or Ending(last, "complete")
    return Recording(Path("made.jsonl"), "2026-01-02T03:04:05.000006Z", "streamtui test", request, response, pieces, end)


def write(path: Path, made: Recording) -> Path:
    """Write a recording to a file, as the recorder does."""
    lines = [header_line(made.recorded, made.by, made.request, made.response), *map(piece_line, made.pieces)]
    if made.ending.how != "unfinished":
        lines.append(ending_line(made.ending))
    path.write_bytes(b"".join(lines))
    return path


def head(**changes: Any) -> dict[str, Any]:
    """The first line of a good file, as an object."""
    line: dict[str, Any] = json.loads(header_line("2026-01-02T03:04:05Z", "streamtui test", ASKED, OK))
    return {**line, **changes}


def lines(path: Path, *values: Any, end: str = "\n") -> Path:
    """Write values as the lines of a file."""
    path.write_text("\n".join(value if isinstance(value, str) else json.dumps(value) for value in values) + end)
    return path


def cuts(data: bytes, places: Sequence[int]) -> list[bytes]:
    """`data`, cut at `places`; pieces may be empty."""
    edges = [0, *sorted(place % (len(data) + 1) for place in places), len(data)]
    return [data[start:stop] for start, stop in pairwise(edges)]
