"""A screen that shows at once what a key changed.

Textual's own draws at the beats of a timer, 60 a second: where something else was drawn just before, a key waits for up to two
of them.
"""

from __future__ import annotations

from time import perf_counter

from textual.screen import Screen

_APART = 0.005  # seconds between two such drawings; in between, the timer's beat is soon enough


class QuickScreen(Screen[None]):
    """Draws widgets that changed as soon as there are no messages left, unless a layout is due: that waits for its beat."""

    _drawn_at = float("-inf")

    def on_idle(self) -> None:
        """Draw; called before Textual's own handler, which finds nothing left to do then."""
        if not self._dirty_widgets or not self.is_current or self.app._batch_count:  # noqa: SLF001 - as Screen itself asks
            return
        if self._layout_required or self._scroll_required or self._repaint_required or self._recompose_required:
            return
        now = perf_counter()
        if now - self._drawn_at >= _APART:
            self._drawn_at = now
            self._on_timer_update()

    def show_now(self) -> None:
        """Lay out and draw at once, whatever is due when."""
        if self.is_current:
            self._refresh_layout()
