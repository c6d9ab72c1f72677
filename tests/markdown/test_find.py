"""Hits are kept up to date at the cost of what changed."""

from __future__ import annotations

import math

from tests.markdown.line_view_kit import stack_of
from tui.markdown.find import Finder, Piece
from tui.markdown.sections import TextSection


class OnlyFromTheEnd(dict[int, list[tuple[int, Piece]]]):
    """Rows that may not be gone through."""

    def __iter__(self) -> None:  # type: ignore[override] # it must not be called
        raise AssertionError("all rows were looked at")


def test_a_change_at_the_end_looks_at_no_earlier_row() -> None:
    stack = stack_of(TextSection("\n".join(["hit"] * 100)))
    finder = Finder(stack)
    finder.start("hit")
    finder._by_row = OnlyFromTheEnd()
    finder.scan(math.inf)
    finder.forget_from(99)
    assert [hit[0].y for hit in finder.hits] == list(range(99))
    finder.scan(math.inf)
    assert [hit[0].y for hit in finder.hits] == list(range(100))
    assert [place for place, _ in finder.on_row(99)] == [False]


def test_a_line_that_lost_its_end_is_searched_anew() -> None:
    stack = stack_of(TextSection("one two"), TextSection("two two two"), width=7)
    finder = Finder(stack)
    finder.start("two")
    finder.scan(math.inf)
    assert [hit[0].y for hit in finder.hits] == [0, 1, 1, 2]
    stack.replace([*stack.sections[:1], TextSection("two")])
    finder.forget_from(2)
    finder.scan(math.inf)
    assert [hit[0].y for hit in finder.hits] == [0, 1]
    assert len(finder.on_row(1)) == 1
