"""The short way from a changed row to the terminal.

Textual sends a repaint through the widget's queue, the screen's queue and a timer, and then has every widget of the screen give
all its lines: up to 17 ms late, and several times what the changed rows cost. A frame has its own clock and knows its rows. So
they are written at once, where nothing lies over them; else the compositor draws them with the rest.
"""

# ruff: noqa: SLF001 - none of this has a public way; every name is used by Textual's own Screen in the same order

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from rich.console import Console
from textual._compositor import CompositorUpdate
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget


class Row(NamedTuple):
    """A strip, and the row of its widget where it stands, from the widget's left edge on."""

    y: int
    strip: Strip


def differing(before: Sequence[Strip | None], after: Sequence[Strip]) -> list[Row]:
    """The rows that are not the identical strip as before."""
    return [Row(y, new) for y, (old, new) in enumerate(zip(before, after, strict=True)) if old is not new]


class RowsUpdate(CompositorUpdate):
    """Strips at places of the screen."""

    def __init__(self, placed: Iterable[tuple[int, int, Strip]]) -> None:
        self.placed = list(placed)

    def render_segments(self, console: Console) -> str:
        """What goes to the terminal."""
        return "".join([f"\x1b[{y + 1};{x + 1}H{strip.render(console)}" for x, y, strip in self.placed])


class Painter:
    """Draws rows of a view and its scrollbar."""

    def __init__(self, view: Widget) -> None:
        self._view = view
        self._arrangement: object = None  # the screen's map of widgets that `_clear` was found for
        self._clear = False

    def paint(self, rows: list[tuple[Widget, list[Row]]]) -> None:
        """Draw these rows of these widgets, now if that can be."""
        screen, app = self._view.screen, self._view.app
        laying_out = screen._layout_required or screen._scroll_required or screen._repaint_required
        if laying_out or app._batch_count or screen is not app.screen or app.is_inline:
            self.ask(rows)
        elif self._unobstructed([widget for widget, _ in rows]):
            visible = screen._compositor.visible_widgets
            places = [(visible[widget][0], own) for widget, own in rows]
            update = RowsUpdate((at.x, at.y + row.y, row.strip) for at, own in places for row in own)
            app._display(screen, update)  # type: ignore[arg-type] # takes what the compositor gives it, too
        else:
            self._mark(rows)
            screen._dirty_widgets.update(widget for widget, _ in rows)
            screen._compositor.update_widgets(screen._dirty_widgets)
            screen._compositor_refresh()

    def ask(self, rows: list[tuple[Widget, list[Row]]]) -> None:
        """Have Textual draw these rows in its own time."""
        self._mark(rows)
        for widget, _ in rows:
            widget._repaint_required = True
            widget.check_idle()

    @staticmethod
    def _mark(rows: list[tuple[Widget, list[Row]]]) -> None:
        for widget, own in rows:
            left, top = widget.gutter.top_left
            widget._set_dirty(*(Region(-left, y - top, strip.cell_length, 1) for y, strip in own))

    def _unobstructed(self, widgets: list[Widget]) -> bool:
        """Whether these are wholly on the screen, with nothing over the view but its own scrollbar."""
        visible = self._view.screen._compositor.visible_widgets
        if visible is not self._arrangement:
            self._arrangement = visible
            self._clear = self._nothing_over(visible)
        return self._clear and all(widget in visible for widget in widgets)

    def _nothing_over(self, visible: dict[Widget, tuple[Region, Region]]) -> bool:
        if self._view not in visible:
            return False
        region, clip = visible[self._view]
        own = {*self._view.ancestors_with_self, self._view.vertical_scrollbar}
        others = (place.intersection(within) for widget, (place, within) in visible.items() if widget not in own)
        return clip.contains_region(region) and not any(place.overlaps(region) for place in others)
