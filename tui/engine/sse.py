"""Bytes in, server-sent events out; no I/O, and no cut of the bytes changes what comes out.

UTF-8 always (bad bytes become U+FFFD), CR, LF and CRLF, a BOM at the start. Unlike a browser it hands on every line: plain
ones (a JSON body, an error in the middle), comments, an event that the end of the stream left without its empty line if its
JSON is whole, and a `data` line that follows a whole JSON object without an empty line between them.
"""

from __future__ import annotations

import json
from typing import NamedTuple

MAX_EVENT = 32 * 2**20  # bytes; a larger event is refused, and said so
PADDING = " \t\x0b\x0c\x00\ufeff"  # what some servers put before a field
_BOM = b"\xef\xbb\xbf"
_FIELDS = (b"data", b"event", b"id", b"retry")


class ServerEvent(NamedTuple):
    """One event: its name ("" if it has none) and its data lines, joined."""

    name: str
    data: str


class Line(NamedTuple):
    """A line that is no field of an event."""

    text: str


class Comment(NamedTuple):
    """A line that begins with a colon: a keep-alive."""

    text: str


class TooLarge(NamedTuple):
    """An event or line over the limit was dropped."""

    limit: int


class Cut(NamedTuple):
    """The stream ended inside this event or line."""

    text: str


Item = ServerEvent | Line | Comment | TooLarge | Cut


def is_whole(data: bytes) -> bool:
    """Whether `data` is one whole JSON object or list, or the end mark."""
    data = data.strip()
    if data == b"[DONE]":
        return True
    if not (data.startswith((b"{", b"[")) and data.endswith((b"}", b"]"))):
        return False
    try:
        json.loads(data.decode("utf-8", "replace"), strict=False)
    except (ValueError, RecursionError):
        return False
    return True


class Splitter:
    """Feed it bytes as they come; `end` once the body is over."""

    __slots__ = (
        "_after_cr",
        "_begun",
        "_data",
        "_id",
        "_limit",
        "_name",
        "_rest",
        "_size",
        "_skip_event",
        "_skip_line",
        "last_id",
    )

    def __init__(self, limit: int = MAX_EVENT) -> None:
        self._limit = limit
        self._rest = bytearray()  # the line that has no end yet
        self._data: list[bytes] = []  # the data lines of the event that has no end yet
        self._size = 0  # their bytes
        self._name = ""
        self._id: str | None = None
        self.last_id: str | None = None  # of the last event that had its end
        self._begun = False
        self._after_cr = False
        self._skip_line = self._skip_event = False

    def feed(self, data: bytes) -> list[Item]:
        """The items that `data` completes."""
        if self._after_cr or b"\r" in data:
            data = self._plain_newlines(data)
        lines = data.split(b"\n")
        tail = lines.pop()
        out: list[Item] = []
        if lines:
            if self._rest or not self._begun or self._skip_line:
                self._finish_line(lines)
            self._take(lines, out)
        if tail:
            self._hold(tail, out)
        return out

    def drop(self) -> None:
        """Forget what has no end yet: the stream goes on elsewhere, with a whole event."""
        self._rest.clear()
        self._data.clear()
        self._size, self._name, self._id = 0, "", None
        self._after_cr = self._skip_line = self._skip_event = False

    @property
    def holds_end_mark(self) -> bool:
        """Whether all that waits for its end is the end mark."""
        if len(self._rest) > 16 or len(self._data) > 1:
            return False
        return self._data == [b"[DONE]"] or bytes(self._rest).strip() in (b"data: [DONE]", b"data:[DONE]")

    @property
    def rest(self) -> bytes:
        """The line that has no end yet."""
        return bytes(self._rest)

    def end(self) -> list[Item]:
        """What the end of the body leaves: an event without its empty line if it is whole, else a Cut."""
        out: list[Item] = []
        rest = [bytes(self._rest)]
        self._rest.clear()
        if rest[0] and not self._skip_line:
            if not self._begun:
                rest[0] = rest[0].removeprefix(_BOM)
            if any((field + b": ").startswith(rest[0]) for field in _FIELDS):
                out.append(Cut(_text(rest[0])))
            else:
                self._take(rest, out)
        if self._data:
            data = b"\n".join(self._data)
            if is_whole(data):
                self._dispatch(out)
            else:
                out.append(Cut(_text(data)))
        elif self._name == "error":
            self._dispatch(out)
        return out

    def _plain_newlines(self, data: bytes) -> bytes:
        if self._after_cr and data:
            self._after_cr = False
            if data[0] == 10:  # the second half of a CRLF
                data = data[1:]
        if b"\r" in data:
            self._after_cr = data[-1] == 13
            data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        return data

    def _finish_line(self, lines: list[bytes]) -> None:
        if self._skip_line:
            self._skip_line = False
            del lines[0]
        elif self._rest:
            self._rest += lines[0]
            lines[0] = bytes(self._rest)
            self._rest.clear()
        if not self._begun:
            self._begun = True
            if lines:
                lines[0] = lines[0].removeprefix(_BOM)

    def _hold(self, tail: bytes, out: list[Item]) -> None:
        if self._skip_line:
            return
        self._rest += tail
        if not self._begun and len(self._rest) >= len(_BOM):
            self._begun = True
            if self._rest.startswith(_BOM):
                del self._rest[: len(_BOM)]
        if len(self._rest) + self._size > self._limit:
            self._skip_line = True
            self._refuse(bytes(self._rest[:5]), out)
            self._rest.clear()

    def _refuse(self, line: bytes, out: list[Item]) -> None:
        """Drop the event that `line` makes too large; a plain line stands alone."""
        if line.startswith(b":"):
            return  # a comment: nothing is missing
        is_data = line.startswith(b"data")
        if not (self._skip_event and is_data):
            out.append(TooLarge(self._limit))
        self._skip_event |= is_data or bool(self._data)
        self._data.clear()
        self._size, self._name = 0, ""

    def _take(self, lines: list[bytes], out: list[Item]) -> None:
        for line in lines:
            if not line:
                self._skip_event = False
                if self._id is not None:
                    self.last_id, self._id = self._id, None
                if self._data or self._name:
                    self._dispatch(out)
            elif len(line) + self._size > self._limit:
                self._refuse(line, out)
            elif line.startswith(b"data:"):
                self._add_data(line[6:] if line[5:6] == b" " else line[5:], out)
            elif line.startswith(b"id:"):
                self._id = _text(line[3:].removeprefix(b" "))
            else:
                self._other(line, out)

    def _add_data(self, value: bytes, out: list[Item]) -> None:
        if self._skip_event:
            return
        data = self._data
        if len(data) == 1 and is_whole(data[0]):
            self._dispatch(out)  # no empty line between two events: joined, they could not be JSON
        data.append(value)
        self._size += len(value)

    def _other(self, line: bytes, out: list[Item]) -> None:
        if line.startswith(b":"):
            out.append(Comment(_text(line[1:])))
            return
        field, _, value = line.partition(b":")
        if field not in _FIELDS:
            if not line.isspace():
                out.append(Line(_text(line)))
        elif field == b"data":
            self._add_data(b"", out)
        elif field == b"event" and not self._skip_event:
            self._name = _text(value.removeprefix(b" "))

    def _dispatch(self, out: list[Item]) -> None:
        data = self._data
        out.append(ServerEvent(self._name, _text(data[0] if len(data) == 1 else b"\n".join(data))))
        data.clear()
        self._size, self._name = 0, ""


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")
