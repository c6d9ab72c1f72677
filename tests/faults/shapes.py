"""Shapes of a chunk: every vendor's way to write a delta, damaged events, and much of everything."""

# ruff: noqa: E501 - a row of the table is one line

from __future__ import annotations

import json
from typing import Any

from tests.faults.table import Row, cut, row
from tests.faults.wire import DONE, as_json, chunk, completion, event, plain, say, stop

END = stop() + DONE


def _shape(name: str, *chunks: Any, text: str = "", **expected: Any) -> Row:
    return row(name, plain(*map(event, chunks), END), text=text, reason="stop", **expected)


def _choice(**choice: Any) -> dict[str, Any]:
    return {"id": "x", "model": "m-1", "choices": [choice]}


def _call(index: int | None = None, id_: str | None = None, name: str | None = None, arguments: Any = None) -> dict[str, Any]:
    """A tool call's delta without the keys that are None."""
    function = {key: value for key, value in (("name", name), ("arguments", arguments)) if value is not None}
    call = {key: value for key, value in (("index", index), ("id", id_)) if value is not None}
    return {**call, "function": function}


def _calls(*deltas: Any) -> list[dict[str, Any]]:
    return [chunk({"tool_calls": delta if isinstance(delta, list) else [delta]}) for delta in deltas]


def _tools(name: str, *chunks: Any, calls: list[tuple[str | None, str | None, str]]) -> Row:
    return _shape(name, *chunks, check=lambda a: [(c.id, c.name, c.arguments.text) for c in a.tool_calls] == calls)


A = chunk({"content": "a"})
B = chunk({"content": "b"})
SHAPE_ROWS = [
    _shape("no choices", {"id": "x"}, A, text="a"),
    _shape("empty choices", {"id": "x", "choices": []}, A, text="a"),
    _shape("null choices", {"id": "x", "choices": None}, A, text="a"),
    _shape("a null choice", {"choices": [None]}, A, text="a"),
    _shape("choices as an object", {"choices": {"index": 0, "delta": {"content": "a"}}}, text="a"),
    _shape("choices by index", {"choices": {"0": {"delta": {"content": "a"}}}}, text="a"),
    _shape("choices that are a string", {"choices": "a"}, text="a"),
    _shape("a choice that is a string", {"choices": ["a"]}, text="a"),
    _shape("audio", chunk({"audio": {"data": "AAAA"}}), A, text="a", noted="audio"),
    _shape("images", chunk({"content": "", "images": [{"type": "image_url"}]}), chunk({"images": [{}]}), A, text="a", noted="images", check=lambda a: len(a.footnotes) == 1),
    _shape("Azure's first chunk", {"id": "", "model": "", "choices": [], "prompt_filter_results": [{}]}, A, text="a"),
    _shape("a null delta", _choice(index=0, delta=None), A, text="a"),
    _shape("no delta", _choice(index=0), A, text="a"),
    _shape("a delta that is a string", _choice(index=0, delta="a"), text="a"),
    _shape("null content", chunk({"content": None}), A, text="a"),
    _shape("content as a number", chunk({"content": 42}), text="42"),
    _shape("content as a fraction", chunk({"content": 1.5}), text="1.5"),
    _shape("content true", chunk({"content": True}), A, text="a"),
    _shape("content as parts", chunk({"content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]}), text="ab"),
    _shape("content as strings", chunk({"content": ["a", "b"]}), text="ab"),
    _shape("content as one part", chunk({"content": {"type": "text", "text": "a"}}), text="a"),
    _shape("content with thinking parts", chunk({"content": [{"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}, {"type": "text", "text": "a"}]}), text="a", reasoning="hm"),
    _shape("message in place of delta", _choice(index=0, message={"role": "assistant", "content": "a"}), text="a"),
    _shape("message and an empty delta", _choice(index=0, delta={}, message={"content": "a"}), text="a"),
    _shape("deltas, then the whole message", A, B, _choice(index=0, message={"content": "ab"}), text="ab"),
    _shape("legacy text", _choice(index=0, text="a"), _choice(index=0, text="b"), text="ab"),
    _shape("legacy text beside a delta", _choice(index=0, text="a", delta={"content": "a"}), text="a"),
    _shape("no index", _choice(delta={"content": "a"}), text="a"),
    _shape("a null index", _choice(index=None, delta={"content": "a"}), text="a"),
    _shape("an index that is a string", _choice(index="0", delta={"content": "a"}), text="a"),
    _shape("an extra role", chunk({"role": "assistant", "content": "a"}), chunk({"role": "assistant", "content": "b"}), text="ab"),
    _shape("two choices", A, chunk({"content": "x"}, index=1), B, chunk({"content": "y"}, "stop", index=1), text="ab", check=lambda a: a.choices[1].joined("text") == "xy"),
    _shape("two choices in one chunk", {"choices": [{"index": 0, "delta": {"content": "a"}}, {"index": 1, "delta": {"content": "x"}, "finish_reason": "stop"}]}, text="a", check=lambda a: a.choices[1].joined("text") == "x"),
    row("a surrogate pair in two deltas", plain(b'data: {"choices":[{"index":0,"delta":{"content":"\\ud83d"}}]}\n\n', b'data: {"choices":[{"index":0,"delta":{"content":"\\ude80"}}]}\n\n', END), text="🚀", reason="stop"),
    row("a lone surrogate", plain(b'data: {"choices":[{"index":0,"delta":{"content":"a\\ud83d"}}]}\n\n', END), text="a\ud83d", reason="stop"),
    _shape("only reasoning", chunk({"reasoning_content": "hm"}), reasoning="hm"),
    _shape("reasoning", chunk({"reasoning": "hm"}), A, text="a", reasoning="hm"),
    _shape("reasoning under two names", chunk({"reasoning": "hm", "reasoning_content": "hm"}), A, text="a", reasoning="hm"),
    _shape("reasoning and its details", chunk({"reasoning": "hm", "reasoning_details": [{"type": "reasoning.text", "text": "hm"}]}), A, text="a", reasoning="hm"),
    _shape("reasoning details alone", chunk({"reasoning_details": [{"type": "reasoning.text", "text": "hm"}]}), A, text="a", reasoning="hm"),
    _shape("null reasoning beside content", chunk({"content": "a", "reasoning_content": None, "tool_calls": None}), text="a"),
    row("nothing", plain(END), reason="stop"),
    _shape("an answer of white space", chunk({"content": "\n \n"}), text="\n \n"),
    _shape("a model and an id", A, text="a", check=lambda a: (a.model, a.response_id) == ("m-1", "chatcmpl-1")),
    _shape("no model, no id", {"choices": [{"index": 0, "delta": {"content": "a"}}]}, text="a"),
    _shape("odd model and id", {"model": 7, "id": None, "choices": [{"index": 0, "delta": {"content": "a"}}]}, text="a"),
]  # fmt: skip

USAGE = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}
_NO_USAGE: list[Any] = [None, [], "none", 7, True, {}]
USAGE_ROWS = [
    _shape("usage at the end", A, {"choices": [], "usage": USAGE}, text="a", check=lambda a: a.usage == USAGE),
    _shape("usage on every chunk", {**A, "usage": {**USAGE, "completion_tokens": 1}}, {**B, "usage": USAGE}, text="ab", check=lambda a: a.usage == USAGE),
    _shape("usage without choices", A, {"usage": USAGE}, text="a", check=lambda a: a.usage == USAGE),
    _shape("usage in a choice", A, _choice(index=0, delta={}, usage=USAGE), text="a", check=lambda a: a.usage == USAGE),
    _shape("Groq's usage", A, {"choices": [], "x_groq": {"usage": USAGE}}, text="a", check=lambda a: a.usage == USAGE),
    *(
        _shape(f"usage that is {value!r}", {**A, "usage": value}, text="a", check=lambda a: a.usage is None)
        for value in _NO_USAGE
    ),
    _shape("usage of odd values", {**A, "usage": {"completion_tokens": "many", "prompt_tokens": -1}}, text="a", check=lambda a: a.usage_count("completion_tokens") is None),
]  # fmt: skip

TOOL_ROWS = [
    _tools("a tool call", *_calls(_call(0, "c1", "f", ""), _call(0, None, None, '{"x"'), _call(0, None, None, ":1}")), calls=[("c1", "f", '{"x":1}')]),
    _tools("two tool calls", *_calls(_call(0, "c1", "f", "{}"), _call(1, "c2", "g", "{}")), calls=[("c1", "f", "{}"), ("c2", "g", "{}")]),
    _tools("interleaved tool calls", *_calls(_call(0, "c1", "f", "{"), _call(1, "c2", "g", "["), _call(0, None, None, "}"), _call(1, None, None, "]")), calls=[("c1", "f", "{}"), ("c2", "g", "[]")]),
    _tools("tool calls without an index", *_calls(_call(None, "c1", "f", "{}"), _call(None, "c2", "g", "{}")), calls=[("c1", "f", "{}"), ("c2", "g", "{}")]),
    _tools("a tool call without an index, in pieces", *_calls(_call(None, "c1", "f", "{"), _call(None, None, None, "}")), calls=[("c1", "f", "{}")]),
    _tools("tool calls with a null index", *_calls([{**_call(None, "c1", "f", "{}"), "index": None}, {**_call(None, "c2", "g", "{}"), "index": None}]), calls=[("c1", "f", "{}"), ("c2", "g", "{}")]),
    _tools("tool calls without index and id", *_calls(_call(None, None, "f", "{}"), _call(None, None, "f", "{}")), calls=[(None, "f", "{}"), (None, "f", "{}")]),
    _tools("a name that comes late", *_calls(_call(0, "c1"), _call(0, None, "f", "{}")), calls=[("c1", "f", "{}")]),
    _tools("a name that is repeated", *_calls(_call(0, "c1", "f", "{"), _call(0, "c1", "f", "}")), calls=[("c1", "f", "{}")]),
    _tools("arguments as an object", *_calls(_call(0, "c1", "f", {"x": "é"})), calls=[("c1", "f", '{"x": "é"}')]),
    _tools("null arguments", chunk({"tool_calls": [{"index": 0, "id": "c1", "function": {"name": "f", "arguments": None}}]}), calls=[("c1", "f", "")]),
    _tools("one index, another id", *_calls(_call(0, "c1", "f", "{}"), _call(0, "c2", "g", "{"), _call(0, None, None, "}")), calls=[("c1", "f", "{}"), ("c2", "g", "{}")]),
    _tools("an empty id in the next piece", *_calls(_call(0, "c1", "f", "{"), _call(0, "", "", "}")), calls=[("c1", "f", "{}")]),
    _tools("a legacy function call", chunk({"function_call": {"name": "f", "arguments": "{"}}), chunk({"function_call": {"arguments": "}"}}), calls=[(None, "f", "{}")]),
    _tools("tool_calls as an object", chunk({"tool_calls": _call(0, "c1", "f", "{}")}), calls=[("c1", "f", "{}")]),
    _tools("a flat tool call", *_calls({"index": 0, "id": "c1", "name": "f", "arguments": "{}"}), calls=[("c1", "f", "{}")]),
    _tools("rubbish among tool calls", *_calls([None, 7, "x", _call(0, "c1", "f", "{}")]), calls=[("c1", "f", "{}")]),
    _tools("a whole message with two calls", _choice(index=0, message={"tool_calls": [_call(None, "c1", "f", "{}"), _call(None, "c2", "f", "{}")]}), calls=[("c1", "f", "{}"), ("c2", "f", "{}")]),
    row("a tool call cut", plain(*map(event, _calls(_call(0, "c1", "f", "{")))), state="interrupted", kind="closed"),
]  # fmt: skip

_DEEP = b'data: {"choices": ' + b"[" * 10_000 + b"]" * 10_000 + b"}\n\n"
_DAMAGE: dict[str, bytes] = {
    "no JSON": b"data: {broken\n\n",
    "a JSON list": b"data: [1, 2]\n\n",
    "a JSON number": b"data: 12\n\n",
    "null": b"data: null\n\n",
    "nested too deep": _DEEP,
    "an object and rubbish": b'data: {"id": "x"} }}\n\n',
}
DAMAGE_ROWS = [
    *(
        row(f"an event damaged: {name}", plain(say("a"), damage, say("b"), END), text="ab", reason="stop", noted="damaged")
        for name, damage in _DAMAGE.items()
    ),
    *(cut(f"an event damaged: {name}, then cut", plain(say("a"), damage), "a") for name, damage in _DAMAGE.items()),
    *(cut(f"nothing but damage: {name}", plain(damage * 3), kind="protocol") for name, damage in _DAMAGE.items() if name != "an object and rubbish"),
    *(cut(f"nothing but damage and an end mark: {name}", plain(damage, DONE), kind="protocol") for name, damage in _DAMAGE.items() if name != "an object and rubbish"),
    row("NaN", plain(say("a", logprobs=float("nan")), END), text="a", reason="stop", noted=None),
    row("an integer of 5,000 digits", plain(say("a").replace(b'"created": 1', b'"created": ' + b"1" * 5000), END), text="a", reason="stop"),
    row("content nested deep beside text", plain(say("a"), event(chunk({"content": json.loads("[" * 50 + '"b"' + "]" * 50)})), END), text="ab", reason="stop"),
]  # fmt: skip

_HUGE = "x" * 8_000_000
VOLUME_ROWS = [
    row("one delta of 8 MB", plain(say(_HUGE), END), text=_HUGE, reason="stop", noted=None),
    row("20,000 deltas", plain(say("ab ") * 20_000, END), text="ab " * 20_000, reason="stop", noted=None),
    row("20,000 empty deltas", plain(say("") * 20_000, say("a"), END), text="a", reason="stop", noted=None),
    row("20,000 damaged events", plain(b"data: {\n\n" * 20_000, say("a"), END), text="a", reason="stop", check=lambda a: len(a.footnotes) == 1),
    row("100,000 lines of noise", plain(say("a"), b"x\n" * 100_000, END), text="a", reason="stop", check=lambda a: len(a.footnotes) == 1),
    row("an event over the limit", plain(say("a"), b"data: " + b"x" * (33 * 2**20) + b"\n\n", say("b"), END), text="ab", reason="stop", noted="32 MiB"),
    row("a comment over the limit", plain(say("a"), b":" + b"x" * (33 * 2**20) + b"\n\n", say("b"), END), text="ab", reason="stop", noted=None),
    row("usage on 5,000 chunks", plain(*(say("a", usage={"completion_tokens": n + 1}) for n in range(5000)), END), text="a" * 5000, reason="stop"),
    row("a JSON body of 4 MB", as_json(completion({"content": "y" * 4_000_000})), text="y" * 4_000_000, reason="stop"),
]  # fmt: skip

ROWS = [*SHAPE_ROWS, *USAGE_ROWS, *TOOL_ROWS, *DAMAGE_ROWS, *VOLUME_ROWS]
