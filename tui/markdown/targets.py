"""What can be clicked or stepped through by key in a stack of sections."""

from __future__ import annotations

from typing import NamedTuple

from tui.markdown.section import Target
from tui.markdown.stack import SectionStack


class Spot(NamedTuple):
    """A target and the row where it begins."""

    y: int
    target: Target


def target_at(stack: SectionStack, cell: int, y: int) -> Spot | None:
    """The target at a cell of row `y`; where it began on a row above, that beginning."""
    for target in stack.row(y).targets:
        if target.start <= cell < target.end:
            return _beginning(stack, Spot(y, target))
    return None


def _beginning(stack: SectionStack, spot: Spot) -> Spot:
    while spot.target.goes_on and (above := stack.row(spot.y - 1).targets):
        spot = Spot(spot.y - 1, above[-1])
    return spot


def parts(stack: SectionStack, spot: Spot) -> list[Spot]:
    """All the pieces of a target, over as many rows as it takes."""
    found = [spot]
    while (targets := stack.row(found[-1].y).targets) and targets[-1] == found[-1].target:
        below = stack.row(found[-1].y + 1).targets
        if not below or not below[0].goes_on:
            break
        found.append(Spot(found[-1].y + 1, below[0]))
    return found


def step(stack: SectionStack, spot: Spot | None, by: int, from_row: int) -> Spot | None:
    """The next (1) or previous (-1) target from `spot`, or from row `from_row` if there is none; None at the end."""
    y = from_row if spot is None else spot.y
    while 0 <= y < stack.height:
        row = [Spot(y, target) for target in stack.row(y).targets if not target.goes_on]
        for candidate in row if by > 0 else reversed(row):
            if spot is None or (_position(candidate) - _position(spot)) * by > 0:
                return candidate
        y += by
    return None


def _position(spot: Spot) -> int:
    return spot.y << 16 | spot.target.start
