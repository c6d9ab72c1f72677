"""Long paragraphs are divided where no markup reaches across, so that they say what the whole says."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.markdown.kit import look, picture, section, settle, streamed, targets
from tests.markdown.test_exactness import cut
from tui.markdown import inline
from tui.markdown.definitions import References
from tui.markdown.dividing import closed_parts, safe_cut
from tui.markdown.inline import Inline, is_closed, parse
from tui.markdown.readings import Readings
from tui.markdown.section import Link
from tui.markdown.source import LONGEST

_PIECES = [
    *("*", "**", "***", "_", "__", "~~", "`", "``", "[", "]", "](", "](u", "(", ")", "<", ">", "<b", "![", "\\", "&amp;", "'"),
    *("a", "b c", " ", " ", " ", "\n", "[x](u)", "<https://e.example>", "[^1]", "http://u.example"),
]
_WIDE = [*_PIECES, "中，文", "字。か", "；", "，"]
long_texts = st.lists(st.sampled_from(_PIECES) | st.sampled_from(_WIDE), min_size=200, max_size=500).map("".join)
texts = st.lists(st.sampled_from(_PIECES), max_size=14).map("".join)


def marked(content: Inline) -> list[tuple[str, int, str | None]]:
    """Each character that is no space, with its marks."""
    marks: dict[int, tuple[int, str | None]] = {}
    for span in content.spans:
        marks.update(dict.fromkeys(range(span.start, span.end), (span.bits, span.href)))
    return [(character, *marks.get(at, (0, None))) for at, character in enumerate(content.text) if not character.isspace()]


def read(source: str) -> list[tuple[str, int, str | None]]:
    return marked(parse(source, References()))


@given(texts, texts)
@settings(max_examples=200, deadline=None, derandomize=True)
def test_what_is_closed_says_the_same_alone(before: str, after: str) -> None:
    before, after = before.strip() + "a", after.strip()
    if is_closed(before):
        assert read(f"{before} {after}") == read(before) + read(after)


@pytest.mark.parametrize(
    "source",
    [
        "a *b",
        "a **b c",
        "_b",
        "a ~~b",
        "`b",
        "``b`",
        "[a",
        "[a](b 'c",
        "![a",
        "<b c",
        "*`a`",
        "**a*",
        "[a `]` b",
        "x*a",
        "\\**b",
    ],
)
def test_what_may_still_end_is_not_closed(source: str) -> None:
    assert not is_closed(source)


@pytest.mark.parametrize("source", ["5 * 3", "snake_case", "a < b", "*b*", "[a]", "[a](b 'c')", "`*`", "\\*b", "a ~ b", "a] b"])
def test_what_can_begin_nothing_is_closed(source: str) -> None:
    assert is_closed(source)


@given(st.lists(st.sampled_from(_PIECES), min_size=200, max_size=400).map("".join))
@settings(max_examples=50, deadline=None, derandomize=True)
def test_a_cut_is_at_white_space_and_changes_nothing(source: str) -> None:
    at = safe_cut(source)
    if at is not None:
        assert source[at].isspace()
        assert read(source) == read(source[:at]) + read(source[at:].lstrip())


@given(long_texts, st.integers(1, 200))
@settings(max_examples=50, deadline=None, derandomize=True)
def test_a_text_that_grows_is_read_by_the_same_parts(source: str, step: int) -> None:
    source, readings, before = source.strip() + ".", Readings(), list[tuple[str, str]]()
    for end in range(step, len(source), step):
        readings.parse(source[:end], References(), growing=True)
        parts, _ = closed_parts(source[:end], wide=True)
        assert parts[: len(before)] == before
        before = parts
    assert readings.parse(source, References(), growing=False) == Readings().parse(source, References(), growing=False)


@given(long_texts)
@settings(max_examples=100, deadline=None, derandomize=True)
def test_parts_say_what_the_whole_says(source: str) -> None:
    source = source.strip() + "."
    parts = Readings().parse(source, References(), growing=False)
    whole = parse(source, References())
    assert parts.text == whole.text
    assert marked(parts) == marked(whole)


def test_a_long_paragraph_that_grows_is_not_read_from_its_beginning(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    parser = inline._parser(True)
    read = parser.inline.parse

    def counted(source: str, *rest: Any) -> Any:
        seen.append(source)
        return read(source, *rest)

    monkeypatch.setattr(parser.inline, "parse", counted)
    text = "A **word** of `code`, [a link](https://e.example) and *more* of it. " * 100
    made = section()
    for at in range(0, len(text), 20):
        made.append(text[at : at + 20])
        settle(made)
    assert max(map(len, seen)) < 1000
    assert sum(map(len, seen)) < 25 * len(text)


def test_there_is_a_cut_near_the_end_of_ordinary_text() -> None:
    source = ("A **word** of `code`, and [a link](https://e.example 'title') in 2 * 3 snake_case words. " * 60)[:LONGEST]
    at = safe_cut(source)
    assert at is not None
    assert at > LONGEST * 3 / 4


@pytest.mark.parametrize("gap", [" ", "\n"])
def test_markup_in_the_middle_of_a_long_paragraph_is_read(gap: str) -> None:
    words = ["word"] * 810 + ["**bold"] + ["word"] * 30 + ["bold**"] + ["`code"] + ["word"] * 900 + ["code`", "end"]
    rows = look(gap.join(words), 60)
    assert not [row for row in rows if "*" in row or "`" in row]
    assert " ".join(rows).split() == re.findall("[a-z]+", " ".join(words))


@pytest.mark.parametrize(
    "text",
    ["*a " + "word " * 1500 + "b* end", "*a " + "word `x` " * 2200, "*a\n" + "[word\n" * 3000, "a`b" * 6000],
    ids=range(4),
)
def test_it_is_divided_alike_however_it_comes(text: str) -> None:
    assert picture(streamed(cut(text, [997, 31]), 60)) == picture(section(text, 60))


def test_emphasis_that_never_ends_bounds_what_is_read_at_once() -> None:
    made = settle(section("*a " + "word " * 20_000, 60))
    assert max(len(block.source) for block in made._whole._parser.blocks if hasattr(block, "source")) <= 3 * LONGEST


def test_a_long_list_of_definitions_is_read_to_its_end() -> None:
    source = "".join(f"[{number}]: https://a.example/{number}\n" for number in range(400)) + "\n[0] [200] [399]"
    made = section(source)
    assert re.fullmatch(r"0 200 399", "\n".join(look(source)).replace("[", "").replace("]", ""))
    assert [target.what for target in targets(made)] == [Link(f"https://a.example/{number}") for number in (0, 200, 399)]


def test_definitions_are_not_shown_while_they_come() -> None:
    made = section()
    made.append("text\n\n[a]: https://a.example\n[b]: https://b.example\n")
    assert [row.text for _, row in picture(made)] == ["text"]


def test_text_without_white_space_is_read_by_parts_too() -> None:
    source = "流式传输让**文字**逐步出现，在`终端`里也是如此。" * 60
    parts, rest = closed_parts(source, wide=True)
    assert len(parts) >= 3
    assert {gap for _, gap in parts} == {""}
    assert len(rest) < 1000
