"""The cells of a table, once their markup is read."""

from __future__ import annotations

from tui.markdown.cells import Piece, width, wrap
from tui.markdown.inline import Inline

Cell = str | Inline  # plain text is kept as it is: most cells are


def size_of(cell: Cell) -> int:
    """The cells of the screen that it needs to be shown without wrapping."""
    if isinstance(cell, str):
        return width(cell)
    return max(width(line) for line in cell.text.split("\n"))


def content_of(cell: Cell) -> Inline:
    """Its text and marks."""
    return Inline(cell) if isinstance(cell, str) else cell


def lines_of(cell: Cell, size: int) -> list[Piece]:
    """Its rows as (start, end), in a column of this width."""
    return wrap(cell if isinstance(cell, str) else cell.text, size)


def is_broken(cell: Cell) -> bool:
    """Whether it has several lines at any width."""
    return not isinstance(cell, str) and "\n" in cell.text
