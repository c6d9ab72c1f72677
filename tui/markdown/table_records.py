"""A table of more columns than fit: each row is a record, with a line for each of its cells after the column's name."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from itertools import accumulate

from tui.markdown.cells import width
from tui.markdown.inline import Inline
from tui.markdown.palette import PLAIN, Ink
from tui.markdown.rows import Content, Run, cut_inside, text_runs
from tui.markdown.table_cells import Cell, content_of, lines_of, size_of

_RULE = Ink("table-rule")
_HEAD = "table-head"
_BESIDE = 18  # cells from which on names and values stand side by side; the names take a third of them at most
_INDENTED = 6  # cells from which on values that stand below their names are indented


class Records:
    """Draws `cells`, a list of the table's rows that may grow, the header's first, in `room` cells.

    The header alone is a record without values: it is gone as soon as a row is there.
    """

    __slots__ = ("_beside", "_cells", "_found", "_indent", "_lines", "_names", "_room", "_size")

    def __init__(self, cells: list[list[Cell]], room: int) -> None:
        self._cells = cells
        self._room = room
        self._beside = room >= _BESIDE
        self._size = max(1, min(max(map(size_of, cells[0])), room // 3)) if self._beside else room
        self._indent = self._size + 4 if self._beside else 2 if room >= _INDENTED else 0
        self._names = [content_of(cell) for cell in cells[0]]
        self._lines = [lines_of(name, self._size) if name.text else [] for name in self._names]
        self._found: tuple[int, list[int]] = (-1, [])  # a row of the table, and where each of its cells begins

    def is_same(self, room: int) -> bool:
        """Whether one like this would look the same."""
        return room == self._room

    def place(self, starts: array[int]) -> None:
        """Add to `starts`, at which row of the screen each of the table's begins, those that are not in it."""
        self._found = -1, []
        row, count = starts[-1], len(self._cells)
        for index in range(len(starts) - 1, count):
            if index or count == 1:
                row += sum(self._heights(index)) + (index > 1)
            starts.append(row)

    def _values(self, index: int) -> list[Cell]:
        return self._cells[index] if index else [""] * len(self._names)

    def _heights(self, index: int) -> list[int]:
        room = self._room - self._indent
        pairs = zip(self._lines, self._values(index), strict=True)
        if self._beside:
            return [max(len(names), len(lines_of(value, room))) for names, value in pairs]
        return [len(names) + len(lines_of(value, room)) for names, value in pairs]

    def row(self, index: int, sub: int, _height: int) -> Content:
        """Row `sub` of those that row `index` of the table takes."""
        if index > 1:
            if sub == 0:
                return self._rule()
            sub -= 1
        if self._found[0] != index:
            self._found = index, list(accumulate(self._heights(index), initial=0))
        column = bisect_right(self._found[1], sub) - 1
        sub -= self._found[1][column]
        value = content_of(self._values(index)[column])
        return self._pair(column, value, sub) if self._beside else self._below(column, value, sub)

    def _rule(self) -> Content:
        text = ("─" * (self._size + 2) + "┼").ljust(self._room, "─") if self._beside else "─" * self._room
        return Content([Run(text, _RULE)], indent=self._room)

    def _name(self, column: int, sub: int) -> list[Run]:
        return text_runs(self._names[column], *self._lines[column][sub], _HEAD)

    def _pair(self, column: int, value: Inline, sub: int) -> Content:
        named = sub < len(self._lines[column])
        name = self._name(column, sub) if named else []
        space = " " * (self._size - sum(width(run.text) for run in name))
        left = [Run(" ", PLAIN), *name, Run(space, PLAIN), Run(" │ ", _RULE)]
        return self._with_value([run for run in left if run.text], value, sub, named)

    def _below(self, column: int, value: Inline, sub: int) -> Content:
        names = len(self._lines[column])
        if sub < names:
            return Content(self._name(column, sub))
        left = [Run(" " * self._indent, PLAIN)] if self._indent else []
        return self._with_value(left, value, sub - names, False)

    def _with_value(self, left: list[Run], value: Inline, sub: int, named: bool) -> Content:
        lines = lines_of(value, self._room - self._indent)
        indent = 1 if named else sum(len(run.text) for run in left)
        if sub >= len(lines):
            return Content(left, indent=indent)
        start, end = lines[sub]
        runs = [*left, *text_runs(value, start, end)]
        if not sub or named:
            return Content(runs, indent=indent)
        gap = value.text[lines[sub - 1][1] : start]
        joins = None if "\n" in gap else gap[:1]
        return Content(runs, joins, indent, joins is not None and cut_inside(value, start))
