"""How long a stream is waited for: the first token, silence in the middle, what comes after the end."""

from __future__ import annotations

import asyncio

import httpx2

from tests.engine.fakes import FakeTime, client_of, settle
from tests.engine.stream_kit import REQUEST, hold, running, with_timeouts
from tests.faults.wire import DONE, event, say, stop
from tui.engine.answer import Answer
from tui.engine.drive import drive
from tui.engine.events import StallNotice
from tui.engine.stream import stream_answer


async def test_no_first_token_in_time() -> None:
    async with running([b": wait\n\n", hold()]) as run:
        await run.time.advance(119.9)
        assert run.state == "waiting"

        await run.time.advance(0.1)

        assert (run.state, run.answer.failure and run.answer.failure.kind) == ("failed", "timeout")
        assert run.transport.streams[0].closed
        assert run.transport.count == 1  # never retried


async def test_no_headers_in_time() -> None:
    class Silent(httpx2.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
            await asyncio.Event().wait()
            raise AssertionError

    time = FakeTime()
    answer = Answer("m")
    stream = stream_answer(client_of(Silent()), REQUEST, clock=time.clock, sleep=time.sleep)
    task = asyncio.create_task(drive(answer, stream, clock=time.clock))
    await settle()

    await time.advance(120)
    await task

    assert (answer.state, answer.failure and answer.failure.kind) == ("failed", "timeout")


async def test_a_stall_is_noticed_at_half_and_given_up_at_the_limit() -> None:
    async with running([say("a"), hold()]) as run:
        await run.time.advance(29.9)
        assert not run.stalls

        await run.time.advance(0.1)
        assert run.answer.stall == StallNotice(30.0, 60.0)

        await run.time.advance(29.9)
        assert run.state == "streaming"

        await run.time.advance(0.1)
        assert (run.state, run.answer.failure and run.answer.failure.kind) == ("interrupted", "stalled")
        assert run.answer.text == "a"


async def test_only_content_ends_a_stall() -> None:
    comment, delta, text = hold(), hold(), hold()
    async with running([say("a"), comment, b": alive\n\n", delta, say(""), text, say("b"), hold()]) as run:
        for sign in (comment, delta):
            await run.time.advance(20)
            sign.set()
            await settle()
        assert run.stalls

        text.set()
        await settle()
        assert run.answer.text == "ab"
        assert not run.stalls

        await run.time.advance(59)
        assert run.state == "streaming"
        await run.time.advance(1)
        assert run.state == "interrupted"


async def test_limits_of_zero_are_off() -> None:
    text = hold()
    async with running([text, say("a"), hold()], request=with_timeouts(first_token=0, stall=0)) as run:
        await run.time.advance(1e6)
        text.set()
        await settle()
        await run.time.advance(1e6)

        assert (run.state, run.time.slept) == ("streaming", [])


async def test_a_stall_limit_counts_though_none_is_set_for_the_first_token() -> None:
    text = hold()
    async with running([text, say("a"), hold()], request=with_timeouts(first_token=0, stall=4)) as run:
        await run.time.advance(1000)
        text.set()
        await settle()
        await run.time.advance(4)

        assert run.state == "interrupted"


async def test_after_the_reason_the_end_is_waited_for_briefly() -> None:
    async with running([say("a"), stop(), hold()]) as run:
        await run.time.advance(1.9)
        assert run.state == "streaming"

        await run.time.advance(0.1)

        assert (run.state, run.answer.footnotes) == ("complete", [])
        assert run.transport.streams[0].closed


async def test_usage_within_the_grace_counts() -> None:
    late = hold()
    usage = event({"choices": [], "usage": {"completion_tokens": 9}})
    async with running([say("a"), stop(), late, usage + DONE]) as run:
        await run.time.advance(1)
        late.set()
        await run.task

        assert run.answer.completion_tokens == (9, True)


async def test_each_attempt_has_its_own_first_token_limit() -> None:
    busy = httpx2.Response(503, headers={"retry-after": "20"})
    async with running(busy, [hold()]) as run:
        await run.time.advance(20)
        await run.time.advance(119)
        assert run.state == "waiting"

        await run.time.advance(1)
        assert run.state == "failed"
