"""How wide the columns of a table are."""

from __future__ import annotations

from collections.abc import Sequence

_STEP = 4


def in_steps(natural: Sequence[int]) -> list[int]:
    """Widths for a table that still grows: rounded up, so that not every new row moves the columns."""
    return [-(-size // _STEP) * _STEP for size in natural]


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
