"""The styles that a view hands to its sections, looked up in its CSS."""

from __future__ import annotations

from rich.style import Style
from textual.widget import Widget

from tui.markdown.section import ViewStyles


class _ByName(dict[str, Style]):
    """Component styles, made when they are first asked for."""

    def __init__(self, widget: Widget) -> None:
        super().__init__()
        self._widget = widget

    def __missing__(self, name: str) -> Style:
        style = self[name] = self._widget.get_component_rich_style(name)
        return style


def look_up(widget: Widget, old: ViewStyles | None) -> ViewStyles:
    """The styles of `widget` as they are now; `old` itself if none of those in use has changed."""
    app = widget.app
    base = Style(color=widget.colors[3].rich_color, bgcolor=widget.background_colors[1].rich_color)
    rich = _ByName(widget)
    new = ViewStyles(rich, base, old.version + 1 if old else 0, app.current_theme.dark, app.native_ansi_color)
    if old is None or (old.base, old.dark, old.ansi) != (base, new.dark, new.ansi):
        return new
    return old if all(rich[name] == style for name, style in old.rich.items()) else new
