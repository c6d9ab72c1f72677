"""Reasoning under all the names that servers have for it: read once, kept with its name, sent back only where it is wanted."""

from __future__ import annotations

from typing import Any

import pytest

from tests.faults.wire import chunk
from tui.engine import events
from tui.engine.answer import Answer
from tui.engine.conversation import Conversation
from tui.engine.decode import Decoder
from tui.storage.codec import decode, encode
from tui.storage.replay import restore, rows_of

TEXT = {"type": "reasoning.text", "text": "hm"}
SHAPES: list[tuple[list[dict[str, Any]], str, str]] = [
    ([{"reasoning_content": "h"}, {"reasoning_content": "m"}], "hm", "reasoning_content"),
    ([{"reasoning": "hm"}], "hm", "reasoning"),
    ([{"thinking": "hm"}], "hm", "thinking"),
    ([{"reasoning": "hm", "reasoning_content": "hm"}], "hm", "reasoning_content"),
    ([{"reasoning": "hm", "reasoning_details": [TEXT]}], "hm", "reasoning"),
    ([{"reasoning": None, "reasoning_details": [TEXT]}], "hm", "reasoning_details"),
    ([{"reasoning_details": [{"type": "reasoning.summary", "summary": "hm"}]}], "hm", "reasoning_details"),
    ([{"reasoning": "h"}, {"reasoning": "m"}, {"reasoning_details": [TEXT]}], "hm", "reasoning"),
    ([{"reasoning": "hm"}, {"reasoning_details": [{"type": "reasoning.encrypted", "data": "c2VjcmV0"}]}], "hm", "reasoning"),
    (
        [{"reasoning": "hm"}, {"reasoning_details": [{"type": "reasoning.text", "text": None, "signature": "s"}]}],
        "hm",
        "reasoning",
    ),
    ([{"content": [{"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}]}], "hm", "content"),
]


def folded(deltas: list[dict[str, Any]]) -> Answer:
    decoder, answer = Decoder(), Answer("m", id="a")
    for delta in [*deltas, {"content": "Hi"}]:
        decoder.chunk(chunk(delta))
    decoder.close(events.Finished())
    for event in decoder.take():
        answer.apply(event, 1.0)
    return answer


@pytest.mark.parametrize(("deltas", "thought", "key"), SHAPES)
def test_reasoning_is_read_once_and_never_mixed_into_the_text(deltas: list[dict[str, Any]], thought: str, key: str) -> None:
    answer = folded(deltas)
    assert (answer.reasoning, answer.text) == (thought, "Hi")
    assert [part.key for part in answer.first.parts if part.kind == "reasoning"] == [key]


@pytest.mark.parametrize(("deltas", "thought", "key"), SHAPES)
def test_a_journal_keeps_the_name(deltas: list[dict[str, Any]], thought: str, key: str) -> None:
    restored = restore("a", "m", 0.0, rows_of(folded(deltas)))
    assert [(part.key, part.log.text) for part in restored.first.parts] == [(key, thought), ("", "Hi")]


def test_any_name_is_a_row() -> None:
    event = events.ReasoningDelta("hm", 3, "some other key")
    assert decode(encode(event, 0.0, 0.0)) == event


SENT = {"reasoning_details": "reasoning", "content": "reasoning_content"}


@pytest.mark.parametrize(("deltas", "thought", "key"), SHAPES)
def test_it_is_sent_back_only_where_it_is_wanted(deltas: list[dict[str, Any]], thought: str, key: str) -> None:
    talk = Conversation(model="m")
    turn, _ = talk.ask("one")
    turn.reply.answers[0] = folded(deltas)
    _, answer = talk.ask("two")
    assert talk.request(answer).messages[1] == {"role": "assistant", "content": "Hi"}
    sent = talk.request(answer, send_reasoning=True).messages[1]
    assert sent == {"role": "assistant", "content": "Hi", SENT.get(key, key): thought}


def test_thinking_between_tags_goes_back_between_them() -> None:
    talk = Conversation(model="m")
    _, first = talk.ask("one")
    first.apply(events.TextDelta("<think>\nhm\n</think>\n\nHi"), 0.0)
    first.apply(events.Finished(), 0.0)
    _, answer = talk.ask("two")
    assert talk.request(answer).messages[1]["content"] == "Hi"
    assert talk.request(answer, send_reasoning=True).messages[1]["content"] == "<think>\nhm\n</think>\n\nHi"
