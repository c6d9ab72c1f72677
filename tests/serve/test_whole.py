"""Answers in one piece, from upstreams that send something else, or break. No process, no network."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import httpx2
import pytest

from tests.faults import framing
from tests.faults.wire import completion, gzipped, say, stop
from tui.endpoint import Endpoint
from tui.engine.request import Timeouts
from tui.serve.asked import Asked
from tui.serve.catalog import Source
from tui.serve.errors import ServeError
from tui.serve.upstream import Upstream
from tui.serve.whole import whole_answer

ASKED = Asked("m", {"messages": []}, False, None)


def upstream(body: bytes, **headers: str) -> Source:
    """An upstream that answers with this body, in two pieces."""

    async def pieces() -> AsyncIterator[bytes]:
        yield body[:9]
        yield body[9:]

    def answer(_: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, content=pieces(), headers={"content-type": "text/event-stream", **headers})

    client = httpx2.AsyncClient(transport=httpx2.MockTransport(answer), base_url="http://127.0.0.1:1/v1/")
    return Source(Upstream(Endpoint("p", "http://127.0.0.1:1/v1"), client, Timeouts()), "m")


async def test_an_answer_passes_as_it_came() -> None:
    body = json.dumps(completion({"content": "ab"}, more=1)).encode()
    response = await whole_answer(upstream(body), ASKED)
    assert (response.body, response.media_type) == (body, "application/json")


async def test_a_stream_that_was_not_asked_for_is_added_up() -> None:
    response = await whole_answer(upstream(say("a") + say("b") + stop()), ASKED)
    choice = json.loads(bytes(response.body))["choices"][0]
    assert (choice["message"]["content"], choice["finish_reason"]) == ("ab", "stop")


async def test_half_a_surrogate_pair_passes() -> None:
    half = rb'{"choices": [{"index": 0, "delta": {"content": "\ud83d"}}]}'
    response = await whole_answer(upstream(b"data: %b\n\n%b" % (half, stop())), ASKED)
    assert json.loads(bytes(response.body))["choices"][0]["message"]["content"] == "\ud83d"


@pytest.mark.parametrize(
    ("body", "headers", "says"),
    [
        (gzipped(say("a"), keep=-10), {"content-encoding": "gzip"}, "ended inside its compressed data"),
        (gzipped(say("a"), keep=-10) + b"\xff" * 40, {"content-encoding": "gzip"}, "compression"),
        (say("a"), {}, "without an end mark"),
        (framing._PAGE, {"content-type": "text/html"}, "502 Bad Gateway"),
        (b'{"error": {"message": "Too busy."}}', {"content-type": "application/json"}, "Too busy."),
        (b"", {}, "nothing at all"),
    ],
)
async def test_what_is_no_answer_is_a_bad_gateway(body: bytes, headers: dict[str, str], says: str) -> None:
    with pytest.raises(ServeError, match=says) as refused:
        await whole_answer(upstream(body, **headers), ASKED)
    assert refused.value.status == 502
