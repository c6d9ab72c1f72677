"""Seams: nothing doubled, nothing lost, and a model that starts over is noticed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.strategies import often
from tui.engine.seam import HEAD, OVER, Seam, find_seam

PARTIAL = "An await gives the loop back to whoever can use it. When the socket has data, the loop resumes the corou"


def _joined(partial: str, rest: str) -> str:
    seam = find_seam(partial, rest, True)
    assert seam is not None
    assert not seam.starts_over
    return partial + rest[seam.skip :]


@pytest.mark.parametrize(
    ("partial", "rest", "joined"),
    [
        ("hel", "lo", "hello"),
        ("Miss", "issippi", "Mississippi"),
        ("ban", "ana", "banana"),
        ("a b", "b c", "a bb c"),
        ("The quick brown", " fox", "The quick brown fox"),
        ("The quick brown", "brown fox", "The quick brown fox"),
        ("The quick brown ", "brown fox", "The quick brown fox"),
        ("The quick brown", " brown fox", "The quick brown fox"),
        ("The quick brown fox", "quick brown fox jumps", "The quick brown fox jumps"),
        ("it was very", " very good", "it was very very good"),
        ("no, no", ", no, no", "no, no, no, no"),
        ("ha ha ha ha", " ha ha", "ha ha ha ha ha ha"),
        ("| --- | ---", " | --- | --- |", "| --- | --- | --- | --- |"),
        ("----------------", "----------------", "-" * 32),
        ("x = foo(", "foo(1)", "x = foo(foo(1)"),
        ("line one\nline two\n", "line two\nline three", "line one\nline two\nline three"),
        ("the end.", "", "the end."),
        ("", "all of it", "all of it"),
        ("混合文字的宽度处理很重要:终端里", "终端里每个汉字占两列", "混合文字的宽度处理很重要:终端里每个汉字占两列"),
    ],
)  # fmt: skip
def test_joins(partial: str, rest: str, joined: str) -> None:
    assert _joined(partial, rest) == joined


@pytest.mark.parametrize("rest", [PARTIAL[:60] + " and more", "\n\n" + PARTIAL, PARTIAL[:OVER]])
def test_a_new_start_is_noticed(rest: str) -> None:
    assert find_seam(PARTIAL, rest, True) == Seam(starts_over=True)


def test_a_new_start_is_noticed_while_it_streams() -> None:
    rest = PARTIAL[:70] + " something else"
    verdicts = [find_seam(PARTIAL, rest[:length], False) for length in range(len(rest))]

    assert verdicts[0] is None
    assert verdicts[-1] == Seam(starts_over=True)
    assert {verdict for verdict in verdicts if verdict is not None} == {Seam(starts_over=True)}


def test_what_is_nothing_like_the_partial_is_decided_at_once() -> None:
    assert find_seam(PARTIAL, "zzz", False) == Seam()


def test_a_repeated_end_is_decided_when_it_is_over() -> None:
    rest = PARTIAL[-30:] + "tine."

    assert find_seam(PARTIAL, rest[:20], False) is None
    assert find_seam(PARTIAL, rest, False) == Seam(skip=30)


prose = st.lists(st.sampled_from(["the", "loop", "gives", "a", "socket", "back", "when", "data"]), min_size=30, max_size=60)


@often
@given(st.text(min_size=30, max_size=80), st.data())
def test_a_long_repetition_is_cut_exactly(text: str, data: st.DataObject) -> None:
    """Whatever was cut and however much of it came again: if it is skipped, it is skipped whole."""
    place = data.draw(st.integers(20, len(text)))
    again = data.draw(st.integers(0, place - 1))
    seam = find_seam(text[:place], text[place - again :] if again else text[place:], True)

    assert seam is not None
    if not seam.starts_over and seam.skip:
        skipped = text[place - again :][: seam.skip]
        assert text[:place].rstrip().endswith(skipped.strip())


@often
@given(st.text(max_size=40), st.text(max_size=40))
def test_a_skip_repeats_what_is_there(partial: str, rest: str) -> None:
    seam = find_seam(partial, rest, True)

    assert seam is not None
    assert 0 <= seam.skip <= len(rest)
    assert seam.starts_over or not seam.skip or partial.rstrip().endswith(rest[: seam.skip].strip())


@often
@given(prose, st.integers(0, 200))
def test_a_verdict_that_fell_stands(words: list[str], cut: int) -> None:
    """More text never changes it: the screen never takes anything back."""
    text = " ".join(words)
    partial, rest = text[:cut], text[max(cut - 20, 0) :]
    verdicts = [find_seam(partial, rest[:length], False) for length in range(len(rest) + 1)]
    fallen = [verdict for verdict in verdicts if verdict is not None]

    assert len(set(fallen)) <= 1


def test_the_verdict_falls_in_any_case() -> None:
    text = "abcdefghij" * 100

    assert find_seam(text + "klm", text[:HEAD], False) is not None
