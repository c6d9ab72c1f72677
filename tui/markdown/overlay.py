"""Styles laid over a finished row: selection, search hits, the link under the cursor, the mark at the end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip


class Span(NamedTuple):
    """Cells [start, end) of a row and the style that lies over them."""

    start: int
    end: int
    style: Style


def cells(text: str, start: int, end: int) -> tuple[int, int]:
    """Turn the characters [start, end) of a row's text into cells."""
    first = cell_len(text[:start])
    return first, first + cell_len(text[start:end])


def lay_over(strip: Strip, spans: Sequence[Span]) -> Strip:
    """The strip with each span's style over it, later ones over earlier ones."""
    for start, end, style in spans:
        end = min(end, strip.cell_length)
        if start < end:
            before, within, after = strip.crop(0, start), strip.crop(start, end), strip.crop(end)
            strip = Strip([*before, *_styled(within, style), *after], strip.cell_length)
    return strip


def _styled(segments: Iterable[Segment], style: Style) -> list[Segment]:
    return list(Segment.apply_style(segments, post_style=style))


def mark_right(strip: Strip, label: str, style: Style) -> Strip:
    """The strip with `label` over its right end; the strip alone if it is too narrow."""
    room = strip.cell_length - cell_len(label)
    if room < 0:
        return strip
    return Strip([*strip.crop(0, room), Segment(label, style)], strip.cell_length)
