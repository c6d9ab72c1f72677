"""A vertical scrollbar that is cheap to draw: ready strips, and only the rows that changed are drawn again."""

from __future__ import annotations

from functools import lru_cache
from typing import cast

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.scrollbar import ScrollBar
from textual.strip import Strip
from textual.widget import Widget

from tui.markdown.paint import Row, differing

_EIGHTHS = "▁▂▃▄▅▆▇ "
_UP, _GRAB, _DOWN = ({"@mouse.down": action} for action in ("scroll_up", "grab", "scroll_down"))


class LineScrollBar(ScrollBar):
    """Textual's vertical scrollbar, mouse and looks alike, less a Rich renderable for each frame."""

    def __init__(self, thickness: int) -> None:
        super().__init__(vertical=True, name="vertical", thickness=thickness)
        self._drawn: list[Strip] = []

    def show(self, virtual_size: int, window_size: int, position: float) -> list[Row]:
        """Take new figures in without a refresh; the rows that look different now."""
        self.set_reactive(ScrollBar.window_virtual_size, virtual_size)
        self.set_reactive(ScrollBar.window_size, window_size)
        self.set_reactive(ScrollBar.position, self.validate_position(position))
        before, self._drawn = self._drawn, self._picture(len(self._drawn))
        return differing(before, self._drawn)

    def render_lines(self, crop: Region) -> list[Strip]:
        self._drawn = self._picture(self.outer_size.height)
        return self._drawn[crop.y : crop.bottom]

    def _picture(self, rows: int) -> list[Strip]:
        track, thumb = self._colors()
        filters, background = self.get_line_filters(), self.background_colors[1]
        strips = bar_strips(rows, self.window_virtual_size, self.window_size, self.position, self.thickness, track, thumb)
        for line_filter in filters:
            strips = [strip.apply_filter(line_filter, background) for strip in strips]
        return strips

    def _colors(self) -> tuple[Style, Style]:
        """The track, and the thumb as foreground on it."""
        view = cast("Widget", self.parent)
        styles = view.styles
        if self.grabbed:
            background, color = styles.scrollbar_background_active, styles.scrollbar_color_active
        elif self.mouse_over:
            background, color = styles.scrollbar_background_hover, styles.scrollbar_color_hover
        else:
            background, color = styles.scrollbar_background, styles.scrollbar_color
        if background.a < 1:
            background = view.background_colors[0] + background
        color = background + color
        return Style(bgcolor=background.rich_color), Style(color=color.rich_color, bgcolor=background.rich_color)


def bar_strips(
    rows: int, virtual_size: int, window_size: int, position: float, width: int, track: Style, thumb: Style
) -> list[Strip]:
    """One strip a row; equal rows are the identical strip. All is track where everything fits."""
    if not rows or window_size >= virtual_size:
        return [_cell(" " * width, track, None)] * rows
    size = max(8, round(rows * 8 * window_size / virtual_size))
    start = int((rows * 8 - size) * min(position / (virtual_size - window_size), 1))
    first, top = divmod(start, 8)
    last, bottom = divmod(start + size, 8)
    strips = [_cell(" " * width, track, "up")] * first
    if top:
        strips.append(_cell(_EIGHTHS[7 - top] * width, thumb, "grab"))
    strips += [_cell(" " * width, _reversed(thumb), "grab")] * (last - first - bool(top))
    if bottom:
        strips.append(_cell(_EIGHTHS[7 - bottom] * width, _reversed(thumb), "grab"))
    return strips + [_cell(" " * width, track, "down")] * (rows - len(strips))


@lru_cache(maxsize=64)
def _reversed(style: Style) -> Style:
    return Style(color=style.bgcolor, bgcolor=style.color)


@lru_cache(maxsize=256)
def _cell(text: str, style: Style, role: str | None) -> Strip:
    meta = {"up": _UP, "grab": _GRAB, "down": _DOWN}.get(role or "")
    return Strip([Segment(text, style + Style(meta=meta) if meta else style)], len(text))
