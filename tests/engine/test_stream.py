"""`stream_answer` and `drive`: what comes, tries again, is stopped."""

from __future__ import annotations

import asyncio
import json
from contextlib import aclosing
from dataclasses import replace

import httpx2
import pytest

from tests.engine.fakes import Piece, Transport, client_of, settle
from tests.engine.stream_kit import END, REQUEST, hold, running
from tests.faults.wire import say
from tui.engine.events import Cancelled, Failed, Finished, Footnote, Opened, Retrying, TextDelta
from tui.engine.request import Request
from tui.engine.stream import no_gather, stream_answer


async def test_a_good_stream_opens_speaks_and_finishes() -> None:
    async with running([say("a"), say("b"), END]) as run:
        await run.task

        assert run.events[0] == Opened(200, "req_1")
        assert "".join(event.text for event in run.events if isinstance(event, TextDelta)) == "ab"
        assert run.kinds().count("Finished") == 1
        assert run.kinds()[-1] == "Finished"
        assert (run.state, run.answer.text, run.answer.meter.started) == ("complete", "ab", 100.0)
        assert run.transport.streams[0].closed


async def test_a_refused_connection_is_retried_with_growing_pauses_and_then_given_up() -> None:
    refused = httpx2.ConnectError("no")
    refused.__cause__ = ConnectionRefusedError(111, "Connection refused")
    async with running([refused]) as run:
        await run.time.advance(0.5)
        await run.time.advance(1.0)
        await run.task

        retries = [event for event in run.events if isinstance(event, Retrying)]
        assert [(event.attempt, event.attempts, event.delay) for event in retries] == [(2, 3, 0.5), (3, 3, 1.0)]
        assert {event.failure.kind for event in retries} == {"connect"}
        assert (run.state, run.answer.failure and run.answer.failure.kind) == ("failed", "connect")
        assert run.transport.count == 3


async def test_a_retry_after_is_obeyed() -> None:
    busy = httpx2.Response(429, headers={"retry-after": "12"}, json={"error": {"message": "slow"}})
    async with running(busy, [say("a"), END]) as run:
        assert run.answer.retrying is not None
        assert (run.answer.retrying.delay, run.answer.retry_at) == (12.0, 112.0)

        await run.time.advance(12)
        await run.task

        assert (run.state, run.answer.text) == ("complete", "a")


async def test_stop_while_it_waits_to_retry() -> None:
    async with running(httpx2.Response(503)) as run:
        run.task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await run.task

        assert (run.state, run.transport.count) == ("cancelled", 1)


async def test_stream_options_that_are_refused_are_left_out() -> None:
    refusal = httpx2.Response(400, json={"error": {"message": "unknown: stream_options"}})
    async with running(refusal, [say("a"), END]) as run:
        await run.task

        assert run.transport.count == 2
        assert run.kinds()[0] == "Footnote"
        assert isinstance(run.events[0], Footnote)
        assert run.state == "complete"


@pytest.mark.parametrize("place", range(9))
async def test_cancel_at_every_chunk_keeps_the_text_and_closes_the_connection(place: int) -> None:
    gates = [hold() for _ in range(8)]
    pieces: list[Piece] = []
    for number, gate in enumerate(gates):
        pieces += [gate, say(str(number))]
    async with running([*pieces, hold()]) as run:
        for gate in gates[:place]:
            gate.set()
            await settle()

        run.task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await run.task

        assert run.state == "cancelled"
        assert run.answer.text == "01234567"[:place]
        assert run.events[-1] == Cancelled()
        assert run.transport.streams[0].closed
        assert len(asyncio.all_tasks()) == 1


async def test_leaving_the_loop_closes_the_connection() -> None:
    transport = Transport([[say("a"), hold()]])
    async with aclosing(stream_answer(client_of(transport), REQUEST)) as events:
        async for one in events:
            if isinstance(one, TextDelta):
                break

    assert transport.streams[0].closed
    assert len(asyncio.all_tasks()) == 1


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError("x"),
        ValueError("x"),
        RecursionError("x"),
        UnicodeDecodeError("utf-8", b"", 0, 1, "x"),
        EOFError(),
        KeyError("x"),
    ],
)
async def test_no_exception_escapes(error: Exception) -> None:
    async with running([say("a"), error]) as run:
        await run.task
        assert (run.state, run.answer.text) == ("interrupted", "a")
    async with running([b"\n", error]) as run:
        await run.task
        assert run.state == "failed"
    async with running([say("a"), END[:-16], error]) as run:
        await run.task
        assert run.state == "complete"


async def test_what_is_asked() -> None:
    asked: list[httpx2.Request] = []

    class Listening(Transport):
        async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
            asked.append(request)
            return await super().handle_async_request(request)

    messages = [{"role": "user", "content": "half \ud83d"}]
    request = Request("m", messages, {"temperature": 0.5, "top_k": 7, "model": "other"})
    async with aclosing(stream_answer(client_of(Listening([[END]])), request)) as events:
        last = [event async for event in events][-1]

    assert last == Finished()
    assert json.loads(asked[0].content) == {
        "model": "m",
        "messages": [{"role": "user", "content": "half �"}],
        "stream": True,
        "temperature": 0.5,
        "top_k": 7,
        "stream_options": {"include_usage": True},
    }


async def test_a_request_that_is_no_json_is_a_usage_failure_and_shows_no_key() -> None:
    request = replace(REQUEST, params={"x": object()})
    async with aclosing(stream_answer(client_of(Transport([[END]])), request)) as events:
        last = [event async for event in events][-1]

    assert isinstance(last, Failed)
    assert last.failure.kind == "usage"


def test_nothing_gathers_by_default() -> None:
    assert no_gather() == 0
