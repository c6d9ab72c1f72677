"""What Textual's editable widgets leave behind when they are removed: it would keep all of a closed tab in memory."""

from __future__ import annotations

from textual.widget import Widget


def let_go(widget: Widget) -> None:
    """Take a removed widget out of the lists that it put itself into: those who wait for a theme, or a selection, to change."""
    watchers = getattr(widget.app, "__watchers", {}).get("theme", [])  # there is no public way out of this list
    watchers[:] = [(node, callback) for node, callback in watchers if node is not widget]
    for screen in widget.app.screen_stack:
        screen.text_selection_started_signal.unsubscribe(widget)
