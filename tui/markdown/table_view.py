"""Tables: columns as wide as they need, cells that wrap where the screen is too narrow for that."""

from __future__ import annotations

from array import array
from bisect import bisect_right

from tui.markdown import inline
from tui.markdown.blocks import Block, Table
from tui.markdown.cells import width, wrap
from tui.markdown.columns import fit, in_steps
from tui.markdown.inline import Inline
from tui.markdown.palette import PLAIN, Ink
from tui.markdown.rows import Content, Run, text_runs
from tui.markdown.views import Setting, View, next_stamp

_RULE = Ink("table-rule")
_HEAD = "table-head"
_ROW = 1 << 10  # an offset is a row's number times this, and a line in it

Cell = str | Inline  # plain text is kept as it is: most cells are


class TableView(View):
    """Draws a table. `starts` are the rows of the screen at which the table's rows begin, the header's first."""

    __slots__ = ("_cells", "_firm", "_missed", "_natural", "_picture", "_shown", "_widths", "starts")
    block: Table

    def __init__(self, block: Block, index: int) -> None:
        super().__init__(block, index)
        self._cells: list[list[Cell]] = []
        self._firm = 0
        self._natural: list[int] = []  # of the firm rows
        self._shown: list[int] = []  # what the table asked for, as long as it grows
        self._widths: list[int] = []
        self._picture = 0  # the stamp of rows that are whole
        self._missed: set[str] = set()
        self.starts = array("I", [0])

    @property
    def missed(self) -> frozenset[str]:
        return frozenset(self._missed)

    def forget(self) -> None:
        super().forget()
        self._cells, self._firm, self._natural, self._missed = [], 0, [], set()

    # layout

    def _lay(self, width: int, setting: Setting) -> int:
        del self._cells[self._firm :]
        known = self._firm
        natural = self._read(setting)
        widths = self._fit(natural, width)
        if widths != self._widths or width != self.width:
            self._widths, known = widths, 0
        if not known:
            self._picture = next_stamp()
        self.width = width
        del self.starts[known + 1 :]
        first = self.starts[-1]
        self._add_rows(known)
        self.height = self.starts[-1]
        return first if known else 0

    def _read(self, setting: Setting) -> list[int]:
        """Parse new rows; the widths that all rows need."""
        rows, firm = self.block.rows, self.block.firm
        whole = len(rows) if firm is None else firm
        natural = self._natural or [0] * len(self.block.aligns)
        for at in range(len(self._cells), len(rows)):
            cells = [self._parse(source, setting) for source in rows[at]]
            self._cells.append(cells)
            natural = [max(size, _size(cell)) for size, cell in zip(natural, cells, strict=True)]
            if at < whole:
                self._natural = natural
        self._firm = whole
        if self.block.closed and firm is None and not self._missed:
            self.block.drop()
        return natural

    def _parse(self, source: str, setting: Setting) -> Cell:
        found = inline.parse(source, setting.references, breaks=True)
        self._missed |= found.missed
        return found if found.spans or "\n" in found.text else found.text

    def _fit(self, natural: list[int], width: int) -> list[int]:
        if not (self.block.closed and self.block.firm is None):
            steps = in_steps(natural)
            self._shown = natural = [max(pair) for pair in zip(steps, self._shown or steps, strict=True)]
        return fit(natural, width - len(natural) * 3 + 1)

    @property
    def _ruled(self) -> bool:
        """Whether rows are told apart by rules: where the table does not fit, for then cells wrap."""
        wanted = self._natural if self.block.closed else self._shown
        return any(size > column for size, column in zip(wanted, self._widths, strict=False))

    def _add_rows(self, at: int) -> None:
        ruled, starts = self._ruled, self.starts
        row = starts[-1]
        for index in range(at, len(self._cells)):
            rules = 1 if index == 0 or (ruled and index > 1) else 0
            row += self._row_height(index, ruled) + rules
            starts.append(row)

    def _row_height(self, index: int, ruled: bool) -> int:
        cells = self._cells[index]
        if not ruled and all(type(cell) is str for cell in cells):
            return 1
        return max(len(_lines(cell, size)) for cell, size in zip(cells, self._widths, strict=True))

    # rows

    def row_stamp(self, y: int) -> int:
        return self._picture if y < self.starts[self._firm] else self.stamp

    def row(self, y: int) -> Content:
        index = bisect_right(self.starts, y) - 1
        sub = y - self.starts[index]
        if index > 1 and self._ruled:
            if sub == 0:
                return self._rule()
            sub -= 1
        if index == 0 and sub == self.starts[1] - 1:
            return self._rule()
        runs: list[Run] = []
        for column, cell in enumerate(self._cells[index]):
            if column:
                runs.append(Run(" │ ", _RULE))
            runs += self._cell(cell, sub, self._widths[column], self.block.aligns[column], _HEAD if index == 0 else "")
        return Content([Run(" ", PLAIN), *runs], indent=1)

    def _cell(self, cell: Cell, sub: int, size: int, align: str, name: str) -> list[Run]:
        lines = _lines(cell, size)
        if sub >= len(lines):
            return [Run(" " * size, PLAIN)]
        start, end = lines[sub]
        content = Inline(cell) if isinstance(cell, str) else cell
        space = max(size - width(content.text[start:end]), 0)
        left = {"right": space, "center": space // 2}.get(align, 0)
        runs = [Run(" " * left, PLAIN), *text_runs(content, start, end, name), Run(" " * (space - left), PLAIN)]
        return [run for run in runs if run.text]

    def _rule(self) -> Content:
        text = "─┼─".join("─" * size for size in self._widths)
        return Content([Run(f"─{text}─", _RULE)], indent=len(text) + 2)

    def offset(self, y: int) -> int:
        index = bisect_right(self.starts, y) - 1
        return index * _ROW + min(y - self.starts[index], _ROW - 1)

    def row_at(self, offset: int) -> int:
        index, sub = divmod(offset, _ROW)
        if index >= len(self.starts) - 1:
            return max(self.height - 1, 0)
        return min(self.starts[index] + sub, self.starts[index + 1] - 1)


def _size(cell: Cell) -> int:
    if isinstance(cell, str):
        return width(cell)
    return max(width(line) for line in cell.text.split("\n"))


def _lines(cell: Cell, size: int) -> list[tuple[int, int]]:
    return wrap(cell if isinstance(cell, str) else cell.text, size)
