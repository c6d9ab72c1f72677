"""The text of a selection: what was wrapped is one line again, decoration is left out."""

from __future__ import annotations

import re
from collections.abc import Callable

from rich.cells import split_graphemes
from textual.geometry import Offset
from textual.selection import Selection

from tui.markdown.section import Row
from tui.markdown.stack import Place, SectionStack

_WORD = re.compile(r"\w+|[^\w\s]+|\s+")


def selected_text(row: Callable[[int], Row], height: int, selection: Selection) -> str:
    """The selected text of `height` rows. Offsets are (character, row); None is the very start or end."""
    start = selection.start or Offset(0, 0)
    end = selection.end or Offset(1 << 30, height - 1)
    parts: list[str] = []
    blank = False  # the row above said nothing, and was drawn, as the surface above a block of code is
    for y in range(max(start.y, 0), min(end.y, height - 1) + 1):
        text, joins, indent, _, cut = row(y)
        if cut is not None:
            text = text[: indent + cut.end - cut.start]  # less the sign that there is more
        drawn = 0 < len(text) <= indent
        if parts and indent >= len(text) and not parts[-1] and (blank or drawn):
            blank |= drawn  # one empty line between two blocks is enough
            continue
        blank = drawn
        if parts:
            parts.append("\n" if joins is None else joins)
        first = max(start.x if y == start.y else 0, indent)
        stop = end.x if y == end.y else len(text)
        # a space at a selection's own end was selected; those that fill a row were not
        parts.append(text[first:stop] if text[stop:].strip() else text[first:stop].rstrip())
    return "".join(parts)


def whole(row: Callable[[int], Row], selection: Selection) -> Selection:
    """The selection, of all the clusters that it touches."""
    start, end = selection
    if start is not None:
        start = Offset(_cluster(row(start.y).text, start.x)[0], start.y)
    if end is not None and end.x:
        end = Offset(_cluster(row(end.y).text, end.x - 1)[1], end.y)
    return Selection(start, end)


def _cluster(text: str, x: int) -> tuple[int, int]:
    """[start, end) of what character `x` is a part of."""
    if not text.isascii():
        for start, end, _ in split_graphemes(text)[0]:
            if start <= x < end:
                return start, end
    return x, x + 1


def word_at(stack: SectionStack, x: int, y: int) -> Selection:
    """The word at character `x` of row `y`."""
    for match in _WORD.finditer(stack.row(y).text):
        if match.start() <= x < match.end():
            return Selection(Offset(match.start(), y), Offset(match.end(), y))
    return Selection(Offset(x, y), Offset(x, y))


def line_at(stack: SectionStack, y: int) -> Selection:
    """The whole line, from before it was wrapped, that row `y` is part of."""
    first, last = line_rows(stack, y)
    return Selection(Offset(0, first), Offset(len(stack.row(last).text), last))


def line_rows(stack: SectionStack, y: int) -> tuple[int, int]:
    """The first and the last row of the line that row `y` is part of."""
    first = last = y
    while first > 0 and stack.row(first).joins is not None:
        first -= 1
    while stack.row(last + 1).joins is not None:
        last += 1
    return first, last


class Held:
    """A selection held by its content, to be found again after rows were laid out anew."""

    def __init__(self, stack: SectionStack, selection: Selection) -> None:
        self._stack = stack
        start, end = (offset and self._within(offset) for offset in selection)
        self._start = None if start is None else self._hold(start)
        # what comes after the last character may be another row's first one: the character itself is held
        self._end = None if end is None else self._hold(Offset(max(end.x - 1, 0), end.y))
        self._past = min(end.x, 1) if end is not None else 0

    def _within(self, offset: Offset) -> Offset:
        """Not beyond the end of its row, nor of all that is said: what is yet to come there was not selected."""
        last = self._stack.height - 1
        while last > 0 and not (row := self._stack.row(last)).text[row.indent :].strip():
            last -= 1
        y = min(offset.y, last)
        end = len(self._stack.row(y).text.rstrip())
        return Offset(end if y < offset.y else min(offset.x, end), y)

    def _hold(self, offset: Offset) -> tuple[Place, int] | None:
        if (place := self._stack.place(offset.y)) is None:
            return None
        indent = self._stack.row(offset.y).indent
        section, (number, character), rows = place
        return Place(section, (number, character + max(offset.x - indent, 0)), rows), max(indent - offset.x, 0)

    def _find(self, held: tuple[Place, int] | None) -> Offset | None:
        if held is None or (y := self._stack.row_of(held[0])) is None:
            return None
        here = self._stack.place(y)
        row = self._stack.row(y)
        character = held[0].anchor[1] - (here.anchor[1] if here else 0)
        return Offset(max(row.indent + character - held[1], 0), y)

    def selection(self) -> Selection | None:
        """Where it is now; None if what it began or ended in is gone."""
        start, end = self._find(self._start), self._find(self._end)
        if (start is None and self._start is not None) or (end is None and self._end is not None):
            return None
        return Selection(start, None if end is None else Offset(end.x + self._past, end.y))
