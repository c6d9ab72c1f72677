"""The section's part of the contract with the view, beside the picture."""

from __future__ import annotations

import math
from concurrent.futures import Future

import pytest

from tests.markdown.kit import look, picture, section, settle, styles_on, targets
from tui.markdown import inline, lexing
from tui.markdown.lexing import Grammar
from tui.markdown.section import CodeBlock, Link


def test_links_lead_to_safe_places_only() -> None:
    source = "[a](https://a.example) [b](javascript:x) [c](file:///c) [d](mailto:d@x.example) https://e.example f@x.example"
    found = [target.what for target in targets(section(source, 100))]
    assert found == [
        Link("https://a.example"),
        Link("mailto:d@x.example"),
        Link("https://e.example"),
        Link("mailto:f@x.example"),
    ]


def test_a_link_that_wraps_is_one() -> None:
    parts = list(targets(section("see [one two three](https://a.example) [b](https://b.example)", 8)))
    assert [part.goes_on for part in parts] == [False, True, True, False]
    assert len({part.what for part in parts}) == 2


def test_code_is_copied_exactly() -> None:
    fence, item, indented = "```py\n\tx = 1\x1b  \n\n```\n\n", "- ```\n  a\n   b\n  ```\n", "\n      c\n\n        d\n\n"
    made = settle(section(fence + item + indented + "```\n" + "long " * 2000))
    expected = ["\tx = 1\x1b  \n", "a\n b", "c\n\n  d", "long " * 2000]
    assert made.code_blocks == expected
    assert [target.what for target in targets(made)] == [CodeBlock(at, text) for at, text in enumerate(expected, 1)]


def test_appending_after_the_end_is_an_error() -> None:
    made = section("a")
    with pytest.raises(ValueError, match="finished"):
        made.append("b")


def test_what_did_not_change_is_the_identical_strip() -> None:
    made = section()
    made.append("one\n\n- two\n\n```py\nx = 1\ny = 2\n")
    before = picture(made)
    made.append("z = 3\n")
    after = picture(made)
    assert len(after) == len(before) + 1
    assert all(new[0] is old[0] for new, old in zip(after, before[:-1], strict=False))


def test_rows_of_a_table_stay_as_rows_come() -> None:
    made = section()
    made.append("| a | b |\n|---|---|\n| 1 | 2 |\n")
    before = picture(made)
    made.append("| 3 | 4 |\n| 5")
    assert all(new[0] is old[0] for new, old in zip(picture(made), before, strict=False))


def test_changes_are_reported_from_the_first_row_that_changed() -> None:
    made = settle(section())
    made.append("one\n\ntwo\n\n```\na\n")
    settle(made)
    made.take_dirty()
    assert made.take_dirty() is None
    height = made.height
    made.append("b\n")
    settle(made)
    dirty = made.take_dirty()
    assert dirty is not None
    assert height - 2 <= dirty < made.height


def test_a_late_definition_redraws_what_asked_for_it() -> None:
    made = section()
    made.append("[a]\n\nb\n\n")
    settle(made)
    made.take_dirty()
    made.append("[a]: https://a.example\n\nc")
    settle(made)
    assert made.take_dirty() == 0
    assert [target.what for target in targets(made)] == [Link("https://a.example")]


def test_a_new_theme_shows_in_every_row() -> None:
    made = section("# a\n\nb `c`\n\n- d")
    before = picture(made)
    made.restyle(styles_on("white", version=1))
    assert made.take_dirty() == 0
    changed = [new[0] != old[0] for new, old in zip(picture(made), before, strict=True) if new[1].text]
    assert changed == [True] * 4


def test_code_that_does_not_wrap_is_cut_and_scrolled() -> None:
    made = section("```\n0123456789abcdef\nshort\n```", 12)
    made.show_code(False, 0)
    assert [row.text.rstrip() for _, row in picture(made)] == ["       copy", "  01234567 ›", "  short", ""]
    made.show_code(False, 8)
    assert [row.text.rstrip() for _, row in picture(made)] == ["       copy", "‹ 89abcdef", "‹", ""]
    made.show_code(True, 0)
    assert len(picture(made)) == 5


def test_code_that_wrapped_until_now_can_be_drawn_before_it_is_laid_out_anew() -> None:
    made = settle(section("```\n" + "0123456789" * 5 + "\n```", 20))
    made.show_code(wrap=False, left=0)
    assert [made.strip(y).text.strip() for y in range(1, 4)] == ["0123456789012345 ›"] * 3
    assert [strip.text.strip() for strip, _ in picture(made)[1:]] == ["0123456789012345 ›", ""]


def test_a_line_that_may_become_something_else_waits() -> None:
    made = section()
    made.append("a\n-")
    assert [row.text for _, row in picture(made)] == ["a"]
    made.append(" b")
    assert [row.text for _, row in picture(made)] == ["a", "", "● b"]


def test_a_table_is_not_shown_as_text_first() -> None:
    made = section()
    made.append("| a | b |\n")
    assert picture(made) == []
    made.append("|---|---|\n")
    assert len(picture(made)) == 2
    made.append("| c **d")
    assert picture(made)[-1][1].text.split() == ["c", "**d", "│"]


def test_work_stops_at_the_deadline() -> None:
    made = section()
    made.append("a line\n\n" * 2000)
    assert made.work(-math.inf, range(0)) is True
    assert made.pending
    few = made.height
    assert 0 < few < 100
    settle(made)
    assert made.height == 2000 * 2 - 1
    assert not made.pending


def test_a_resize_lays_out_what_is_seen_first() -> None:
    made = section("some words to wrap\n\n" * 500)
    settle(made)
    height = made.height
    made.resize(10)
    assert made.height == height
    assert made.work(-math.inf, range(100, 140)) is True
    assert {made.strip(y).text for y in range(102, 138)} == {"some words", "to wrap", ""}
    settle(made)
    assert made.height == 500 * 3 - 1


def test_each_finished_paragraph_is_parsed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    parse = inline.parse

    def counted(source: str, *rest: object, **more: object) -> inline.Inline:
        seen.append(source)
        return parse(source, *rest, **more)  # type: ignore[arg-type] # handed on as it came

    monkeypatch.setattr(inline, "parse", counted)
    made = section()
    for number in range(50):
        made.append(f"paragraph *{number}*\n\n")
        settle(made)
    for width in (30, 60):
        made.resize(width)
        settle(made)
    assert len(seen) == 50


@pytest.fixture
def lexed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """All text that is given to a lexer."""
    texts: list[str] = []
    begin = Grammar._begin

    def counted(self: Grammar, text: str, stack: list[str], count: int) -> lexing.Lexing:
        texts.append(text)
        return begin(self, text, stack, count)

    monkeypatch.setattr(Grammar, "_begin", counted)
    return texts


def test_each_line_of_code_is_lexed_at_most_twice(lexed: list[str]) -> None:
    made = section()
    made.append("```py\n")
    for number in range(200):
        made.append(f"x = {number}\n")
        settle(made)
    assert sum(text.count("\n") for text in lexed) <= 2 * 200


def test_a_long_line_of_code_that_grows_is_not_lexed_from_its_beginning(lexed: list[str]) -> None:
    made = section()
    made.append("```py\nx = [")
    for number in range(700):
        made.append(f"{number}, ")
        settle(made).strip(made.height - 2)
    assert max(map(len, lexed)) < 600
    made.append("]\n```\n")
    assert picture(made) == picture(section("```py\nx = [" + "".join(f"{number}, " for number in range(700)) + "]\n```\n"))


def test_long_lines_of_code_are_lexed_by_slices() -> None:
    made = section("```py\n" + "x = [1, 2]; " * 1500 + "\n```\n")
    made.work(math.inf, range(0))
    rows = range(made.height)
    assert len(list(made.strip(3))) < 5
    slices = 0
    while made.work(-math.inf, rows):
        slices += 1
    assert slices > 50
    assert len(list(made.strip(3))) > 20


def test_code_out_of_sight_is_not_lexed(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(self: Grammar, lines: list[str], stack: list[str]) -> lexing.Lexing:
        raise AssertionError(lines)

    monkeypatch.setattr(Grammar, "lex", never)
    made = section("```py\nx = 1\n```\n\n" + "text\n\n" * 50)
    while made.work(math.inf, range(90, 100)):
        pass
    assert not made.pending
    assert made.strip(90).text == "text"


def test_code_is_plain_until_its_lexer_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    coming: Future[tuple[object, bool]] = Future()
    lexer = lexing._load("py")
    monkeypatch.setattr(lexing, "_loading", lambda language: coming)
    made = section("```py\nreturn 1\n```\n\ntext")
    soon = math.nextafter(math.inf, 0)
    assert made.work(soon, range(5)) is True
    made.take_dirty()
    assert made.pending
    assert made.strip(1).text.split() == ["return", "1"]
    assert "return" not in [segment.text for segment in made.strip(1)]
    coming.set_result(lexer)
    assert made.pending
    assert made.work(soon, range(5)) is False
    assert made.take_dirty() == 0
    assert not made.pending
    assert "return" in [segment.text for segment in made.strip(1)]


def test_long_code_gets_its_colours_bit_by_bit() -> None:
    made = section("```py\n" + "return 1\n" * 2000 + "```")
    while made.work(math.inf, range(0)):
        pass
    plain = made.strip(1990)
    assert len(list(plain)) < 5
    assert made.pending
    assert made.work(-math.inf, range(1980, 2000)) is True
    while made.work(math.inf, range(1980, 2000)):
        pass
    assert "return" in [segment.text for segment in made.strip(1990)]


def test_a_reader_sees_text_without_a_break_as_paragraphs() -> None:
    rows = look("word " * 2000, 50)
    assert " ".join(rows).split() == ["word"] * 2000
    assert all(rows)
