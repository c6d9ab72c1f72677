"""Inline markup, and where rows break."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from tui.markdown import cells
from tui.markdown.cells import chop, wrap
from tui.markdown.definitions import References
from tui.markdown.inline import CODE, EMPHASIS, HTML, LINK, NOTE, STRIKE, STRONG, Inline, parse

Marked = list[tuple[str, int, str | None]]


def marked(found: Inline) -> Marked:
    return [(found.text[start:end], bits, href) for start, end, bits, href in found.spans]


@pytest.mark.parametrize(
    ("source", "text", "spans"),
    [
        ("plain words", "plain words", []),
        ("two\nlines  \nand a break", "two lines\nand a break", []),
        (
            "*a* **b** ~~c~~ `d`",
            "a b c d",
            [("a", EMPHASIS, None), ("b", STRONG, None), ("c", STRIKE, None), ("d", CODE, None)],
        ),
        ("**a *b* c**", "a b c", [("a ", STRONG, None), ("b", STRONG | EMPHASIS, None), (" c", STRONG, None)]),
        (r"\*a\* &amp; &copy; 1\. b", "*a* & © 1. b", []),
        ("[a **b**](https://x.example)", "a b", [("a ", LINK, "https://x.example"), ("b", LINK | STRONG, "https://x.example")]),
        ("[a](/here)", "a", []),
        ("<b>c</b>", "<b>c</b>", [("<b>", HTML, None), ("</b>", HTML, None)]),
        ("a[^1]", "a[1]", [("[1]", NOTE, None)]),
        (
            "(https://x.example/a_(b)).",
            "(https://x.example/a_(b)).",
            [("https://x.example/a_(b)", LINK, "https://x.example/a_(b)")],
        ),
        ("www.x.example，", "www.x.example，", [("www.x.example", LINK, "https://www.x.example")]),
        ("me@x.example", "me@x.example", [("me@x.example", LINK, "mailto:me@x.example")]),
        ("`https://x.example`", "https://x.example", [("https://x.example", CODE, None)]),
        ("a\x1bb", "a␛b", []),
        ("*a\x1b* b", "a␛ b", [("a␛", EMPHASIS, None)]),
    ],
)
def test_markup_is_read(source: str, text: str, spans: Marked) -> None:
    found = parse(source, References())
    assert found.text == text
    assert marked(found) == spans


def test_labels_without_a_definition_are_told() -> None:
    assert parse("[a] [b][c] [d][]", References()).missed >= {"A", "C", "D"}


def test_a_break_tag_breaks_in_a_table() -> None:
    assert parse("a<br>b<BR />c", References(), breaks=True).text == "a\nb\nc"


def test_a_heap_of_brackets_is_text() -> None:
    assert parse("[" * 4000, References()).text == "[" * 4000


@given(st.text(alphabet="ab *_`[]()<>&;~!\\\n漢é👩\u200d💻\u0301", max_size=40))
@settings(max_examples=200, deadline=None, derandomize=True)
def test_spans_are_in_order_and_within_the_text(source: str) -> None:
    found = parse(source, References())
    ends = [0, *(offset for span in found.spans for offset in span[:2]), len(found.text)]
    assert ends == sorted(ends)


@pytest.mark.parametrize(
    ("text", "cells", "rows"),
    [
        ("", 5, [""]),
        ("one two", 5, ["one", "two"]),
        ("one  two ", 3, ["one", "two"]),
        ("abcdefg h", 3, ["abc", "def", "g h"]),
        ("a\n\nb", 5, ["a", "", "b"]),
        ("ab漢字", 4, ["ab漢", "字"]),
        ("漢字。", 4, ["漢", "字。"]),
        ("漢", 1, ["漢"]),
        ("é abcdefgh", 4, ["é", "abcd", "efgh"]),
    ],
)
def test_rows_break_where_they_can(text: str, cells: int, rows: list[str]) -> None:
    assert [text[start:end] for start, end in wrap(text, cells)] == rows


@given(st.text(alphabet="ab  \n漢字、。é🚀\u0301", max_size=60), st.integers(2, 20))
@settings(max_examples=200, deadline=None, derandomize=True)
def test_wrapping_loses_nothing_but_spaces(text: str, cells: int) -> None:
    rows = [text[start:end] for start, end in wrap(text, cells)]
    assert "".join("".join(rows).split()) == "".join(text.split())
    assert all(cell_len(row.rstrip(" ")) <= cells for row in rows)


@given(st.text(alphabet="ab 漢é🚀\u0301", max_size=60), st.integers(2, 20))
@settings(max_examples=100, deadline=None, derandomize=True)
def test_chopping_loses_nothing(text: str, cells: int) -> None:
    starts = [*chop(text, cells), len(text)]
    pieces = [text[start:end] for start, end in pairwise(starts)]
    assert "".join(pieces) == text
    assert all(cell_len(piece) <= cells for piece in pieces)


def test_wrapping_looks_at_each_cluster_a_few_times(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[int] = []

    def counted(text: str) -> int:
        looked.append(len(text))
        return cell_len(text)

    monkeypatch.setattr(cells, "cell_len", counted)
    text = ("a" + "\u0301\u0323" * 10) * 200
    rows = cells.wrap(text, 10)
    assert "".join(text[start:end] for start, end in rows) == text
    assert sum(looked) <= 4 * len(text)
