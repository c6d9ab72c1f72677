"""The parts of the line view that need no app: wrapping, the scrollbar's picture, the stack, words and lines."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.style import Style
from textual.strip import Strip

from tests.markdown.line_view_kit import Script, numbered, stack_of
from tui.markdown.overlay import Span, lay_over, mark_right
from tui.markdown.scroll_bar import bar_strips
from tui.markdown.sections import BlankSection, RowSection, TextSection, wrap
from tui.markdown.selection import line_at, selected_text, word_at

PROPERTY = settings(max_examples=150, deadline=None, derandomize=True)
TEXTS = st.text(alphabet="ab cd\u5bbd\U0001f680e\u0301\u200d ", max_size=60)


@PROPERTY
@given(TEXTS, st.integers(2, 20))
def test_wrapping_loses_nothing_and_fits(text: str, width: int) -> None:
    rows = wrap(text, width)
    assert all(cell_len(row) <= width for row, _, _ in rows)
    assert rows[0][1] is None
    assert "".join((joins or "") + row for row, joins, _ in rows) == text
    assert all(text[start:].startswith(row) for row, _, start in rows)


@PROPERTY
@given(TEXTS)
def test_wrapping_to_nothing_ends(text: str) -> None:
    assert "".join((joins or "") + row for row, joins, _ in wrap(text, 1)) == text


def test_words_stay_whole_where_they_can() -> None:
    assert [row for row, _, _ in wrap("one two threefour five", 7)] == ["one two", "threefo", "ur five"]


def test_text_is_made_visible() -> None:
    section = TextSection("a\x1b]0;title\x07b\tc\r\nd")
    section.resize(40)
    assert [section.row(y).text for y in range(section.height)] == ["a␛]0;title␇b    c", "d"]


def test_rows_are_cut_to_the_width() -> None:
    section = RowSection([[("a long row", None)]])
    section.resize(6)
    assert section.row(0).text == "a long"


TRACK, THUMB = Style(bgcolor="#000000"), Style(color="#ffffff", bgcolor="#000000")


def bar(rows: int, size: int, window: int, position: float) -> str:
    def letter(strip: Strip) -> str:
        style = strip._segments[0].style
        return {"scroll_up": "u", "grab": "G", "scroll_down": "d"}.get(style.meta.get("@mouse.down", ""), ".") if style else "?"

    return "".join(letter(strip) for strip in bar_strips(rows, size, window, position, 1, TRACK, THUMB))


@pytest.mark.parametrize(
    ("figures", "picture"),
    [
        ((8, 4, 8, 0), "........"),
        ((8, 16, 8, 0), "GGGGdddd"),
        ((8, 16, 8, 8), "uuuuGGGG"),
        ((8, 16, 8, 4), "uuGGGGdd"),
        ((8, 10_000, 8, 0), "Gddddddd"),
        ((8, 10_000, 8, 9992), "uuuuuuuG"),
        ((0, 100, 10, 0), ""),
    ],
)
def test_the_thumb_is_where_the_view_is(figures: tuple[int, int, int, float], picture: str) -> None:
    assert bar(*figures) == picture


def test_equal_rows_of_the_bar_are_one_strip() -> None:
    first, second = (bar_strips(20, 1000, 20, position, 1, TRACK, THUMB) for position in (0, 0.5))
    assert all(old is new for old, new in zip(first, second, strict=True))


def test_overlays_keep_the_text_and_the_width() -> None:
    section = TextSection("宽字 text")
    section.resize(20)
    strip = section.strip(0)
    bold = Style(bold=True)
    over = lay_over(strip, [Span(2, 6, bold), Span(4, 99, bold)])
    assert (over.text, over.cell_length) == (strip.text, strip.cell_length)
    assert mark_right(strip, "toolongtofit", bold) is strip
    assert mark_right(strip, "end", bold).text == "宽字 tend"


def test_a_stack_finds_rows_and_places() -> None:
    first, last = TextSection("a b c d e f"), TextSection("g\nh")
    stack = stack_of(first, BlankSection(0), BlankSection(2), last, width=3)
    assert stack.height == 7
    assert [strip.text for strip in stack.strips(range(-3, 99))] == ["a b", "c d", "e f", "", "", "g", "h"]
    assert [strip.text for strip in stack.strips(range(4, 6))] == ["", "g"]
    place = stack.place(2)
    assert stack.row_of(place) == 2
    stack.resize(11)
    assert stack.row_of(place) == 0
    assert stack.row_of(stack.place(4)) == 4
    stack.replace([last])
    assert stack.row_of(place) is None
    assert stack.take_dirty() == 0
    assert stack.take_dirty() is None


def test_an_empty_stack_has_no_place() -> None:
    stack = stack_of(BlankSection(0))
    assert stack.place(0) is None
    assert list(stack.strips(range(5))) == []
    assert stack.row(0).text == ""


def test_the_visible_section_works_first() -> None:
    above, shown, below = (Script(*numbered(20), slice=1) for _ in range(3))
    stack = stack_of(above, shown, below)
    assert stack.work(0.0, range(25, 30))
    assert shown.windows == [range(5, 10)]
    assert (above.windows, below.windows) == ([], [range(0)])  # one other at least; all where there is time
    assert stack.work(math.inf, range(25, 30))
    assert (above.windows, below.windows) == ([range(0)], [range(0), range(0)])


def test_words_and_lines_under_the_mouse() -> None:
    stack = stack_of(TextSection("one two, three four\nnext"), width=8)
    word = word_at(stack, 5, 0)
    assert selected_text(stack.row, stack.height, word) == "two"
    assert selected_text(stack.row, stack.height, word_at(stack, 99, 0)) == ""
    assert selected_text(stack.row, stack.height, line_at(stack, 1)) == "one two, three four"
