"""Hostile text: every character that a terminal would obey, and none that a language needs."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from tui.safe_text import SafeStream, visible, visible_line, without_controls

FAMILY = "👩\u200d👩\u200d👧"
HEART_ON_FIRE = "❤\ufe0f\u200d🔥"
PERSIAN = "می\u200cخواهم"
HINDI = "क्\u200dष"

ODD = "\r\n\t\x1b\x07\x7f\x9b\u2028\u202e\u2066\u200b\u200c\u200d\ufe0f\ud83d\ude00\ufeff\xad\U000e0041\U000e0100"
odd = st.sampled_from(ODD + " eé😀क\u0301")
texts = st.lists(odd | st.characters() | st.characters(categories=["Cs", "Cc", "Cf"]), max_size=30).map("".join)


def cuts(text: str) -> st.SearchStrategy[list[str]]:
    places = st.lists(st.integers(0, len(text)), max_size=8).map(sorted)
    return places.map(lambda at: [text[a:b] for a, b in zip([0, *at], [*at, len(text)], strict=True)])


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b]0;owned\x07", "␛]0;owned␇"),
        ("\x1b[2J\x9b31m\x9d52;c;\x9c", "␛[2J␦31m␦52;c;␦"),
        ("\x00\x08\x0b\x0c\x1f\x7f\x80\x85", "␀␈␋␌␟␡␦␦"),
        ("one\r\ntwo\nthree\tfour", "one\ntwo\nthree\tfour"),
        ("safe\rhidden", "safe␍hidden"),
        ("a\r\r\nb", "a␍\nb"),
        ("a\u2028b\u2029c", "a␤b␤c"),
        ("\u202egnp.exe\u202c \u2066x\u2069 \u200e\u200f\u061c", "␦gnp.exe␦ ␦x␦ ␦␦␦"),
        ("pass\u200bword\ufeff\u2060\xad\U000e0041", "pass␦word␦␦␦␦"),
        ("\ud83d\ude00 \ud83d \ude00", "😀 \ufffd \ufffd"),
        ("[/] [red]$x[/red] {}", "[/] [red]$x[/red] {}"),
    ],
)
def test_what_a_terminal_would_obey_is_shown(text: str, shown: str) -> None:
    assert visible(text) == shown


@pytest.mark.parametrize("text", [FAMILY, HEART_ON_FIRE, PERSIAN, HINDI, "1\ufe0f\u20e3", "葛\U000e0100", "🏳\ufe0f\u200d🌈"])
def test_clusters_stay_whole(text: str) -> None:
    assert visible(f"so {text} it is") == f"so {text} it is"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\u200dx", "␦x"),
        (" \u200c\n\ufe0f", " ␦\n␦"),
        ("e\u200d\u200d\u200c!", "e\u200d␦␦!"),
        ("😀\ufe0f\ufe0f\U000e0100\u200d", "😀\ufe0f␦␦␦"),
        ("\x1b\u200d", "␛␦"),
    ],
)
def test_joiners_that_join_nothing_are_shown(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_text_without_odd_characters_is_the_same_object() -> None:
    text = "Grüße, 你好, עברית, 😀\n\t| a | b |"
    assert visible(text) is text
    assert without_controls(text) == (text, 0)
    assert SafeStream().feed(text) is text


def test_one_line_has_no_newlines_and_no_tabs() -> None:
    assert visible_line("a\r\nb\tc\nd\x1b[m\re") == "a b c d␛[m␍e"


@pytest.mark.parametrize(
    ("text", "kept", "left_out"),
    [
        ("a\x1b[1mb\x9b\x7f\r", "a[1mb", 4),
        ("one\r\ntwo\tthree\n", "one\ntwo\tthree\n", 0),
        ("\u202ex\u200b \ud83d\ude00\ud83d", "\u202ex\u200b 😀\ufffd", 0),
    ],
)
def test_copies_leave_out_controls_and_count_them(text: str, kept: str, left_out: int) -> None:
    assert without_controls(text) == (kept, left_out)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(texts)
def test_nothing_that_a_terminal_obeys_is_left(text: str) -> None:
    shown = visible(text)
    allowed = {"\n", "\t"}
    assert not [c for c in shown if unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"} and c not in allowed]
    assert not [
        c for c in shown if unicodedata.bidirectional(c) in {"LRO", "RLO", "LRE", "RLE", "PDF", "LRI", "RLI", "FSI", "PDI"}
    ]
    assert visible(shown) == shown
    assert "\n" not in visible_line(text)
    assert shown.encode().decode() == shown


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.data())
def test_pieces_add_up_to_the_whole(data: st.DataObject) -> None:
    text = data.draw(texts)
    pieces = data.draw(cuts(text))
    stream = SafeStream()
    shown = [stream.feed(piece) for piece in pieces]
    shown.append(stream.feed("", final=True))
    assert "".join(shown) == visible(text)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(texts)
def test_one_character_at_a_time_adds_up_too(text: str) -> None:
    stream = SafeStream()
    last = len(text) - 1
    assert "".join(stream.feed(piece, final=i == last) for i, piece in enumerate(text)) == visible(text)


def test_symbols_are_one_cell_wide() -> None:
    symbols = {visible(chr(code)) for code in (*range(9), *range(11, 32), *range(127, 160), 0x202E, 0x200B, 0x2028, 0xD800)}
    assert {cell_len(symbol) for symbol in symbols} == {1}
