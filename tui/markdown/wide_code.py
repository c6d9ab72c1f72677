"""A view whose wide code can be cut, and scrolled sideways, instead of being wrapped."""

from __future__ import annotations

from textual import events
from textual.actions import SkipAction
from textual.reactive import var

from tui.markdown.searchable import Searchable

_STEP = 8  # cells that wide code is scrolled by


class WideCode(Searchable):
    """Lines of code that are wider than the view: all blocks wrap or scroll together."""

    wrap_code: var[bool] = var(True, init=False)
    """Whether code wider than the view wraps."""

    code_left: var[int] = var(0, init=False)
    """How many cells of wide code are scrolled out, where it does not wrap."""

    def toggle_wrap_code(self) -> bool:
        """Wrap wide code, or cut it and let left and right scroll it; tells whether it wraps now."""
        self.wrap_code = not self.wrap_code
        return self.wrap_code

    def _scroll_code(self, by: int) -> None:
        if self.wrap_code:
            raise SkipAction
        cuts = [row.cut for row in map(self.stack.row, self.window) if row.cut is not None]
        if by < 0 or not cuts or any(cut.end < len(cut.text) for cut in cuts):
            self.code_left = max(self.code_left + by, 0)

    def _reveal_cell(self, cell: int) -> None:
        self.code_left = max(cell // _STEP - 1, 0) * _STEP

    def watch_wrap_code(self) -> None:
        """Lay code out anew."""
        self.code_left = 0
        self._show_code()

    def watch_code_left(self) -> None:
        """Draw code anew."""
        self._show_code()

    def _show_code(self) -> None:
        self.stack.show_code(self.wrap_code, self.code_left)
        self.wake()

    # keys and wheel

    def action_scroll_left(self) -> None:
        """Scroll wide code to the left."""
        self._scroll_code(-_STEP)

    def action_scroll_right(self) -> None:
        """Scroll wide code to the right."""
        self._scroll_code(_STEP)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """With shift, wide code scrolls."""
        if event.shift:
            self._wheel(event, _STEP)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """With shift, wide code scrolls back."""
        if event.shift:
            self._wheel(event, -_STEP)

    def on_mouse_scroll_right(self, event: events.MouseScrollRight) -> None:
        """Scroll wide code."""
        self._wheel(event, _STEP)

    def on_mouse_scroll_left(self, event: events.MouseScrollLeft) -> None:
        """Scroll wide code back."""
        self._wheel(event, -_STEP)

    def _wheel(self, event: events.MouseEvent, by: int) -> None:
        if not self.wrap_code:
            event.stop()
            event.prevent_default()
            self._scroll_code(by)
