"""What Textual asks for when the mouse is on a row: which character is in which cell. Never drawn."""

from __future__ import annotations

from rich.cells import split_graphemes
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip


def with_places(text: str, columns: int, y: int) -> Strip:
    """A row of `columns` cells, each of which knows the offset of its character in the text of row `y`.

    Textual adds up the cells of single characters, which is not what a cluster takes: here it has nothing to add up.
    """
    if text.isascii():
        return Strip([_place(text.ljust(columns), 0, y)], max(len(text), columns))
    segments: list[Segment] = []
    clusters, total = split_graphemes(text)
    for start, _, cells in clusters:
        segments += [_place(" ", start, y)] * cells
    if total < columns:
        segments.append(_place(" " * (columns - total), len(text), y))
    return Strip(segments, max(total, columns))


def _place(text: str, x: int, y: int) -> Segment:
    return Segment(text, Style.from_meta({"offset": (x, y)}))
