"""Thinking between tags: what is reasoning, what is text, and that no cut into deltas and no row of a journal changes it."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.strategies import often
from tui.engine import events
from tui.engine.answer import Answer
from tui.storage.replay import restore, rows_of

# (what the server sent, the reasoning, the text)
SENT = [
    ("<think>hm</think>\n\nHi", "hm", "Hi"),
    ("\n <think>\nhm\n</think>Hi", "hm\n", "Hi"),
    ("<THINK>hm</Think>Hi", "hm", "Hi"),
    ("<thinking>a</think>b</thinking> c", "a</think>b", "c"),
    ("<reasoning>a</reasoning>c", "a", "c"),
    ("<think>hm", "hm", ""),
    ("<think>hm</thi", "hm</thi", ""),
    ("<think>\n\n</think>\n\nHi", "", "Hi"),
    ("<thin", "", "<thin"),
    (" \n", "", " \n"),
    ("<b>bold</b>", "", "<b>bold</b>"),
    ("Hi <think>hm</think>", "", "Hi <think>hm</think>"),
    ("hm\n</think>\n\nHi", "hm\n", "Hi"),
    ("hm.</think>\nHi", "hm.", "Hi"),
    ("hm</think>", "hm", ""),
    ("</think>\n\nHi", "", "Hi"),
    ("The `</think>` tag\n</think>", "", "The `</think>` tag\n</think>"),
    ("secret</think>answer", "secret", "answer"),
    ("hm.</think> So: 4", "hm.", "So: 4"),
    ("The </think> tag", "", "The </think> tag"),
    ("Models write <think> and </think>\nHi", "", "Models write <think> and </think>\nHi"),
    ("```\n</think>\n```\n", "", "```\n</think>\n```\n"),
    ("a <", "", "a <"),
    ("İ<think>", "", "İ<think>"),
]


def streamed(*pieces: str, end: events.Event | None = None) -> Answer:
    answer = Answer("m", id="a")
    answer.meter.start(0.0)
    for at, piece in enumerate(pieces):
        answer.apply(events.TextDelta(piece), float(at))
    answer.apply(end or events.Finished(), float(len(pieces)))
    return answer


def meaning(answer: Answer) -> tuple[str, str]:
    return answer.reasoning, answer.text


def raw(answer: Answer) -> str:
    """What the server sent, out of the parts."""
    return "".join(part.sent for part in answer.first.parts)


@pytest.mark.parametrize(("sent", "reasoning", "text"), SENT)
def test_what_is_reasoning(sent: str, reasoning: str, text: str) -> None:
    answer = streamed(sent)
    assert meaning(answer) == (reasoning, text)
    assert raw(answer) == sent


@pytest.mark.parametrize(("sent", "reasoning", "text"), SENT)
def test_no_single_cut_and_no_way_to_end_changes_it(sent: str, reasoning: str, text: str) -> None:
    assert meaning(streamed(*sent)) == (reasoning, text)
    for cut in range(1, len(sent)):
        assert meaning(streamed(sent[:cut], sent[cut:], end=events.Cancelled())) == (reasoning, text)


pieces = st.sampled_from(
    ["<think>", "</think>", "<thinking>", "</thinking>", "<", ">", "/", "`", "```\n", "\n", " ", "a", "thi", "nk"]
)


@often
@given(st.lists(pieces, max_size=9), st.data())
def test_any_cuts_mean_the_same_and_nothing_is_lost(parts: list[str], data: st.DataObject) -> None:
    sent = "".join(parts)
    cuts = sorted(data.draw(st.sets(st.integers(0, len(sent)))))
    bounds = [0, *cuts, len(sent)]
    answer = streamed(*(sent[a:b] for a, b in pairwise(bounds)))
    assert meaning(answer) == meaning(streamed(sent))
    assert raw(answer) == sent


@often
@given(st.lists(pieces, max_size=9), st.integers(0, 9))
def test_rows_of_a_journal_restore_it_at_any_time(parts: list[str], stop: int) -> None:
    answer = Answer("m", id="a")
    answer.meter.start(0.0)
    for piece in parts[:stop]:
        answer.apply(events.TextDelta(piece), 1.0)
    restored = restore("a", "m", 0.0, rows_of(answer))
    for one in (answer, restored):
        if not one.final:
            one.apply(events.Cancelled(), 2.0)
    assert raw(restored) == raw(answer)
    assert meaning(restored) == meaning(answer)


def test_a_view_is_told_that_text_turned_into_reasoning() -> None:
    answer = Answer("m")
    answer.apply(events.TextDelta("hm, so"), 1.0)
    assert (answer.text, answer.first.turned) == ("hm, so", 0)
    answer.apply(events.TextDelta("\n</think>\nHi"), 3.0)
    assert (answer.text, answer.reasoning, answer.first.turned) == ("Hi", "hm, so\n", 1)


def test_how_long_it_thought() -> None:
    answer = Answer("m")
    answer.apply(events.ReasoningDelta("hm"), 1.0)
    assert answer.reasoning_seconds(3.0) == 2.0
    answer.apply(events.TextDelta("Hi"), 5.0)
    assert answer.reasoning_seconds(9.0) == 4.0
    assert answer.reasoning_tokens == (0, False)
    answer.apply(events.UsageReported({"completion_tokens_details": {"reasoning_tokens": 7}}), 6.0)
    assert answer.reasoning_tokens == (7, True)


def test_what_comes_between_settles_what_was_held() -> None:
    answer = Answer("m")
    answer.apply(events.TextDelta("\n<thi"), 1.0)
    answer.apply(events.ToolCallDelta(0, "a", "f", "{}"), 2.0)
    assert [(part.kind, part.log.text) for part in answer.first.parts] == [("text", "\n<thi"), ("tool_call", "{}")]
