"""A table in columns."""

from __future__ import annotations

from array import array
from collections.abc import Sequence

from tui.markdown.cells import width
from tui.markdown.palette import PLAIN, Ink
from tui.markdown.rows import Content, Run, text_runs
from tui.markdown.table_cells import Cell, content_of, lines_of

_RULE = Ink("table-rule")


class Grid:
    """Draws `cells`, a list of the table's rows that may grow, the header's first. `ruled`: rules tell the rows apart."""

    __slots__ = ("_aligns", "_cells", "_ruled", "_widths")

    def __init__(self, cells: list[list[Cell]], aligns: Sequence[str], widths: list[int], ruled: bool) -> None:
        self._cells = cells
        self._aligns = aligns
        self._widths = widths
        self._ruled = ruled

    def is_same(self, widths: list[int], ruled: bool) -> bool:
        """Whether one like this would look the same."""
        return widths == self._widths and ruled == self._ruled

    def place(self, starts: array[int]) -> None:
        """Add to `starts`, at which row of the screen each of the table's begins, those that are not in it."""
        ruled, row = self._ruled, starts[-1]
        for index in range(len(starts) - 1, len(self._cells)):
            rules = 1 if index == 0 or (ruled and index > 1) else 0
            row += self._row_height(index) + rules
            starts.append(row)

    def _row_height(self, index: int) -> int:
        cells = self._cells[index]
        if not self._ruled and all(type(cell) is str for cell in cells):
            return 1
        return max(len(lines_of(cell, size)) for cell, size in zip(cells, self._widths, strict=True))

    def row(self, index: int, sub: int, height: int) -> Content:
        """Row `sub` of the `height` rows that row `index` of the table takes."""
        if index > 1 and self._ruled:
            if sub == 0:
                return self._rule()
            sub -= 1
        if index == 0 and sub == height - 1:
            return self._rule()
        runs = [Run(" ", PLAIN)]
        for column, cell in enumerate(self._cells[index]):
            if column:
                runs.append(Run(" │ ", _RULE))
            runs += self._cell(cell, sub, column, "table-head" if index == 0 else "")
        return Content(runs, indent=1)

    def _cell(self, cell: Cell, sub: int, column: int, name: str) -> list[Run]:
        size, align = self._widths[column], self._aligns[column]
        lines = lines_of(cell, size)
        if sub >= len(lines):
            return [Run(" " * size, PLAIN)]
        start, end = lines[sub]
        content = content_of(cell)
        space = max(size - width(content.text[start:end]), 0)
        left = {"right": space, "center": space // 2}.get(align, 0)
        runs = [Run(" " * left, PLAIN), *text_runs(content, start, end, name), Run(" " * (space - left), PLAIN)]
        return [run for run in runs if run.text]

    def _rule(self) -> Content:
        text = "─┼─".join("─" * size for size in self._widths)
        return Content([Run(f"─{text}─", _RULE)], indent=len(text) + 2)
