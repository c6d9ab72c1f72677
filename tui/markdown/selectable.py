"""A viewport whose text can be selected and copied."""

from __future__ import annotations

from collections.abc import Callable

from rich.cells import cell_len
from rich.style import Style
from textual.selection import Selection

from tui.markdown.overlay import Span, cells
from tui.markdown.selection import Held, line_at, selected_text, word_at
from tui.markdown.viewport import Viewport


class Selectable(Viewport):
    """Textual's selection, on rows: it stays on its text while more arrives, and when the width changes."""

    ALLOW_SELECT = True

    def __init__(self, *, wake: Callable[[], None] | None = None, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(wake=wake, id=id)
        self._held: Held | None = None

    def _overlays(self, window: range) -> dict[int, list[Span]]:
        spans = super()._overlays(window)
        selection = self.text_selection
        if selection is not None:
            self._lay_selection(spans, window, selection)
        return spans

    def _lay_selection(self, spans: dict[int, list[Span]], window: range, selection: Selection) -> None:
        style = self._selection_style()
        for y in window:
            if (span := selection.get_span(y)) is not None:
                text = self.stack.row(y).text
                start, end = cells(text, span[0], len(text) if span[1] == -1 else span[1])
                spans.setdefault(y, []).append(Span(start, end, style))

    def _selection_style(self) -> Style:
        """The theme's; where it names no text colour, the text keeps its own."""
        styles = self.screen.get_component_styles("screen--selection")
        background = self.background_colors[1] + styles.background
        return Style(bgcolor=background.rich_color, color=(background + styles.color).rich_color if styles.color.a else None)

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The selected text, unwrapped, and what ends it."""
        return selected_text(self.stack.row, self.stack.height, selection), "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        """Show it."""
        self._redraw_overlays()

    def _will_rewrap(self) -> None:
        selection = self.text_selection
        self._held = None if selection is None else Held(self.stack, selection)

    def _did_rewrap(self) -> None:
        if self._held is not None:
            self.screen.selections = {**self.screen.selections, self: self._held.selection}
            self._held = None

    def select_around(self, cell: int, y: int, clicks: int) -> None:
        """Select the word (two clicks) or the whole line (three) at a cell of row `y`."""
        selection = word_at(self.stack, self._character(cell, y), y) if clicks == 2 else line_at(self.stack, y)
        self.screen.selections = {self: selection}

    def _character(self, cell: int, y: int) -> int:
        text = self.stack.row(y).text
        return next((index for index in range(len(text)) if cell_len(text[: index + 1]) > cell), len(text))
