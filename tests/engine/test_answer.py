"""The answer's transition table, drawn and tried; and what its parts add up to."""

from __future__ import annotations

import copy
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.strategies import often
from tui.engine import events
from tui.engine.answer import FINAL_STATES, TRANSITIONS, Answer, IllegalTransitionError, State
from tui.engine.failure import Failure

FAILURE = Failure("closed", "It broke.")
SAMPLES: list[events.Event] = [
    events.Opened(200, "r"),
    events.Retrying(2, 3, 0.5, FAILURE),
    events.StallNotice(30, 60),
    events.Reattaching(1, 8, 0.5, FAILURE),
    events.Reattached(),
    events.Identified("m", "id"),
    events.TextDelta("a"),
    events.ReasoningDelta("a"),
    events.RefusalDelta("a"),
    events.ToolCallDelta(0, "c", "f", "{}"),
    events.UsageReported({"completion_tokens": 3}),
    events.ReasonGiven("stop"),
    events.Footnote("odd"),
    events.Finished(),
    events.Failed(FAILURE),
    events.Cancelled(),
]
TABLE = """
              waiting      streaming
Opened        waiting      -
Retrying      waiting      -
StallNotice   waiting      streaming
Reattaching   waiting      streaming
Reattached    waiting      streaming
Identified    waiting      streaming
TextDelta     streaming    streaming
ReasoningDelta streaming   streaming
RefusalDelta  streaming    streaming
ToolCallDelta streaming    streaming
UsageReported waiting      streaming
ReasonGiven   waiting      streaming
Footnote      waiting      streaming
Finished      complete     complete
Failed        failed       interrupted
Cancelled     cancelled    cancelled
"""
REACH: dict[str, list[events.Event]] = {
    "waiting": [],
    "streaming": [events.TextDelta("a")],
    "complete": [events.Finished()],
    "truncated": [events.ReasonGiven("length"), events.Finished()],
    "filtered": [events.ReasonGiven("content_filter"), events.Finished()],
    "refused": [events.RefusalDelta("no"), events.Finished()],
    "interrupted": [events.TextDelta("a"), events.Failed(FAILURE)],
    "failed": [events.Failed(FAILURE)],
    "cancelled": [events.Cancelled()],
}


def _in(state: str) -> Answer:
    answer = Answer("m")
    for event in REACH[state]:
        answer.apply(event, 1.0)
    assert answer.state == state
    return answer


def _picture(answer: Answer) -> Any:
    return copy.deepcopy({name: value for name, value in vars(answer).items() if name not in ("choices", "meter")}), answer.text


def _expected() -> dict[tuple[str, str], str]:
    head, *rows = TABLE.strip("\n").splitlines()
    states = head.split()
    return {(state, row.split()[0]): cell for row in rows for state, cell in zip(states, row.split()[1:], strict=True)}


def test_the_samples_are_all_events() -> None:
    assert {type(event) for event in SAMPLES} == set(get_args(events.Event))


@pytest.mark.parametrize("event", SAMPLES, ids=lambda event: type(event).__name__)
@pytest.mark.parametrize("state", REACH)
def test_every_event_in_every_state(state: State, event: events.Event) -> None:
    answer = _in(state)
    before, revision = _picture(answer), answer.revision
    target = _expected().get((state, type(event).__name__), "-")

    if target == "-":
        with pytest.raises(IllegalTransitionError):
            answer.apply(event, 2.0)
        assert _picture(answer) == before
    else:
        answer.apply(event, 2.0)
        assert (answer.state, answer.revision) == (target, revision + 1)


@often
@given(st.lists(st.sampled_from(SAMPLES), max_size=12))
def test_any_sequence_of_events_leaves_a_legal_state(sequence: list[events.Event]) -> None:
    answer, text = Answer("m"), ""
    for event in sequence:
        legal = (answer.state, type(event).__name__) in _expected() and _expected()[answer.state, type(event).__name__] != "-"
        if not legal:
            with pytest.raises(IllegalTransitionError):
                answer.apply(event, 1.0)
            continue
        answer.apply(event, 1.0)
        text += event.text if isinstance(event, events.TextDelta) else ""

    assert answer.text == text
    assert answer.final == (answer.meter.ended is not None)


def test_final_states_have_no_way_out() -> None:
    assert set(REACH) == FINAL_STATES | set(TRANSITIONS)
    assert not FINAL_STATES & set(TRANSITIONS)


def test_an_empty_delta_changes_nothing() -> None:
    answer = Answer("m")
    answer.apply(events.TextDelta(""), 1.0)

    assert (answer.state, answer.revision, answer.meter.first) == ("waiting", 0, None)


def test_a_refusal_after_text_is_no_refused_answer() -> None:
    answer = Answer("m")
    for event in (events.TextDelta("a"), events.RefusalDelta("no"), events.Finished()):
        answer.apply(event, 1.0)

    assert (answer.state, answer.text, answer.refusal) == ("complete", "a", "no")


def test_parts_keep_the_order_of_the_stream() -> None:
    answer = Answer("m")
    for event in (
        events.ReasoningDelta("hm"),
        events.TextDelta("a"),
        events.ToolCallDelta(0, "c", "f", "{"),
        events.TextDelta("b"),
        events.ToolCallDelta(0, arguments="}"),
        events.TextDelta("c"),
    ):
        answer.apply(event, 1.0)

    assert [(part.kind, part.log.text) for part in answer.first.parts] == [
        ("reasoning", "hm"),
        ("text", "a"),
        ("tool_call", "{}"),
        ("text", "bc"),
    ]
    assert answer.text == "abc"


def test_halves_of_a_surrogate_pair_meet_across_parts() -> None:
    answer = Answer("m")
    for event in (events.TextDelta("\ud83d"), events.ReasoningDelta("hm"), events.TextDelta("\ude80")):
        answer.apply(event, 1.0)

    assert answer.text == "🚀"


def test_retrying_and_stalling_end_with_content() -> None:
    answer = Answer("m")
    answer.apply(events.Retrying(2, 3, 1.5, FAILURE), 10.0)
    assert (answer.retrying is not None, answer.retry_at) == (True, 11.5)
    answer.apply(events.Opened(200), 12.0)
    assert answer.retrying is None
    answer.apply(events.StallNotice(30, 60), 12.0)
    answer.apply(events.TextDelta("a"), 13.0)
    assert answer.stall is None


def test_attaching_again_is_counted() -> None:
    answer = Answer("m")
    for _ in range(2):
        answer.apply(events.Reattaching(1, 8, 0.5, FAILURE), 10.0)
        assert (answer.reattaching is not None, answer.retry_at) == (True, 10.5)
        answer.apply(events.Reattached(), 11.0)
        assert answer.reattaching is None
    assert answer.reattached == 2


def test_tokens_are_exact_once_usage_came() -> None:
    answer = Answer("m")
    answer.apply(events.TextDelta("abcd" * 5), 1.0)
    assert answer.completion_tokens == (5, False)
    answer.apply(events.UsageReported({"completion_tokens": 7, "completion_tokens_details": {"reasoning_tokens": 2}}), 1.0)
    assert answer.completion_tokens == (7, True)
    assert answer.usage_count("completion_tokens_details", "reasoning_tokens") == 2
    assert answer.usage_count("prompt_tokens_details", "cached_tokens") is None


def test_the_meter() -> None:
    answer = Answer("m")
    answer.meter.start(10.0)
    for second in range(5):
        answer.apply(events.TextDelta("abcd"), 11.0 + second)
    meter = answer.meter

    assert (meter.first_token, meter.elapsed(16.0)) == (1.0, 6.0)
    assert meter.rate(meter.tokens) == pytest.approx(5 / 4)
    assert meter.rate_now(15.0) == pytest.approx(4 / 3)
    answer.apply(events.Finished(), 16.0)
    assert (meter.elapsed(99.0), meter.rate_now(99.0)) == (6.0, None)
