"""Thinking that a server sends inside of the text: `<think> ... </think>`, and only then the answer.

Looked for at the very beginning of the text only, after white space; tags in later text are text. Where the opening tag is
missing, because the server put it into the prompt, a closing one tells that all before it was thinking: if it is in no code,
no opening tag was spoken of, and it is no word of a sentence, with a space on either side. What the text means does not depend
on how it was cut into deltas: what may be a tag is held back until it is known. The pieces, joined, are the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal

#: "open" and "close" are the tags, with white space around them; "turn" is empty: all text so far was reasoning.
PieceKind = Literal["text", "reasoning", "open", "close", "turn"]
Piece = tuple[PieceKind, str]

_ANY_CASE = re.IGNORECASE | re.ASCII
_NAMES = ("think", "thinking", "thought", "reasoning")
_OPENING = re.compile(r"<(think|thinking|thought|reasoning)>", _ANY_CASE)
_UNOPENED = re.compile(r"</(think|thinking)>", _ANY_CASE)
_FENCE = re.compile(r"^ {0,3}(?:```|~~~)", re.MULTILINE)


class ThinkTags:
    """Reads the text of one choice. `before` gives the text that was passed on so far, when it has to be looked at again."""

    def __init__(self, before: Callable[[], str]) -> None:
        self.held = ""  # what may yet become a tag
        self._before = before
        self._read: Callable[[str], list[Piece] | None] | None = self._start
        self._closing = ""
        self._usual: dict[object, PieceKind] = {self._text: "text", self._inside: "reasoning"}

    def feed(self, text: str) -> list[Piece]:
        """The pieces that `text`, after what was held back, is known to be."""
        if self._read is None:
            return [("text", text)]
        if not self.held and "<" not in text and (kind := self._usual.get(self._read)):
            return [(kind, text)]  # nearly every delta
        self.held += text
        pieces: list[Piece] = []
        while self.held and self._read is not None and (found := self._read(self.held)) is not None:
            pieces += found
        return pieces + self._rest()

    def end(self) -> list[Piece]:
        """The text is over, or something else follows it: what is held back is what it seems."""
        held, self.held = self.held, ""
        if not held or self._read is None:
            return []
        if self._read == self._text and (match := _UNOPENED.search(held)) and match.end() == len(held):
            return self._unopened(held, match) or [("text", held)]
        return [(self._kind, held)]

    @property
    def _kind(self) -> PieceKind:
        if self._read == self._inside:
            return "reasoning"
        return "close" if self._read == self._closed else "open" if self._read == self._opened else "text"

    def _rest(self) -> list[Piece]:
        """All that is held, where nothing is looked for any more."""
        if self._read is not None or not self.held:
            return []
        held, self.held = self.held, ""
        return [("text", held)]

    # Each state takes from what is held what is known, and says what it is; None where more must come first.

    def _start(self, held: str) -> list[Piece] | None:
        text = held.lstrip()
        if match := _OPENING.match(text):
            self._closing = f"</{match[1].lower()}>"
            return self._take(len(held) - len(text) + match.end(), "open", self._opened)
        if not text or any(f"<{name}>".startswith(text.lower()) for name in _NAMES):
            return None
        self._read = self._text
        return []

    def _opened(self, held: str) -> list[Piece]:
        length = len(held) - len(held.lstrip())
        return self._take(length, "open", self._opened if length == len(held) else self._inside)

    def _inside(self, held: str) -> list[Piece] | None:
        if match := re.search(self._closing, held, _ANY_CASE):
            pieces = self._take(match.start(), "reasoning", self._inside)
            return pieces + self._take(len(self._closing), "close", self._closed)
        return self._take(len(held) - _overlap(held, self._closing), "reasoning", self._inside) or None

    def _closed(self, held: str) -> list[Piece]:
        length = len(held) - len(held.lstrip())
        return self._take(length, "close", self._closed if length == len(held) else None)

    def _text(self, held: str) -> list[Piece] | None:
        match = _UNOPENED.search(held)
        if match is None:
            keep = max(_overlap(held, "</think>"), _overlap(held, "</thinking>"))
            return self._take(len(held) - keep, "text", self._text) or None
        if match.end() == len(held) and _in_sentence(self._before() + held[: match.start()]):
            return None
        turned = self._unopened(held, match)
        if not turned:
            self._read = None
        return turned

    def _unopened(self, held: str, match: re.Match[str]) -> list[Piece]:
        """A closing tag in the text that none opened: the pieces, if it means that all before it was thinking."""
        before = self._before() + held[: match.start()]
        if "<think" in before.lower() or len(_FENCE.findall(before)) % 2 or before.rpartition("\n")[2].count("`") % 2:
            return []
        if held[match.end() : match.end() + 1] == " " and _in_sentence(before):
            return []
        self.held = held
        pieces: list[Piece] = [*self._take(match.start(), "text", None), ("turn", "")]
        return pieces + self._take(match.end() - match.start(), "close", self._closed)

    def _take(self, length: int, kind: PieceKind, then: Callable[[str], list[Piece] | None] | None) -> list[Piece]:
        piece, self.held = self.held[:length], self.held[length:]
        self._read = then
        return [(kind, piece)] if piece else []


def _in_sentence(before: str) -> bool:
    return before.endswith(" ") and bool(before.rpartition("\n")[2].strip())


def _overlap(text: str, tag: str) -> int:
    """How many characters at the end of `text` may be the beginning of `tag`."""
    end = text[-len(tag) + 1 :].lower()
    return next((length for length in range(len(end), 0, -1) if tag.startswith(end[-length:])), 0)
