"""A viewport whose text can be selected and copied."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rich.cells import cell_len
from rich.style import Style
from textual.geometry import Size
from textual.screen import Screen
from textual.selection import Selection

from tui.markdown.overlay import Span, cells
from tui.markdown.section import Section
from tui.markdown.selection import Held, line_at, selected_text, whole, word_at
from tui.markdown.viewport import Viewport


class Selectable(Viewport):
    """Textual's selection, on rows: it stays on its text while more arrives, and when the width changes."""

    ALLOW_SELECT = True

    def _overlays(self, window: range) -> dict[int, list[Span]]:
        spans = super()._overlays(window)
        selection = self.text_selection
        if selection is not None:
            self._lay_selection(spans, window, whole(self.stack.row, selection))
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
        return selected_text(self.stack.row, self.stack.height, whole(self.stack.row, selection)), "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        """Show it."""
        self._redraw_overlays()

    # what keeps it on its text

    def set_sections(self, sections: Sequence[Section]) -> None:
        """Show these. What is selected stays selected, as long as it is there."""
        with self._selection_held():
            super().set_sections(sections)

    def _advance(self, deadline: float) -> bool:
        with self._selection_held():
            return super()._advance(deadline)

    def _fit(self, size: Size) -> None:
        with self._selection_held():
            super()._fit(size)

    @contextmanager
    def _selection_held(self) -> Iterator[None]:
        selection = self.text_selection if self.is_attached else None
        if selection is None:
            yield
            return
        held, dragged = Held(self.stack, selection), self._drag_held()
        yield
        if (found := held.selection()) != selection:
            others = {widget: kept for widget, kept in self.screen.selections.items() if widget is not self}
            self.screen.selections = others if found is None else {**self.screen.selections, self: found}
        if dragged is not None:
            self._drag_on(dragged)

    def _drag_held(self) -> Held | None:
        """Where a drag that goes on began: the next move of the mouse selects from there."""
        state = self.screen._select_state  # noqa: SLF001 - Textual has no other way to it
        if state is None or state.start.content_widget is not self or (offset := state.start.content_offset) is None:
            return None
        return Held(self.stack, Selection(offset, offset))

    def _drag_on(self, held: Held) -> None:
        found, state = held.selection(), self.screen._select_state  # noqa: SLF001 - see above
        if state is None or found is None or found.start == state.start.content_offset:
            return
        moved = state._replace(start=state.start._replace(content_offset=found.start))
        self.screen.set_reactive(Screen._select_state, moved)  # noqa: SLF001 - see above

    def on_hide(self) -> None:
        """What cannot be seen is not selected."""
        selections = self.screen.selections
        if self in selections:
            self.screen.selections = {widget: kept for widget, kept in selections.items() if widget is not self}

    def select_around(self, cell: int, y: int, clicks: int) -> None:
        """Select the word (two clicks) or the whole line (three) at a cell of row `y`."""
        selection = word_at(self.stack, self._character(cell, y), y) if clicks == 2 else line_at(self.stack, y)
        self.screen.selections = {self: selection}

    def _character(self, cell: int, y: int) -> int:
        text = self.stack.row(y).text
        return next((index for index in range(len(text)) if cell_len(text[: index + 1]) > cell), len(text))
