"""Text that arrives in any pieces, cut into lines: what the block parser reads."""

from __future__ import annotations

import re
from collections import deque
from typing import NamedTuple

LONGEST = 4096  # characters that are parsed at once; a longer line is several pieces, a longer paragraph several runs
_SHORT = 512  # characters in such a piece where pieces are put together again
_MOST_AT_ONCE = 1 << 17  # characters that are made readable at once

_surrogate = re.compile("[\ud800-\udfff]").search
_unpaired = re.compile("[\ud800-\udbff]$|\r$").search


class Line(NamedTuple):
    """A line without its end, or a piece of an overlong one; `goes_on`: it belongs to the line before."""

    text: str
    goes_on: bool = False


class Source:
    """Takes pieces of text, gives whole lines. Where a long line is cut depends on the line alone, not on the pieces."""

    def __init__(self) -> None:
        self._pieces: deque[str] = deque()
        self._text = ""
        self._at = 0  # what stands before is read
        self._searched = 0  # up to here there is no newline
        self._goes_on = False
        self._waiting = ""

    def append(self, text: str) -> None:
        """Add `text` at the end."""
        self._pieces.append(text)

    @property
    def unread(self) -> str:
        """What waits to be read."""
        return self._text[self._at :] + self._waiting + "".join(self._pieces)

    def take_in(self, final: bool = False) -> bool:
        """Make what was appended readable, or a part of it; False if nothing new is.

        Half of a CRLF or of a surrogate pair waits for the other, unless the text is `final`.
        """
        text = self._waiting + self._some()
        self._waiting = ""
        if not (final and not self._pieces) and (cut := _unpaired(text)):
            self._waiting, text = text[cut.start() :], text[: cut.start()]
        if text:
            self._text = self._text[self._at :] + _settled(text)
            self._searched = max(self._searched - self._at, 0)
            self._at = 0
        return bool(text)

    def _some(self) -> str:
        taken: list[str] = []
        size = 0
        while self._pieces and size < _MOST_AT_ONCE:
            taken.append(self._pieces.popleft())
            size += len(taken[-1])
        text = "".join(taken)
        if size > 2 * _MOST_AT_ONCE:
            self._pieces.extendleft(text[at : at + _MOST_AT_ONCE] for at in reversed(range(_MOST_AT_ONCE, size, _MOST_AT_ONCE)))
            text = text[:_MOST_AT_ONCE]
        return text

    def next(self, flows: bool = False) -> Line | None:
        """The next whole line, or None where there is none yet. If it goes on and `flows`, its pieces are short."""
        longest = _SHORT if flows and self._goes_on else LONGEST
        end = self._text.find("\n", max(self._searched, self._at))
        stop = end if end >= 0 else len(self._text)
        if stop - self._at > longest:
            return self._piece(longest)
        if end < 0:
            self._searched = stop
            return None
        line = Line(self._text[self._at : end], self._goes_on)
        self._at = self._searched = end + 1
        self._goes_on = False
        return line

    def rest(self) -> Line:
        """The line that is not whole yet."""
        return Line(self._text[self._at :], self._goes_on)

    def skip_rest(self) -> None:
        """That line is read."""
        self._at = len(self._text)

    def _piece(self, longest: int) -> Line:
        window = self._text[self._at : self._at + longest]
        cut = window.rfind(" ", longest - 256)
        piece = Line(window[:cut] if cut > 0 else window, self._goes_on)
        self._at += len(piece.text)
        self._goes_on = True
        return piece


def _settled(text: str) -> str:
    """CRLF as newline, surrogate pairs joined."""
    text = text.replace("\r\n", "\n")
    if _surrogate(text) is None:
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
