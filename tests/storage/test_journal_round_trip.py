"""Whatever happens to an answer, and however it is cut into writes, reading it back gives the same answer."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.storage.journal_kit import BROKEN, Desk, facts
from tui.engine import events
from tui.engine.answer import Answer
from tui.engine.events import Event
from tui.storage.codec import Row, decode, encode
from tui.storage.replay import ENDED_EARLY, restore, rows_of

any_text = st.text(st.characters(exclude_categories=()), max_size=12)
choices = st.sampled_from([0, 0, 0, 1, 10**30])
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | any_text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(any_text, inner, max_size=3),
    max_leaves=6,
)
content = st.one_of(
    st.builds(events.TextDelta, any_text, choices),
    st.builds(events.ReasoningDelta, any_text, choices),
    st.builds(events.RefusalDelta, any_text, choices),
    st.builds(
        events.ToolCallDelta, st.sampled_from([0, 1, 10**30]), st.none() | any_text, st.none() | any_text, any_text, choices
    ),
)
notes = st.one_of(
    st.builds(events.UsageReported, st.dictionaries(any_text, json_values, max_size=3)),
    st.builds(events.ReasonGiven, any_text, choices),
    st.builds(events.Footnote, any_text),
    st.builds(events.Identified, st.none() | any_text, st.none() | any_text),
    st.builds(events.StallNotice, st.floats(0, 60), st.floats(0, 60)),
    st.builds(events.Reattaching, st.just(1), st.just(8), st.floats(0, 8), st.just(BROKEN.failure)),
    st.builds(events.Reattached),
)
before = st.one_of(
    st.builds(events.Opened, st.integers(200, 299), st.none() | any_text),
    st.builds(events.Retrying, st.just(1), st.just(2), st.floats(0, 30), st.just(BROKEN.failure)),
)
ends = st.sampled_from([events.Finished(), BROKEN, events.Cancelled()])
streams = st.tuples(st.lists(before, max_size=2), st.lists(content | notes, max_size=30), ends.map(lambda end: [end])).map(
    lambda parts: [event for part in parts for event in part]
)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(streams, st.data())
def test_an_answer_is_read_back_as_it_was(stream: list[Event], data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(Path(folder))
        talk, answer = desk.ask("why?")
        for event in stream:
            desk.clock.now += data.draw(st.sampled_from([0.0, 0.125, 7.0]))
            desk.say(answer, event)
            if data.draw(st.booleans()):
                desk.journal.pump()
        desk.journal.pump()
        assert facts(desk.answer(talk)) == facts(answer)
        desk.journal.save_anew()
        desk.journal.pump()
        again = facts(desk.answer(talk)) | {"tokens": facts(answer)["tokens"]}
        assert again == facts(answer)
        desk.journal.close()


@settings(max_examples=100, deadline=None, derandomize=True)
@given(content | notes | before | ends)
def test_an_event_survives_its_row(event: Event) -> None:
    assert decode(encode(event, 1.0, 2.0)) == event


@pytest.mark.parametrize(
    "row",
    [
        Row("telepathy", None, 0.0, 0.0, b"{}"),
        Row("text", "x", 0.0, 0.0, b""),
        Row("usage", None, 0.0, 0.0, b"null"),
        Row("reason", None, 0.0, 0.0, b'{"colour": 1}'),
        Row("text", "0", 0.0, 0.0, b"\xff"),
    ],
)
def test_a_row_that_can_not_be_read_is_passed_over(row: Row) -> None:
    rest = encode(events.TextDelta("ok"), 1.0, 1.0)
    assert decode(row) is None
    assert restore("a", "m", 0.0, [row, rest]).text == "ok"


def test_what_json_can_not_say_is_left_out() -> None:
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    for odd in ({"x": {1, 2}}, {"x": deep}):
        assert decode(encode(events.UsageReported(odd), 0.0, 0.0)) is None
    while deep:
        deep = deep[0]  # type: ignore[assignment] # taken apart by hand: freeing it whole would recurse


@pytest.mark.parametrize(
    ("rows", "state"), [([], "failed"), ([events.Opened(200)], "failed"), ([events.TextDelta("a")], "interrupted")]
)
def test_an_answer_without_an_end_says_so(rows: Sequence[Event], state: str) -> None:
    answer = restore("a", "m", 5.0, [encode(event, 6.0, 8.0) for event in rows])
    assert (answer.state, answer.failure) == (state, ENDED_EARLY)
    assert answer.meter.ended == (8.0 if rows else 5.0)


def test_the_first_of_two_ends_stands() -> None:
    rows = [encode(event, 1.0, 1.0) for event in (events.TextDelta("a"), events.Finished(), BROKEN, events.TextDelta("b"))]
    answer = restore("a", "m", 0.0, rows)
    assert (answer.state, answer.text) == ("complete", "a")


def test_an_answer_that_still_streams_can_be_saved_whole_and_goes_on() -> None:
    answer = restore("a", "m", 0.0, [encode(events.TextDelta("a"), 1.0, 1.0)])
    live = [row for row in rows_of(answer) if row.kind != "failed"]
    rest = [encode(events.TextDelta("b"), 2.0, 2.0), encode(events.Finished(), 3.0, 3.0)]
    whole = restore("a", "m", 0.0, live + rest)
    assert (whole.text, whole.state, whole.meter.first, whole.meter.ended) == ("ab", "complete", 1.0, 3.0)


def test_how_long_it_thought_is_read_back() -> None:
    answer = Answer("m", id="a")
    answer.meter.start(10.0)
    said: list[tuple[Event, float]] = [
        (events.ReasoningDelta("hm"), 11.0),
        (events.ReasoningDelta(", so"), 14.5),
        (events.TextDelta("42"), 15.0),
    ]
    for event, now in [*said, (events.Finished(), 16.0)]:
        answer.apply(event, now)
    thought = restore("a", "m", 10.0, rows_of(answer)).first.parts[0]
    assert (thought.began, thought.last) == (11.0, 14.5)
