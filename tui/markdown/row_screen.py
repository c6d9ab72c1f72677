"""The rows of a stack of sections that are on the screen: made, kept, and drawn where they changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from rich.style import Style
from textual.geometry import Offset, Region
from textual.scrollbar import ScrollBar
from textual.strip import Strip
from textual.widget import Widget

from tui.markdown.canvas import Canvas, Frame
from tui.markdown.mouse_row import with_places
from tui.markdown.overlay import Span
from tui.markdown.paint import Painter, Row, differing
from tui.markdown.scroll_bar import LineScrollBar
from tui.markdown.stack import SectionStack
from tui.markdown.view_styles import LazyStyles


class RowScreen(LazyStyles):
    """Draws the rows of `stack` from the scroll position on. A row that is the same strip as before is not drawn again."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.stack = SectionStack()
        self._columns = self._lines = 0
        self._canvas = Canvas(Frame(0, 0, 0, Style.null()))
        self._rows: list[Strip] | None = None
        self._picture: Sequence[Strip | None] = ()  # what was last asked to be drawn
        self._painter = Painter(self)

    @property
    def window(self) -> range:
        """The rows on the screen; may reach beyond the end."""
        top = round(self.scroll_y)
        return range(top, top + self._lines)

    def row_at(self, offset: Offset) -> tuple[int, int]:
        """(cell, row) of the text for a mouse position in this widget."""
        return offset.x - self._canvas.frame.left, offset.y + round(self.scroll_y)

    def _overlays(self, window: range) -> dict[int, list[Span]]:
        """For subclasses: what lies over which rows."""
        return {}

    def _mark(self) -> tuple[str, Style] | None:
        """For subclasses: a label at the right end of the last row."""
        return None

    def _redraw(self, *, now: bool = False) -> None:
        """Draw the rows that differ from the last picture: soon, or at once."""
        before, rows = self._picture, self._visible_rows()
        self._picture = rows
        if len(before) != len(rows):
            before = [None] * len(rows)
        changed: list[tuple[Widget, list[Row]]] = [(self, differing(before, rows))]
        changed.append((self._bar, self._bar.show(self.stack.height, self._lines, self.scroll_y)))
        if changed := [(widget, own) for widget, own in changed if own]:
            (self._painter.paint if now else self._painter.ask)(changed)

    def _visible_rows(self) -> list[Strip]:
        """The rows on the screen, finished."""
        if self._rows is None:
            canvas, window = self._canvas, self.window
            canvas.begin()
            overlays, mark = self._overlays(window), self._mark()
            last = window.stop - 1 if mark else -1
            rows = [
                canvas.row(strip, overlays.get(y, ()), mark if y == last else None)
                for y, strip in enumerate(self.stack.strips(window), window.start)
            ]
            rows += [canvas.blank()] * (len(window) - len(rows))
            self._rows = rows
        return self._rows

    def render_lines(self, crop: Region) -> list[Strip]:
        """Rows for the compositor: no border, no vertical padding, so there is nothing to add to them."""
        strips = self._visible_rows()[crop.y : crop.bottom]
        if crop.x or crop.width < (strips[0].cell_length if strips else 0):
            return [strip.crop(crop.x, crop.right) for strip in strips]
        return strips

    def render_line(self, y: int) -> Strip:
        """Row `y` of the screen as the mouse needs it: each segment knows its place in the text."""
        row = round(self.scroll_y) + y
        return with_places(self.stack.row(row).text, self._columns, row)

    def _redraw_overlays(self) -> None:
        """Draw anew what lies over the rows."""
        self._rows = None
        self._redraw()

    # the scrollbar

    @property
    def _bar(self) -> LineScrollBar:
        return cast("LineScrollBar", self.vertical_scrollbar)

    @property
    def vertical_scrollbar(self) -> ScrollBar:
        """The scrollbar, made when first asked for."""
        if self._vertical_scrollbar is None:
            bar = self._vertical_scrollbar = LineScrollBar(self.styles.scrollbar_size_vertical)
            bar.display = False
            self.app._start_widget(self, bar)  # noqa: SLF001 - what Widget does for the stock one
        return self._vertical_scrollbar
