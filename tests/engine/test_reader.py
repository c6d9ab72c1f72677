"""The reader's promises, whatever the bytes and wherever they are cut; and an oracle: the SDK's own accumulation."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openai.lib.streaming.chat import ChatCompletionStreamState
from openai.types.chat import ChatCompletionChunk

from tests.engine.strategies import cut_bodies, cuts, framed, good_chunks, often
from tests.faults.wire import DONE, chunk, event, say, stop
from tui.engine.answer import Answer
from tui.engine.events import Event, Failed, Finished, TextDelta
from tui.engine.failure import Call, Failure
from tui.engine.reader import StreamReader
from tui.engine.request import Request
from tui.engine.text_log import join_surrogates

TERMINAL = (Finished, Failed)


def _read(pieces: list[bytes], error: Exception | None = None) -> list[Event]:
    reader = StreamReader()
    events = [event for piece in pieces for event in reader.feed(piece)]
    return events + (reader.end() if error is None else reader.broke(error))


def _answer(events: list[Event]) -> Answer:
    answer = Answer("m")
    for one in events:
        answer.apply(one, 1.0)
    return answer


def _sum(events: list[Event]) -> Any:
    """All that an answer holds, as far as it must not depend on the cut."""
    answer = _answer(events)
    # what follows the end mark is seen only if it comes along with it
    notes = sorted(note for note in answer.footnotes if "after its end mark" not in note)
    calls = [(call.index, call.id, call.name, call.arguments.text) for call in answer.tool_calls]
    choices = {index: (one.joined("text"), one.joined("reasoning"), one.reason) for index, one in answer.choices.items()}
    return (
        answer.state,
        choices,
        answer.refusal,
        calls,
        repr(answer.usage),
        answer.failure,
        answer.model,
        notes,
    )


@often
@given(cut_bodies(), st.sampled_from([None, OSError("gone")]))
def test_any_bytes_make_exactly_one_terminal_event_the_last(data: tuple[bytes, list[bytes]], error: Exception | None) -> None:
    events = _read(data[1], error)

    assert [isinstance(event, TERMINAL) for event in events].count(True) == 1
    assert isinstance(events[-1], TERMINAL)


@often
@given(cut_bodies(), st.sampled_from([None, OSError("gone")]))
def test_no_cut_changes_what_is_read(data: tuple[bytes, list[bytes]], error: Exception | None) -> None:
    whole, pieces = data

    assert _sum(_read(pieces, error)) == _sum(_read([whole], error))


@often
@given(cut_bodies())
def test_nothing_follows_the_end(data: tuple[bytes, list[bytes]]) -> None:
    reader = StreamReader()
    for piece in data[1]:
        reader.feed(piece)
    reader.end()

    assert reader.done
    assert reader.feed(say("more") + DONE) + reader.end() + reader.broke(OSError()) == []
    assert reader.give_up(Failure("stalled", "x")) == []


@often
@given(st.data())
def test_a_good_stream_adds_up_to_what_the_sdk_makes_of_it(data: st.DataObject) -> None:
    chunks = data.draw(good_chunks())
    pieces = data.draw(cuts(data.draw(framed(chunks))))
    oracle = ChatCompletionStreamState()
    for one in chunks:
        oracle.handle_chunk(ChatCompletionChunk.model_validate(one))
    message = oracle.current_completion_snapshot.choices[0].message

    answer = _answer(_read(pieces))

    assert answer.text == (message.content or "")
    assert answer.refusal == (message.refusal or "")
    calls = [
        (call.id, call.function.name, call.function.arguments) for call in message.tool_calls or [] if call.type == "function"
    ]
    assert [(call.id, call.name, call.arguments.text) for call in answer.tool_calls] == calls
    assert answer.finish_reason == oracle.current_completion_snapshot.choices[0].finish_reason
    assert answer.failure is None
    assert answer.footnotes == []


@often
@given(st.lists(st.text(alphabet=st.characters(), max_size=4), max_size=10))
def test_the_text_is_what_was_sent(texts: list[str]) -> None:
    escaped = [b"data: " + json.dumps(chunk({"content": text})).encode() + b"\n\n" for text in texts]
    answer = _answer(_read([*escaped, stop(), DONE]))

    assert answer.text == join_surrogates("".join(texts))
    assert answer.state == "complete"


def test_a_burst_is_one_event() -> None:
    reader = StreamReader()
    reader.feed(say(""))

    assert reader.feed(say("a") * 1000) == [TextDelta("a" * 1000)]
    assert (reader.contents, reader.characters) == (1000, 1000)


def test_one_byte_at_a_time_is_read_in_linear_time() -> None:
    body = say("x" * 300_000) + stop() + DONE
    reader = StreamReader()
    events = [event for place in range(len(body)) for event in reader.feed(body[place : place + 1])]

    assert isinstance(events[-1], Finished)
    assert _answer(events).text == "x" * 300_000


def test_a_key_that_the_server_echoes_is_not_told() -> None:
    call = Call(Request("m", []), "http://h/v1", "sk-secret-1")
    for body in (
        event({"error": {"message": "bad sk-secret-1"}}),
        say("a") + b"noise sk-secret-1\n",
        b"<title>sk-secret-1</title>",
    ):
        reader = StreamReader(call)
        assert "sk-secret-1" not in repr(reader.feed(body) + reader.end())
    assert "sk-secret-1" not in repr(call)


@pytest.mark.parametrize("ended", [True, False])
def test_giving_up_after_the_reason_is_no_failure(ended: bool) -> None:
    reader = StreamReader()
    reader.feed(say("a") + (stop() if ended else b""))

    last = reader.give_up(Failure("stalled", "silent"))[-1]

    assert isinstance(last, Finished if ended else Failed)


def test_status_and_request_id_are_told() -> None:
    reader = StreamReader(status=200, request_id="req_1")
    last = reader.feed(event({"error": "x"}))[-1]

    assert isinstance(last, Failed)
    assert (last.failure.status, last.failure.request_id) == (200, "req_1")


def test_a_late_error_on_and_on_is_told_a_few_times() -> None:
    answer = _answer(_read([say("a"), stop(), event({"error": "late"}) * 1000]))

    assert (answer.state, len(answer.footnotes)) == ("complete", 5)


def test_a_chunk_may_hold_nothing_that_is_known() -> None:
    answer = _answer(
        _read([event({"type": "ping"}), event({"id": "x", "object": "chat.completion.chunk"}), event(chunk()), DONE])
    )

    assert answer.state == "complete"


def test_an_answer_without_end_is_refused_at_some_length(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.engine.reader.MOST", 100)
    stream = StreamReader()
    events = [event for _ in range(20) for event in stream.feed(say("ten chars "))]

    assert stream.done
    assert sum(len(event.text) for event in events if isinstance(event, TextDelta)) == 110
    assert isinstance(events[-1], Failed)
    assert "more was refused" in events[-1].failure.title
