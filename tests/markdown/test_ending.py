"""Of a long text that comes at once, the end is on the screen first."""

from __future__ import annotations

import math
from time import perf_counter

import pytest

from tests.markdown.kit import picture, section, settle
from tui.markdown import markdown_section
from tui.markdown.ending import ending
from tui.markdown.section import WINDOW_ONLY

LONG = "# Title\n\n" + "".join(f"Paragraph *{number}* of many.\n\n- item {number}\n\n" for number in range(2000)) + "The end."
WINDOW = range(30)


def soon() -> float:
    return perf_counter() - 1


def test_the_end_is_on_show_after_one_frame_and_stays_where_it_is() -> None:
    made = section()
    made.append(LONG)
    assert made.work(soon(), WINDOW) is True
    made.take_dirty()
    assert [strip.text.rstrip() for strip in (made.strip(made.height - 3), made.strip(made.height - 1))] == [
        "● item 1999",
        "The end.",
    ]
    shown, height = made.row(made.height - 20), made.height
    place = made.anchor(height - 20)
    while made.height == height:
        assert made.work(soon(), range(height - 30, height)) is True
    assert made.take_dirty() == 0
    assert made.row(made.row_at(place)) == shown
    assert settle(made).height > 7000


def test_it_ends_up_as_if_it_had_been_read_at_once() -> None:
    made = section()
    made.append(LONG)
    for _ in range(3):
        made.work(soon(), WINDOW)
        made.resize(50)
        made.show_code(False, 0)
        made.append("\n\nMore *text*")
    made.resize(60)
    made.show_code(True, 0)
    made.finish()
    assert picture(made) == picture(section(LONG + "\n\nMore *text*" * 3))


def test_text_that_comes_meanwhile_is_on_show() -> None:
    made = section()
    made.append(LONG)
    made.work(soon(), WINDOW)
    made.append(" And more.\n")
    made.work(soon(), WINDOW)
    assert made.row(made.height - 1).text == "The end. And more."


@pytest.mark.parametrize("deadline", [math.inf, WINDOW_ONLY])
def test_where_there_is_time_or_nothing_to_read_all_is_shown_alone(deadline: float) -> None:
    made = section()
    made.append(LONG)
    made.work(deadline, WINDOW)
    assert made.height in (0, len(picture(section(LONG))))


def test_a_window_above_the_end_is_no_reason() -> None:
    made = settle(section())
    made.append("a\n\n" * 100)
    settle(made)
    made.append(LONG)
    made.work(soon(), range(30))
    assert made.row(0).text == "a"


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        ("short", "short"),
        ("text\n\n" * 3000, "text\n\ntext"),
        ("```py\n" + "x = 1\n" * 3000, "```py\nx = 1\n"),
        ("> - ~~~~ a b\n" + "> y\n" * 3000, "~~~~ a b\n> y"),
        ("```\na\n```\n" + "text\n" * 3000, "text\n"),
        ("```\na\n``` b\n" + "x\n" * 4000, "```\nx\n"),
        ("``` ~~~\na\n~~~\n" + "x\n" * 4000, "``` ~~~\nx\n"),
        ("line\n" * 3000, "line\n"),
        ("word " * 3000, "word "),
        ("```py\n" + "x, " * 5000, "```py\nx, "),
        ("x" * 9000, "xxx"),
    ],
)
def test_an_ending_can_be_read_alone(text: str, begins: str) -> None:
    end = ending(text, 6000)
    assert end.startswith(begins)
    assert len(end) <= 6020
    assert text.endswith(end[len(begins) :])


@pytest.mark.parametrize("end", ["- item\n" * 9000 + "\n- last", "text\n\n" + "[a]: /u\n" * 9000, "word " * 30_000])
def test_what_is_shown_before_all_is_read_is_never_much_text(end: str, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []

    def counted(text: str, length: int) -> str:
        found = ending(text, length)
        read.append(len(found))
        return found

    monkeypatch.setattr(markdown_section, "ending", counted)
    made = section()
    made.append(end)
    made.work(soon(), WINDOW)
    assert read
    assert sum(read) < 30_000


def test_a_fence_is_looked_for_in_the_last_part_of_a_very_long_text() -> None:
    code = "```py\n" + "x = 1\n" * 300_000
    assert ending(code, 6000).startswith("x = 1\n")
    assert ending("text\n" * 300_000 + code[:9000], 6000).startswith("```py\nx = 1\n")
