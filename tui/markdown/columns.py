"""How wide the columns of a table are."""

from __future__ import annotations

from collections.abc import Sequence

_BETWEEN = 3  # cells between two columns; one stands before the first, and one after the last
_STEP = 4
_LEAST = 8  # cells that a column needs to be read, if it is not narrower: most words are whole then


def in_steps(natural: Sequence[int]) -> list[int]:
    """Widths for a table that still grows: rounded up, so that not every new row moves the columns."""
    return [-(-size // _STEP) * _STEP for size in natural]


def least(natural: Sequence[int]) -> int:
    """The width of the narrowest table of these columns that can be read."""
    return sum([min(max(size, 1), _LEAST) for size in natural]) + around(len(natural))


def around(columns: int) -> int:
    """Cells that a table needs beside its columns."""
    return columns * _BETWEEN - 1


def fit(natural: Sequence[int], available: int) -> list[int]:
    """Widths that add up to `available` at most: narrow columns keep their own, the wide ones share what is left evenly."""
    widths = [max(size, 1) for size in natural]
    if sum(widths) <= available:
        return widths
    left = max(available, len(widths))
    order = sorted(range(len(widths)), key=widths.__getitem__)
    for done, index in enumerate(order):
        share = left // (len(order) - done)
        widths[index] = max(min(widths[index], share), 1)
        left -= widths[index]
    return widths
