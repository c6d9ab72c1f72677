"""A selection that is dragged out of the conversation goes on in it: to the nearest row, and scrolling."""

from __future__ import annotations

from textual.geometry import Offset
from textual.selection import SelectEnd
from textual.widget import Widget

from tui.markdown.selectable import Selectable
from tui.screens.tab_screen import TabScreen


class Selecting(TabScreen):
    """The main screen's dragging. Textual's own ends at an edge, and selects all that is beyond it.

    What is overridden here is what Textual asks itself while the mouse moves.
    """

    def _key_escape(self) -> None:
        """Nothing, where Textual's own clears the selection: the key's action does that first, and then no more."""

    @property
    def _dragged(self) -> Selectable | None:
        """The conversation that a selection is being dragged in."""
        state = self._select_state if self._selecting else None
        widget = state.start.content_widget if state is not None else None
        return widget if isinstance(widget, Selectable) and widget.size else None

    def get_widget_and_offset_at(self, x: int, y: int) -> tuple[Widget | None, Offset | None]:
        """What is under the mouse. During a drag, whatever can't be selected counts as the nearest cell of the conversation."""
        widget, offset = super().get_widget_and_offset_at(x, y)
        view = self._dragged
        if view is None or (widget is not None and widget.allow_select and offset is not None):
            return widget, offset
        return super().get_widget_and_offset_at(*_nearest(view, x, y))

    def _check_auto_scroll(self, select_widget: Widget, mouse_coordinate: tuple[float, float], delta_y: float) -> None:
        view = self._dragged
        if view is not None and select_widget is view:
            mouse_coordinate = _nearest(view, *map(int, mouse_coordinate))
        super()._check_auto_scroll(select_widget, mouse_coordinate, delta_y)

    def _update_select(self) -> None:
        state, view = self._select_state, self._dragged
        if state is None or view is None or view.parent is None:
            super()._update_select()
            return
        # it has scrolled: another row is under the mouse, which rests
        widget, offset = self.get_widget_and_offset_at(*state.screen_offset)
        if widget is view and isinstance(view.parent, Widget):
            self._select_state = state.update_end(state.screen_offset, SelectEnd(view.parent, view, offset))


def _nearest(view: Widget, x: int, y: int) -> tuple[int, int]:
    region = view.content_region
    return min(max(x, region.x), region.right - 1), min(max(y, region.y), region.bottom - 1)
