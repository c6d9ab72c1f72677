"""Whether a recorded body says itself that it is whole: a reader closes it then, without waiting for its last byte."""

from __future__ import annotations

import re
import zlib

from tui.engine.inflate import Inflater
from tui.recording.format import Recording

_DONE = re.compile(rb"(?:^|[\r\n])data: ?\[DONE\]").search
_TAIL = 4096  # bytes


def has_end_mark(recording: Recording) -> bool:
    """Whether `data: [DONE]` stands near the end of the body, decoded."""
    encoding = content_encoding(recording)
    if encoding in ("gzip", "x-gzip", "deflate"):
        return bool(_DONE(_inflated_tail(recording.data, encoding)))
    tail = b""
    for piece in reversed(recording.pieces):
        tail = piece.data[-_TAIL:] + tail
        if len(tail) >= _TAIL:
            break
    return bool(_DONE(tail))


def content_encoding(recording: Recording) -> str:
    """How the body is compressed, in lower case; empty if it is plain."""
    headers = recording.response.headers if recording.response else ()
    found = next((value.strip().lower() for name, value in headers if name.lower() == "content-encoding"), "")
    return "" if found == "identity" else found


def _inflated_tail(data: bytes, encoding: str) -> bytes:
    tail = b""
    try:
        for piece in Inflater(encoding).feed(data):
            tail = (tail + piece)[-_TAIL:]
    except zlib.error:
        pass  # what came before the damage counts
    return tail
