"""Ready sections: plain text that wraps, rows made elsewhere, and empty space."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len, chop_cells
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui.markdown.section import Anchor, Row, Target, ViewStyles
from tui.safe_text import visible


class _Settled:
    """What sections have in common that are laid out at once, when they are first asked."""

    def __init__(self) -> None:
        self._width = 1
        self._styles: ViewStyles | None = None
        self._dirty = True

    @property
    def pending(self) -> bool:
        return False

    def resize(self, width: int) -> None:
        if width != self._width:
            self._width = max(width, 1)
            self._changed()

    def restyle(self, styles: ViewStyles) -> None:
        self._styles = styles
        self._changed()

    def show_code(self, wrap: bool, left: int) -> None:
        """There is no code here."""

    def work(self, deadline: float, window: range) -> bool:
        return False

    def take_dirty(self) -> int | None:
        dirty, self._dirty = self._dirty, False
        return 0 if dirty else None

    def anchor(self, y: int) -> Anchor:
        return y, 0

    def row_at(self, anchor: Anchor) -> int:
        return anchor[0]

    def _changed(self) -> None:
        self._dirty = True

    def _style(self, name: str | None) -> Style:
        if self._styles is None:
            return Style.null()
        return self._styles[name] if name else self._styles.base


class BlankSection(_Settled):
    """`height` empty rows."""

    def __init__(self, height: int = 1) -> None:
        super().__init__()
        self.height = height
        self._strip = Strip([], 0)

    def strip(self, y: int) -> Strip:
        return self._strip

    def row(self, y: int) -> Row:
        return Row("")


class RowSection(_Settled):
    """Rows made by somebody else: (text, component class or None) pieces, and targets by cell. They are cut, not wrapped.

    Pieces must be safe to show (`safe_text.visible_line`).
    """

    Piece = tuple[str, str | None]

    def __init__(self, rows: Sequence[Sequence[Piece]] = (), targets: dict[int, tuple[Target, ...]] | None = None) -> None:
        super().__init__()
        self._rows: list[list[RowSection.Piece]] = []
        self._targets: dict[int, tuple[Target, ...]] = {}
        self._strips: dict[int, Strip] = {}
        self.update(rows, targets)

    @property
    def height(self) -> int:
        return len(self._rows)

    def update(self, rows: Sequence[Sequence[Piece]], targets: dict[int, tuple[Target, ...]] | None = None) -> None:
        """Show these rows instead."""
        new = [list(row) for row in rows]
        if (new, targets or {}) != (self._rows, self._targets):
            self._rows, self._targets = new, targets or {}
            self._changed()

    def strip(self, y: int) -> Strip:
        if (strip := self._strips.get(y)) is None:
            full = Strip([Segment(text, self._style(name)) for text, name in self._rows[y]])
            strip = self._strips[y] = full.crop(0, self._width)
        return strip

    def row(self, y: int) -> Row:
        return Row(self.strip(y).text, targets=self._targets.get(y, ()))

    def _changed(self) -> None:
        super()._changed()
        self._strips.clear()


class TextSection(_Settled):
    """Plain text, made visible, wrapped at words, in one style. `indent` cells stay free at the left."""

    def __init__(self, text: str, style: str | None = None, indent: int = 0) -> None:
        super().__init__()
        self.text = text
        self._style_name = style
        self._indent = indent
        self._lines = visible(text).expandtabs(4).split("\n")
        self._rows: list[tuple[Row, Anchor]] | None = None
        self._strips: dict[int, Strip] = {}

    @property
    def height(self) -> int:
        return len(self._laid_out())

    def resize(self, width: int) -> None:
        if width != self._width:
            self._rows = None
        super().resize(width)

    def strip(self, y: int) -> Strip:
        if (strip := self._strips.get(y)) is None:
            text = self._laid_out()[y][0].text
            full = Strip([Segment(text, self._style(self._style_name))] if text else [])
            strip = self._strips[y] = full.crop(0, self._width)  # one wide character may be too much already
        return strip

    def row(self, y: int) -> Row:
        return self._laid_out()[y][0]

    def anchor(self, y: int) -> Anchor:
        return self._laid_out()[y][1]

    def row_at(self, anchor: Anchor) -> int:
        rows = self._laid_out()
        return max((y for y, (_, start) in enumerate(rows) if start <= anchor), default=0)

    def _changed(self) -> None:
        super()._changed()
        self._strips.clear()

    def _laid_out(self) -> list[tuple[Row, Anchor]]:
        if self._rows is None:
            width = max(self._width - self._indent, 1)
            margin = " " * min(self._indent, self._width - 1)
            self._rows = [
                (Row(margin + text if text else "", joins, len(margin)), (number, start))
                for number, line in enumerate(self._lines)
                for text, joins, start in wrap(line, width)
            ]
        return self._rows


def wrap(line: str, width: int) -> list[tuple[str, str | None, int]]:
    """Cut a line into rows of at most `width` cells: (text, what joins it to the row before, its first character's offset).

    It breaks at spaces, and within a word only where the word alone is too wide.
    """
    if len(line) <= width and cell_len(line) <= width:
        return [(line, None, 0)]
    rows: list[tuple[str, str | None, int]] = []
    joins: str | None = None
    start = 0
    while cell_len(rest := line[start:]) > width:
        # a cluster may be many characters: look at more than the row can hold, but not at a whole long line each time
        piece = next(iter(chop_cells(rest[: 4 * width + 16], width)), "") or rest[0]
        end = start + len(piece)
        space = end if line[end : end + 1] == " " else line.rfind(" ", start + 1, end)
        broken = space <= start or not line[start:space].strip()
        rows.append((piece if broken else line[start:space], joins, start))
        joins, start = ("", end) if broken else (" ", space + 1)
    rows.append((rest, joins, start))
    return rows
