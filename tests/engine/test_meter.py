"""Timing and counts: what is said at each moment of a stream, and what is left unsaid where it would say nothing."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.engine.meter import WINDOW, Meter, estimate_tokens

quickly = settings(max_examples=100, deadline=None, derandomize=True)


@pytest.mark.parametrize(
    ("text", "tokens"), [("", 0), ("abcd", 1), ("a word", 1.5), ("日本語", 2.4), ("né", 0.25 + 0.8), ("\ud83d", 0.8)]
)
def test_an_estimate(text: str, tokens: float) -> None:
    assert estimate_tokens(text) == pytest.approx(tokens)


@quickly
@given(st.lists(st.text(max_size=8), max_size=20))
def test_an_estimate_is_the_sum_of_its_pieces(pieces: list[str]) -> None:
    meter = Meter()
    for place, piece in enumerate(pieces):
        meter.content(piece, place * 0.01)
    assert meter.tokens == pytest.approx(estimate_tokens("".join(pieces)))


def test_before_anything_there_is_nothing_to_say() -> None:
    meter = Meter()
    assert (meter.elapsed(5.0), meter.first_token, meter.rate(9), meter.rate_now(5.0)) == (0.0, None, None, None)
    meter.start(1.0)
    assert (meter.elapsed(5.0), meter.first_token, meter.rate_now(5.0)) == (4.0, None, None)


def test_one_piece_alone_has_no_rate() -> None:
    meter = Meter(started=0.0)
    meter.content("abcdefgh", 1.0)
    assert (meter.first_token, meter.rate(2)) == (1.0, None)
    assert meter.rate_now(1.2) is None
    assert meter.rate_now(2.0) == pytest.approx(2.0)


def test_the_rate_now_forgets_what_is_long_ago() -> None:
    meter = Meter(started=0.0)
    meter.content("a" * 4000, 1.0)
    for tenth in range(100):
        meter.content("abcd", 10.0 + tenth / 10)
    now = 19.9
    assert meter.rate_now(now) == pytest.approx(10, rel=0.05)
    assert meter.rate(meter.tokens) == pytest.approx(1100 / 18.9)
    assert meter.rate_now(now + WINDOW + 0.1) == 0
    assert len(meter._recent) <= WINDOW / 0.05 + 1


def test_a_burst_is_one_entry() -> None:
    meter = Meter(started=0.0)
    for _ in range(10_000):
        meter.content("abcd", 1.0)
    assert (len(meter._recent), meter.tokens) == (1, 10_000)


def test_the_end_stops_the_clock() -> None:
    meter = Meter(started=0.0)
    meter.content("abcd", 1.0)
    meter.content("abcd", 3.0)
    meter.end(4.0)
    assert (meter.elapsed(99.0), meter.rate(2), meter.rate_now(4.5)) == (4.0, 1.0, None)
