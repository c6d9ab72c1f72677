"""Tables: columns as wide as they need, cells that wrap where the screen is too narrow; records, where columns do not fit."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from typing import NamedTuple

from tui.markdown import inline
from tui.markdown.blocks import Block, Table
from tui.markdown.columns import around, fit, in_steps, least
from tui.markdown.rows import Content
from tui.markdown.table_cells import Cell, is_broken, size_of
from tui.markdown.table_grid import Grid
from tui.markdown.table_records import Records
from tui.markdown.views import Setting, View, next_stamp

_ROW = 1 << 10  # an offset is a row's number times this, and a line in it


class _Needs(NamedTuple):
    """What rows ask for: widths of columns, the least width of the table, and rules, where a cell has several lines."""

    natural: list[int]
    least: int = 0
    rules: bool = False

    def and_those(self, other: _Needs) -> _Needs:
        """Whichever is more."""
        natural = [max(pair) for pair in zip(self.natural, other.natural, strict=True)]
        return _Needs(natural, max(self.least, other.least), self.rules or other.rules)


class TableView(View):
    """Draws a table. `starts` are the rows of the screen at which the table's rows begin, the header's first."""

    __slots__ = ("_cells", "_firm", "_missed", "_needs", "_picture", "_shape", "_shown", "starts")
    block: Table

    def __init__(self, block: Block, index: int) -> None:
        super().__init__(block, index)
        self._picture = 0  # the stamp of rows that are whole
        self.starts = array("I", [0])
        self._clear()

    def _clear(self) -> None:
        self._cells: list[list[Cell]] = []
        self._firm = 0
        self._needs = _Needs([0] * len(self.block.aligns))  # of the firm rows
        self._shown: _Needs | None = None  # what the table asked for, as long as it grows
        self._shape: Grid | Records | None = None
        self._missed: set[str] = set()

    @property
    def missed(self) -> frozenset[str]:
        return frozenset(self._missed)

    def forget(self) -> None:
        super().forget()
        self._clear()

    # layout

    def _lay(self, width: int, setting: Setting) -> int:
        del self._cells[self._firm :]
        known = self._firm if self._firm > 1 else 0  # a header may look different when the first row comes
        needs = self._read(setting)
        shape = self._shaped(self._settled(needs), width)
        if shape is not self._shape:
            self._shape, known = shape, 0
        if not known:
            self._picture = next_stamp()
        del self.starts[known + 1 :]
        first = self.starts[-1]
        shape.place(self.starts)
        self.height = self.starts[-1]
        return first if known else 0

    def _read(self, setting: Setting) -> _Needs:
        """Parse new rows; what all rows need."""
        rows, firm = self.block.rows, self.block.firm
        whole = len(rows) if firm is None else firm
        natural, _, rules = self._needs
        for at in range(len(self._cells), len(rows)):
            cells = [self._parse(source, setting) for source in rows[at]]
            self._cells.append(cells)
            natural = [max(size, size_of(cell)) for size, cell in zip(natural, cells, strict=True)]
            rules = rules or (at > 0 and any(map(is_broken, cells)))
            if at == whole - 1:
                self._needs = _Needs(natural, least(natural), rules)
        self._firm = whole
        if self.block.closed and firm is None and not self._missed:
            self.block.drop()
        return self._needs if len(rows) == whole else _Needs(natural, least(natural), rules)

    def _parse(self, source: str, setting: Setting) -> Cell:
        found = inline.parse(source, setting.references, breaks=True)
        self._missed |= found.missed
        return found if found.spans or "\n" in found.text else found.text

    def _settled(self, needs: _Needs) -> _Needs:
        """What the table asks for: while it grows, no less than before, so that it does not go back and forth."""
        if self.block.closed and self.block.firm is None:
            return needs
        needs = needs._replace(natural=in_steps(needs.natural))
        self._shown = needs.and_those(self._shown) if self._shown else needs
        return self._shown

    def _shaped(self, needs: _Needs, width: int) -> Grid | Records:
        """How to draw it; what there is, if that is right."""
        shape = self._shape
        if needs.least > width:
            return shape if isinstance(shape, Records) and shape.is_same(width) else Records(self._cells, width)
        widths = fit(needs.natural, width - around(len(needs.natural)))
        ruled = needs.rules or any(size > column for size, column in zip(needs.natural, widths, strict=True))
        if isinstance(shape, Grid) and shape.is_same(widths, ruled):
            return shape
        return Grid(self._cells, self.block.aligns, widths, ruled)

    # rows

    def row_stamp(self, y: int) -> int:
        return self._picture if y < self.starts[self._firm] else self.stamp

    def row(self, y: int) -> Content:
        assert self._shape is not None  # noqa: S101 - it has rows, so it is laid out
        index = bisect_right(self.starts, y) - 1
        first = self.starts[index]
        return self._shape.row(index, y - first, self.starts[index + 1] - first)

    def offset(self, y: int) -> int:
        index = bisect_right(self.starts, y) - 1
        return index * _ROW + min(y - self.starts[index], _ROW - 1)

    def row_at(self, offset: int) -> int:
        index, sub = divmod(offset, _ROW)
        if index >= len(self.starts) - 1:
            return max(self.height - 1, 0)
        return max(min(self.starts[index] + sub, self.starts[index + 1] - 1), 0)
