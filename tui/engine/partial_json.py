"""JSON that is still arriving, made readable: laid out as far as it goes, with nothing added that did not come.

`Unfolding` takes pieces and gives the layout of each at once, so a long text costs what it adds. What is not JSON passes
word for word: a person sees what the model sent, not what we could make of it.
"""

from __future__ import annotations

_INDENT = "  "
_SPACE = " \t\r\n"
_STRUCTURE = ",:{}[]"


class Unfolding:
    """Lays JSON out over lines, piece by piece. Any cut of a text gives the same layout."""

    __slots__ = ("_depth", "_escaped", "_gap", "_in_string", "_last", "_opened")

    def __init__(self) -> None:
        self._depth = 0
        self._in_string = self._escaped = False
        self._opened = False  # a bracket opened, and nothing is in it yet
        self._last = ""  # the last character that was no space
        self._gap = False  # spaces came after it

    def feed(self, text: str) -> str:
        """The layout of the next piece."""
        out: list[str] = []
        for character in text:
            if self._in_string:
                self._string(character, out)
            elif character in _SPACE:
                self._gap = True
            else:
                self._token(character, out)
                self._last, self._gap = character, False
        return "".join(out)

    def _string(self, character: str, out: list[str]) -> None:
        out.append(character)
        if self._escaped:
            self._escaped = False
        elif character == "\\":
            self._escaped = True
        elif character == '"':
            self._in_string = False

    def _token(self, character: str, out: list[str]) -> None:
        if character in "}]":
            self._depth = max(self._depth - 1, 0)
            out.append(character if self._opened else "\n" + _INDENT * self._depth + character)
            self._opened = False
            return
        if self._opened:
            out.append("\n" + _INDENT * self._depth)
            self._opened = False
        elif self._last == ":" or (self._gap and self._last not in _STRUCTURE and character not in _STRUCTURE):
            out.append(" ")
        out.append(character)
        if character in "{[":
            self._depth += 1
            self._opened = True
        elif character == ",":
            out.append("\n" + _INDENT * self._depth)
        elif character == '"':
            self._in_string = True


def one_line(text: str, limit: int) -> str:
    """The beginning of a JSON object for one line, of `limit` characters at most, without its outermost braces."""
    head = text[:limit].strip()
    if head.startswith("{"):
        head = head[1:].lstrip()
        if len(text) <= limit and head.endswith("}"):
            head = head[:-1].rstrip()
    return head + ("…" if len(text) > limit else "")
