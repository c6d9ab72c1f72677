"""The styles that a view hands to its sections, looked up in its CSS when they are first asked for."""

from __future__ import annotations

from rich.style import Style
from textual.css.styles import RenderStyles
from textual.dom import DOMNode
from textual.scroll_view import ScrollView
from textual.widget import Widget

from tui.markdown.section import ViewStyles


class LazyStyles(ScrollView):
    """A widget whose component styles are worked out when they are asked for.

    Textual works out all of them each time that anything about a widget changes, its focus included. A conversation has some
    eighty, and most answers use twenty.
    """

    @classmethod
    def _get_component_classes(cls) -> frozenset[str]:  # type: ignore[override] # Textual's own is wrapped in a cache
        return frozenset()  # nothing to work out beforehand

    def get_component_styles(self, *names: str) -> RenderStyles:
        """The styles of these component classes, together. Raises KeyError for one that is not declared."""
        for name in names:
            if name not in self._component_styles and name in super()._get_component_classes():
                # as the stylesheet itself does it: a node that is in no tree, to match the rules with
                node = DOMNode(classes=name)
                node._attach(self)  # noqa: SLF001 - see above
                self.app.stylesheet.apply(node)
                self._component_styles[name] = node.styles
        return super().get_component_styles(*names)

    def notify_style_update(self) -> None:
        """Forget them."""
        super().notify_style_update()
        self._component_styles.clear()


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
