"""JSON that is still arriving: laid out alike however it was cut, and nothing added that did not come."""

from __future__ import annotations

import json
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from tui.engine.partial_json import Unfolding, one_line

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)
quick = settings(max_examples=100, deadline=None, derandomize=True)


@quick
@given(values, st.booleans())
def test_whole_json_is_laid_out_as_json_itself_does(value: object, ascii_only: bool) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only)
    assert Unfolding().feed(text) == json.dumps(value, indent=2, ensure_ascii=ascii_only)


@quick
@given(st.text(alphabet='{}[]:,"\\ \nab1', max_size=40), st.lists(st.integers(0, 40), max_size=6))
def test_any_cut_of_any_text_gives_the_same(text: str, cuts: list[int]) -> None:
    unfolding, edges = Unfolding(), [0, *sorted(cuts), len(text)]
    pieces = [unfolding.feed(text[start:end]) for start, end in pairwise(edges)]
    assert "".join(pieces) == Unfolding().feed(text)


@quick
@given(st.text(alphabet='{}[]:,"\\ \nab1', max_size=40))
def test_nothing_but_white_space_is_added(text: str) -> None:
    assert "".join(Unfolding().feed(text).split()) == "".join(text.split())


def test_what_is_no_json_stays_readable() -> None:
    assert Unfolding().feed("sorry, not json  at all") == "sorry,\nnot json at all"


def test_one_line_leaves_the_outermost_braces_out() -> None:
    assert one_line('{"city": "Paris"}', 40) == '"city": "Paris"'
    assert one_line('{"city": "Par', 40) == '"city": "Par'
    assert one_line('{"city": "Paris"}', 9) == '"city":…'
    assert one_line("", 40) == ""
