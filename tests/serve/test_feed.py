"""What upstream sends, odd or broken, comes out the same for who reads it through the server. No process, no network."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import closing

import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.faults import ends, framing, in_band, shapes
from tests.faults.table import Row
from tests.faults.wire import DONE, HEAD, as_json, chunk, completion, event, say, stop
from tui.engine.answer import Answer
from tui.engine.failure import Call
from tui.engine.reader import StreamReader
from tui.engine.request import Request
from tui.engine.sse import Splitter
from tui.serve import feed as feeding
from tui.serve.feed import Feed
from tui.serve.hub import Hub
from tui.serve.sqlite_log import SqliteLog
from tui.serve.streams import Stream

CALL = Call(Request("m", ()), "http://127.0.0.1:1/v1")


def body_of(row: Row) -> bytes | None:
    """The body of a row that is one plain response, read to its end."""
    script = row.attempts[0]
    bodies = [step for step in script[1:] if isinstance(step, bytes)]
    plain = len(row.attempts) == 1 and script[0] == HEAD and len(bodies) == len(script) - 1
    return b"".join(bodies) if plain else None


ROWS = [
    pytest.param(row, body, id=row.name)
    for row in [*framing.ROWS, *ends.ROWS, *in_band.ROWS, *shapes.ROWS]
    if (body := body_of(row)) is not None and len(body) < 10**6
]


async def passed_on(pieces: AsyncIterator[bytes]) -> Stream:
    """The stream that a body becomes."""
    stream = Stream("s")
    with closing(SqliteLog(None)) as log:
        hub = Hub(log, keep=60.0, beat=3600.0)
        await asyncio.wait_for(Feed(hub, stream, CALL).run(httpx2.Response(200, content=pieces)), 30)
    return stream


async def _whole(data: bytes) -> AsyncIterator[bytes]:
    yield data


async def _in_pieces(data: bytes, size: int) -> AsyncIterator[bytes]:
    for place in range(0, len(data), size):
        yield data[place : place + size]


async def _left_open(data: bytes) -> AsyncIterator[bytes]:
    yield data
    await asyncio.Event().wait()


async def _endless(data: bytes) -> AsyncIterator[bytes]:
    while True:
        yield data
        await asyncio.sleep(0)


def read(stream: Stream) -> Answer:
    """The answer of who reads it."""
    reader, answer = StreamReader(), Answer("m")
    for one in [*reader.feed(b"".join(stream._frames)), *reader.end()]:
        answer.apply(one, 0.0)
    return answer


@pytest.mark.parametrize(("row", "body"), ROWS)
async def test_a_body_makes_the_same_answer(row: Row, body: bytes) -> None:
    stream = await passed_on(_whole(body))
    answer = read(stream)
    assert (answer.state, answer.text, answer.reasoning) == (row.state, row.text, row.reasoning)
    words = "" if answer.failure is None else f"{answer.failure.title} {answer.failure.detail}"
    assert stream.final
    assert row.says in words or row.kind == "closed"  # how much had come before a cut, only its reader knows


FRAGMENTS = [
    *(say("a"), say("b"), say("é🚀"), say("x", index=1), stop(), stop("length"), stop("error"), DONE),
    *(event(chunk({"reasoning_content": "r"})), event(chunk({"refusal": "no"})), event({"error": {"message": "m"}})),
    *(b"\n", b"\r\n", b"\r", b"data:", b"data: ", b"noise\n", b": c\n\n", b"event: error\n", b"event: x\n", b"id: 7\n"),
    *(
        b"[DONE]\n",
        b"data: [DON",
        b"\xff\xfe",
        b"\0",
        b"\xef\xbb\xbf",
        b"<html>\n",
        b"error: boom\n",
        b"null\n",
        b"data: 5\n\n",
    ),
]


@given(st.lists(st.sampled_from(FRAGMENTS), max_size=9).map(b"".join), st.integers(1, 400))
@settings(max_examples=200, deadline=None, derandomize=True)
def test_any_stream_makes_the_same_answer(body: bytes, size: int) -> None:
    direct, answer = StreamReader(), Answer("m")
    for one in [*direct.feed(body), *direct.end()]:
        answer.apply(one, 0.0)
    passed = read(asyncio.run(passed_on(_in_pieces(body, size))))
    assert (passed.state, passed.text, passed.reasoning, passed.refusal) == (
        answer.state,
        answer.text,
        answer.reasoning,
        answer.refusal,
    )


async def test_what_came_before_and_after_an_answer_in_one_piece_keeps_its_place() -> None:
    whole = json.dumps(completion({"content": "a"}, None)).encode()
    answer = read(await passed_on(_whole(whole + b"\n\n" + say("b") + stop())))
    assert (answer.state, answer.text) == ("complete", "ab")


async def test_what_came_before_an_event_that_is_too_large_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeding, "Splitter", lambda: Splitter(1000))
    stream = await passed_on(_whole(say("a") + say("x" * 2000)))
    assert (stream.state, read(stream).text) == ("broken", "a")


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (say("ab") + stop() + DONE, "ab"),
        (say("ab") + stop(), "ab"),
        (say("ab") + b"data: [DONE]", "ab"),
        (say("ab") + b"data: [DONE]\n", "ab"),
        (b"".join(map(bytes, as_json(completion({"content": "ab"}))[1:])), "ab"),  # type: ignore[arg-type]  # all its steps are bytes
    ],
)
async def test_what_is_over_and_left_open_is_ended(monkeypatch: pytest.MonkeyPatch, body: bytes, text: str) -> None:
    monkeypatch.setattr(feeding, "GRACE", 0.01)
    stream = await passed_on(_left_open(body))
    assert (stream.state, read(stream).text) == ("complete", text)


async def test_an_upstream_without_end_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeding, "MOST", 100_000)
    stream = await passed_on(_endless(say("")))
    assert stream.state == "broken"
    assert stream.total < 200_000


async def test_json_without_end_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeding, "MAX_EVENT", 100_000)
    stream = await passed_on(_endless(b'{"x":\n' * 100))
    assert (stream.state, stream.last) == ("broken", 1)
