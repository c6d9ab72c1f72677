"""The decoder's short way through a usual chunk must be no different from the long one."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.engine.strategies import often, some_json
from tests.faults.wire import chunk
from tui.engine.decode import Decoder
from tui.engine.events import Event

_extra = st.dictionaries(
    st.sampled_from(
        ["content", "role", "reasoning", "reasoning_content", "refusal", "tool_calls", "error", "function_call", "x", "text"]
    ),
    some_json,
    max_size=3,
)
_beside = st.dictionaries(
    st.sampled_from(["message", "text", "usage", "error", "logprobs", "index", "x"]), some_json, max_size=2
)
_around = st.dictionaries(st.sampled_from(["usage", "error", "x_groq", "id", "x"]), some_json, max_size=1)


@st.composite
def nearly_usual(draw: st.DrawFn) -> dict[str, Any]:
    """A chunk that is usual but for a few keys."""
    one = chunk({"content": draw(st.text(max_size=3)), **draw(_extra)}, draw(st.sampled_from([None, None, "stop", "", 1])))
    one["choices"][0].update(draw(_beside))
    one.update(draw(_around))
    return one


def _events(chunks: list[dict[str, Any]], *, long_way: bool) -> tuple[list[Event], object, int, bool]:
    decoder = Decoder()
    for one in [chunk({"role": "assistant"}), *chunks]:
        if long_way:
            decoder._any_chunk(one, "")
        else:
            decoder.chunk(one)
    return decoder.take(), decoder.complaint, decoder.contents, decoder.ended


@often
@given(st.lists(nearly_usual(), max_size=4))
def test_the_short_way_is_no_other_way(chunks: list[dict[str, Any]]) -> None:
    assert repr(_events(chunks, long_way=False)) == repr(_events(chunks, long_way=True))
