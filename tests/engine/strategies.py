"""Hypothesis strategies: bytes cut anywhere, streams that are nearly right, and streams that are right."""

from __future__ import annotations

import json
import os
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

from tests.faults.wire import DONE, chunk, event

_EXAMPLES = os.environ.get("STREAMTUI_EXAMPLES")  # set by the fuzz command
#: The suite tries the same few hundred examples each time; the fuzz command others each time.
often = settings(max_examples=int(_EXAMPLES or 200), deadline=None, derandomize=_EXAMPLES is None)

#: What hostile or broken streams are made of.
_SHARDS = [
    b"data: ", b"data:", b"data", b"event: error\n", b"id: 1\n", b"retry: 5\n", b": hi\n", b"\n", b"\r", b"\r\n", b"\n\n",
    b"[DONE]", DONE, b"{", b"}", b"[", b"]", b'"', b"null", b"\xef\xbb\xbf", b"\xff", b"\xe2\x82", b"\x00", b"error: ",
    b'{"error": "x"}', b'{"choices": []}', b'{"choices": [{"delta": {"content": "a"}}]}', b"<html><title>x</title>",
    b'{"choices": [{"finish_reason": "stop"}]}', b'{"message": {"content": "a"}, "done": true}', b"\\ud83d", b"1e999", b"NaN",
]  # fmt: skip
shards = st.lists(st.sampled_from(_SHARDS) | st.binary(max_size=8), max_size=30).map(b"".join)

_keys = st.sampled_from(
    ["choices", "delta", "message", "content", "text", "index", "finish_reason", "error", "tool_calls", "function_call",
     "function", "name", "id", "arguments", "usage", "model", "reasoning", "reasoning_details", "refusal", "type", "detail",
     "done"]
)  # fmt: skip
some_json: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["stop", "error", "length"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_keys, inner, max_size=4),
    max_leaves=20,
)
odd_events = st.lists(st.dictionaries(_keys, some_json, max_size=5), max_size=6).map(lambda found: b"".join(map(event, found)))

bodies = st.one_of(st.binary(max_size=200), shards, odd_events, st.tuples(odd_events, shards).map(b"".join))


@st.composite
def cuts(draw: st.DrawFn, data: bytes) -> list[bytes]:
    """`data` in pieces, some of them empty."""
    places = sorted(draw(st.lists(st.integers(0, len(data)), max_size=12)))
    return [data[start:end] for start, end in zip([0, *places], [*places, len(data)], strict=True)]


@st.composite
def cut_bodies(draw: st.DrawFn) -> tuple[bytes, list[bytes]]:
    """A body of any kind, and the same body in pieces."""
    body = draw(bodies)
    return body, draw(cuts(body))


@st.composite
def good_chunks(draw: st.DrawFn) -> list[dict[str, Any]]:
    """The chunks of a well-formed answer."""
    chunks = [chunk({"role": "assistant", "content": ""})]
    chunks += [chunk({"content": text}) for text in draw(st.lists(st.text(max_size=6), max_size=8))]
    chunks += [chunk({"refusal": text}) for text in draw(st.lists(st.text(min_size=1, max_size=6), max_size=2))]
    for index in range(draw(st.integers(0, 2))):
        name, arguments = draw(st.sampled_from(["f", "g"])), draw(st.lists(st.text(max_size=6), max_size=3))
        call = {"index": index, "id": f"c{index}", "type": "function", "function": {"name": name, "arguments": ""}}
        chunks.append(chunk({"tool_calls": [call]}))
        chunks += [chunk({"tool_calls": [{"index": index, "function": {"arguments": piece}}]}) for piece in arguments]
    chunks.append(chunk({}, draw(st.sampled_from(["stop", "length", "tool_calls", "content_filter"]))))
    if draw(st.booleans()):
        usage = {"prompt_tokens": 1, "completion_tokens": draw(st.integers(0, 9)), "total_tokens": 10}
        chunks.append({**chunk(), "choices": [], "usage": usage})
    return chunks


@st.composite
def framed(draw: st.DrawFn, chunks: list[dict[str, Any]]) -> bytes:
    """Chunks as events, in any framing that the specification allows."""
    end = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    lines: list[str] = []
    for one in [*chunks, None]:
        lines += draw(st.sampled_from([[], [": hi"], ["id: 1", "event: message"], ["", ": x", ""]]))
        text = "[DONE]" if one is None else json.dumps(one, ensure_ascii=draw(st.booleans()))
        lines += [draw(st.sampled_from(["data: ", "data:"])) + text, ""]
    bom = draw(st.sampled_from(["", "\ufeff"]))
    return (bom + end.join(lines) + end).encode("utf-8", "surrogatepass")
