"""Rows as they go to the screen: margins on, overlays over them, filtered; the same strip gives the same row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter
from textual.strip import Strip

from tui.markdown.overlay import Span, lay_over, mark_right


class Frame(NamedTuple):
    """What every row has in common: margins and width in cells, the style of empty space, and the app's filters."""

    left: int
    columns: int
    right: int
    base: Style
    filters: tuple[LineFilter, ...] = ()
    background: Color = Color(0, 0, 0)


class Canvas:
    """Makes rows, and remembers those of the last picture, so that what stays is the identical object."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self._last: dict[object, tuple[Strip, Strip]] = {}
        self._now: dict[object, tuple[Strip, Strip]] = {}
        self._blank = Strip([], 0)

    def begin(self) -> None:
        """Start the next picture."""
        self._last, self._now = self._now, {}

    def row(self, strip: Strip, spans: Sequence[Span] = (), mark: tuple[str, Style] | None = None) -> Strip:
        """The finished row."""
        key = (id(strip), tuple(spans), mark) if spans or mark else id(strip)
        # the strip is kept beside its row: an id says nothing once its object is gone
        entry = self._now.get(key) or self._last.get(key) or (strip, self._make(strip, spans, mark))
        self._now[key] = entry
        return entry[1]

    def blank(self) -> Strip:
        """An empty row."""
        return self.row(self._blank)

    def _make(self, strip: Strip, spans: Sequence[Span], mark: tuple[str, Style] | None) -> Strip:
        left, columns, right, base, filters, background = self.frame
        if strip.cell_length > columns:  # laid out for another width, for this one picture
            strip = strip.crop(0, columns)
        if spans or mark:
            strip = lay_over(strip.adjust_cell_length(columns, base), spans)
            strip = mark_right(strip, *mark) if mark else strip
        segments = list(strip)
        if left:
            segments.insert(0, Segment(" " * left, base))
        if rest := columns - strip.cell_length + right:
            segments.append(Segment(" " * rest, base))
        row = Strip(segments, left + columns + right)
        for line_filter in filters:
            row = row.apply_filter(line_filter, background)
        return row
