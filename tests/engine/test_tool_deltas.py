"""Tool calls in every shape in which servers send them, and well-formed ones in any cuts, against the SDK's own folding."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.strategies import often
from tests.faults.wire import chunk
from tui.engine import events
from tui.engine.answer import Answer
from tui.engine.decode import Decoder
from tui.engine.text_log import TextLog
from tui.engine.tool_deltas import ToolDeltas

Call = tuple[str | None, str | None, str]


def fold(*chunks: dict[str, Any]) -> Answer:
    """The answer that chunks make."""
    decoder, answer = Decoder(), Answer("m")
    for one in chunks:
        decoder.chunk(one)
    decoder.close(events.Finished())
    for event in decoder.take():
        answer.apply(event, 0.0)
    return answer


def calls_of(*chunks: dict[str, Any]) -> list[Call]:
    """(id, name, arguments) of each call, in the order of the stream."""
    return [(call.id, call.name, call.arguments.text) for call in fold(*chunks).tool_calls]


def one(**keys: Any) -> dict[str, Any]:
    """A delta of one call: index and id beside, name and arguments inside of its function; what is not given is not there."""
    function = {key: keys.pop(key) for key in ("name", "arguments") if key in keys}
    return {**keys, "function": function} if function else keys


F, G = (("1", "f", '{"x":1}'), ("2", "g", '{"y":2}'))

#: (what, the `tool_calls` of each delta, the calls)
SHAPES: list[tuple[str, list[Any], list[Call]]] = [
    (
        "as OpenAI sends it",
        [[one(index=0, id="1", name="f", arguments="")], [one(index=0, arguments='{"x"')], [one(index=0, arguments=":1}")]],
        [F],
    ),
    (
        "interleaved",
        [
            [one(index=0, id="1", name="f", arguments="")],
            [one(index=1, id="2", name="g", arguments='{"y"')],
            [one(index=0, arguments='{"x":')],
            [one(index=1, arguments=":2}"), one(index=0, arguments="1}")],
        ],
        [F, G],
    ),
    (
        "no index, in pieces",
        [[one(id="1", name="f", arguments='{"x"')], [one(arguments=":1}")], [one(id="2", name="g", arguments='{"y":2}')]],
        [F, G],
    ),
    (
        "a null index",
        [[one(index=None, id="1", name="f", arguments='{"x":1}')], [one(index=None, id="2", name="g", arguments='{"y":2}')]],
        [F, G],
    ),
    (
        "no index and no id",
        [[one(name="f", arguments='{"x":1}')], [one(name="g", arguments='{"y":'), one(arguments="2}")]],
        [(None, *F[1:]), (None, *G[1:])],
    ),
    (
        "one index, two ids",
        [[one(index=0, id="1", name="f", arguments='{"x":1}')], [one(index=0, id="2", name="g", arguments='{"y":2}')]],
        [F, G],
    ),
    (
        "one index, two ids, in one delta",
        [[one(index=0, id="1", name="f", arguments='{"x":1}'), one(index=0, id="2", name="g", arguments='{"y":2}')]],
        [F, G],
    ),
    (
        "one index, no ids",
        [[one(index=0, name="f", arguments='{"x":1}')], [one(index=0, name="g", arguments='{"y":2}')]],
        [(None, *F[1:]), (None, *G[1:])],
    ),
    (
        "one index, empty ids, one tool twice",
        [[one(index=0, id="", name="f", arguments='{"x":1}')], [one(index=0, id="", name="f", arguments='{"x":2}')]],
        [(None, "f", '{"x":1}'), (None, "f", '{"x":2}')],
    ),
    (
        "one index, no ids, no arguments, in one delta",
        [[one(index=0, name="f", arguments=""), one(index=0, name="g", arguments="")]],
        [(None, "f", ""), (None, "g", "")],
    ),
    (
        "indexes from 1 on",
        [[one(index=1, id="1", name="f", arguments='{"x":1}')], [one(index=2, id="2", name="g", arguments='{"y":2}')]],
        [F, G],
    ),
    ("an index in words", [[one(index="0", id="1", name="f", arguments='{"x"')], [one(index="0", arguments=":1}")]], [F]),
    (
        "an index inside, as Ollama has it",
        [
            [
                {"function": {"index": 0, "name": "f", "arguments": {"x": 1}}},
                {"function": {"index": 1, "name": "g", "arguments": {}}},
            ]
        ],
        [(None, "f", '{"x": 1}'), (None, "g", "{}")],
    ),
    (
        "objects, as Ollama had it",
        [[{"function": {"name": "f", "arguments": {"x": 1}}}], [{"function": {"name": "f", "arguments": {"x": 1}}}]],
        [(None, "f", '{"x": 1}')] * 2,
    ),
    ("an empty object", [[one(index=0, id="1", name="f", arguments={})]], [("1", "f", "{}")]),
    ("empty arguments", [[one(index=0, id="1", name="f", arguments="")]], [("1", "f", "")]),
    ("null arguments", [[one(index=0, id="1", name="f", arguments=None)], [one(index=0, arguments=None)]], [("1", "f", "")]),
    ("no arguments at all", [[one(index=0, id="1", name="f")]], [("1", "f", "")]),
    ("a late name", [[one(index=0, id="1")], [one(index=0, arguments='{"x":1}')], [one(index=0, name="f")]], [F]),
    ("a late name without an index", [[one(id="1", arguments='{"x":1}')], [one(name="f")]], [F]),
    (
        "id and name with each piece",
        [
            [one(index=0, id="1", name="f", arguments='{"x"')],
            [one(index=0, id="1", name="f", arguments=":1}")],
            [one(index=0, id="1", name="f", arguments="")],
        ],
        [F],
    ),
    (
        "id and name with each piece, no index",
        [[one(id="1", name="f", arguments='{"x"')], [one(id="1", name="f", arguments=":1}")]],
        [F],
    ),
    (
        "a name with each piece, no id",
        [
            [one(index=0, name="f", arguments='{"x"')],
            [one(index=0, name="f", arguments=":1}")],
            [one(index=0, name="f", arguments="")],
        ],
        [(None, *F[1:])],
    ),
    (
        "another id with each piece",
        [
            [one(index=0, id="1", name="f", arguments='{"x"')],
            [one(index=0, id="9", arguments=":1")],
            [one(index=0, id="8", arguments="}")],
        ],
        [("8", *F[1:])],
    ),
    (
        "empty words in later pieces",
        [[one(index=0, id="1", name="f", arguments="")], [one(index=0, id="", name="", arguments='{"x":1}')]],
        [F],
    ),
    (
        "null words in later pieces",
        [[one(index=0, id="1", name="f", arguments="")], [one(index=0, id=None, name=None, arguments='{"x":1}')]],
        [F],
    ),
    (
        "a name in pieces",
        [[one(index=0, id="1", name="get_")], [one(index=0, name="weather")], [one(index=0, arguments="{}")]],
        [("1", "get_weather", "{}")],
    ),
    (
        "a name that grows",
        [[one(index=0, id="1", name="get_")], [one(index=0, name="get_weather", arguments="{}")]],
        [("1", "get_weather", "{}")],
    ),
    (
        "a custom tool",
        [
            [{"index": 0, "id": "1", "type": "custom", "custom": {"name": "f", "input": "any "}}],
            [{"index": 0, "custom": {"input": "text"}}],
        ],
        [("1", "f", "any text")],
    ),
    ("flat, without a function", [[{"index": 0, "id": "1", "name": "f", "arguments": '{"x":1}'}]], [F]),
    ("one call alone, in no list", [one(index=0, id="1", name="f", arguments='{"x":1}')], [F]),
    (
        "as Gemini's endpoint sends it",
        [
            [{"index": 0, "id": "function-call-1", "type": "function", "function": {"name": "f", "arguments": '{"x":1}'}}],
            [{"index": 0, "id": "function-call-2", "type": "function", "function": {"name": "f", "arguments": '{"x":1}'}}],
        ],
        [("function-call-1", "f", '{"x":1}'), ("function-call-2", "f", '{"x":1}')],
    ),
    (
        "as Anthropic's endpoint sends it",
        [
            [one(index=0, id="toolu_1", type="function", name="f", arguments="")],
            [one(index=0, id="toolu_1", name="f", arguments='{"x"')],
            [one(index=0, id="toolu_1", name="f", arguments=":1}")],
        ],
        [("toolu_1", "f", '{"x":1}')],
    ),
    ("rubbish in between", [[None, 7, "x", [], {}], "text", 5, [one(index=0, id="1", name="f", arguments='{"x":1}')]], [F]),
]


@pytest.mark.parametrize(("deltas", "calls"), [pytest.param(*row[1:], id=row[0]) for row in SHAPES])
@pytest.mark.parametrize("reason", ["tool_calls", "stop", None])
def test_every_shape_comes_out_right(deltas: list[Any], calls: list[Call], reason: str | None) -> None:
    chunks = [chunk({"tool_calls": delta}) for delta in deltas]
    assert calls_of(*chunks, chunk({}, reason)) == calls


@pytest.mark.parametrize(("deltas", "calls"), [pytest.param(*row[1:], id=row[0]) for row in SHAPES])
def test_calls_stand_between_the_pieces_of_text(deltas: list[Any], calls: list[Call]) -> None:
    answer = fold(chunk({"content": "a"}), *[chunk({"tool_calls": delta}) for delta in deltas], chunk({"content": "b"}))
    assert [part.kind for part in answer.first.parts] == ["text", *["tool_call"] * len(calls), "text"]


def test_the_legacy_function_call() -> None:
    deltas: list[dict[str, Any]] = [{"name": "f", "arguments": ""}, {"arguments": '{"x"'}, {"name": None, "arguments": ":1}"}]
    chunks = [chunk({"role": "assistant", "content": None, "function_call": delta}) for delta in deltas]
    assert calls_of(*chunks, chunk({}, "function_call")) == [(None, "f", '{"x":1}')]


@pytest.mark.parametrize("text", ["", "hi"])
def test_a_whole_message_at_the_end_says_nothing_twice(text: str) -> None:
    call = one(index=0, id="1", name="f", arguments='{"x":1}')
    message = {"role": "assistant", "content": text, "tool_calls": [call]}
    whole = {"choices": [{"index": 0, "message": message, "finish_reason": "tool_calls"}]}
    answer = fold(chunk({"content": text}), chunk({"tool_calls": [call]}), whole)
    assert [(found.id, found.arguments.text) for found in answer.tool_calls] == [("1", '{"x":1}')]
    assert answer.text == text


def test_calls_that_only_the_whole_message_has_are_taken() -> None:
    message = {"content": "hi", "tool_calls": [one(id="1", name="f", arguments='{"x":1}')]}
    assert calls_of(chunk({"content": "hi"}), {"choices": [{"index": 0, "message": message}]}) == [F]


names = st.sampled_from(["f", "get_weather", "f"])
arguments = st.dictionaries(st.sampled_from(["x", "long name", "é"]), st.one_of(st.integers(), st.text(max_size=5)), max_size=3)


@st.composite
def well_formed(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Chunks as OpenAI sends them: some calls, their arguments cut anywhere, interleaved."""
    queues: list[list[dict[str, Any]]] = []
    for index in range(draw(st.integers(1, 3))):
        text = json.dumps(draw(arguments), ensure_ascii=draw(st.booleans()))
        cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=5)))
        pieces = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
        head = {"index": index, "id": f"call_{index}", "type": "function", "function": {"name": draw(names), "arguments": ""}}
        queues.append([head, *({"index": index, "function": {"arguments": piece}} for piece in pieces)])
    deltas = []
    begun = 0  # calls begin in the order of their indexes
    while any(queues):
        queue = draw(st.sampled_from([queue for queue in queues[: begun + 1] if queue]))
        begun += "id" in queue[0]
        deltas.append({"tool_calls": [queue.pop(0)]})
    return [chunk({"role": "assistant", "content": None}), *map(chunk, deltas), chunk({}, "tool_calls")]


@often
@given(well_formed())
def test_well_formed_calls_are_what_the_sdk_makes_of_them(chunks: list[dict[str, Any]]) -> None:
    from openai.lib.streaming.chat import ChatCompletionStreamState
    from openai.types.chat import ChatCompletionChunk

    state = ChatCompletionStreamState()
    for each in chunks:
        state.handle_chunk(ChatCompletionChunk.model_validate(each))
    message = state.get_final_completion().choices[0].message
    theirs = [(call.id, call.function.name, call.function.arguments) for call in message.tool_calls or []]
    assert sorted(calls_of(*chunks), key=str) == sorted(theirs, key=str)


def test_arguments_in_many_pieces_are_not_copied_with_each(monkeypatch: pytest.MonkeyPatch) -> None:
    copied: list[int] = []
    fold = TextLog._fold

    def counted(self: TextLog) -> None:
        copied.append(sum(map(len, self._pieces)))
        fold(self)

    monkeypatch.setattr(TextLog, "_fold", counted)
    deltas = ToolDeltas(0)
    pieces = ["x, "] * 20_000
    for piece in pieces:
        list(deltas.read([{"index": 0, "function": {"name": None, "arguments": piece}}]))
    assert deltas.holds([{"function": {"arguments": "".join(pieces)}}])
    assert sum(copied) <= 2 * len("".join(pieces))
