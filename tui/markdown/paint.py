"""The short way from a changed row to the terminal.

Textual sends a repaint through the widget's queue, the screen's queue and a timer, which costs as much as drawing a few rows
and comes up to 17 ms late. A frame has its own clock, so it goes to the compositor at once, unless a layout is due anyway.
"""

# ruff: noqa: SLF001 - none of this has a public way; every name is used by Textual's own Screen in the same order

from __future__ import annotations

from textual.widget import Widget


def paint(*widgets: Widget) -> None:
    """Draw the dirty regions of these widgets of one screen, and whatever else on it is dirty."""
    screen, app = widgets[0].screen, widgets[0].app
    laying_out = screen._layout_required or screen._scroll_required or screen._repaint_required
    if laying_out or app._batch_count or screen is not app.screen:
        for widget in widgets:
            widget._repaint_required = True
            widget.check_idle()
        return
    screen._dirty_widgets.update(widgets)
    screen._compositor.update_widgets(screen._dirty_widgets)
    screen._compositor_refresh()
