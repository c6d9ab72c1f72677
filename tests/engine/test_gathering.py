"""Gathering: pauses where the socket is asked for more, never before the first token, never in a burst."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import dataclass, field

from openai import AsyncOpenAI

from tests.faults.server import FaultServer
from tests.faults.wire import DONE, chunked, say, stop
from tui.engine.events import Event, Finished, TextDelta
from tui.engine.gathering import Gathering
from tui.engine.request import Request
from tui.engine.stream import stream_answer


@dataclass
class Stream:
    sizes: list[int]
    reads: list[tuple[int, float | None]] = field(default_factory=list)

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - httpcore's name
        self.reads.append((max_bytes, timeout))
        return b"x" * self.sizes.pop(0)


async def _pauses(sizes: list[int], ready: list[bool]) -> list[int]:
    """Before which of the reads it paused."""
    paused: list[int] = []
    stream = Stream(list(sizes))

    async def sleep(seconds: float) -> None:
        assert seconds == 0.033
        paused.append(len(stream.reads))

    gathering = Gathering(lambda: 0.033, sleep, lambda: ready[len(stream.reads)])
    gathering.hold(stream)
    for size in sizes:
        assert len(await stream.read(65536, timeout=7)) == size
    assert stream.reads == [(65536, 7)] * len(sizes)
    gathering.release()
    assert "read" not in vars(stream)
    return paused


async def test_it_pauses_once_ready() -> None:
    assert await _pauses([10, 10, 10, 10], [False, False, True, True]) == [2, 3]


async def test_it_does_not_pause_in_a_burst() -> None:
    assert await _pauses([10, 65536, 40000, 10, 10], [True] * 5) == [0, 1, 4]


async def test_nothing_to_hold() -> None:
    gathering = Gathering(lambda: 1.0, asyncio.sleep, lambda: True)
    gathering.hold(None)
    gathering.release()


async def test_the_first_token_is_there_before_the_first_pause() -> None:
    """The pause does not end until the text that came before it was seen."""
    seen = asyncio.Event()
    events: list[Event] = []
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        if seconds != 0.033:
            await asyncio.Event().wait()  # the watch
        pauses.append(seconds)
        await seen.wait()

    async with FaultServer() as server:
        url = server.play("s", chunked(say("a"), say("b"), stop() + DONE))
        async with AsyncOpenAI(base_url=url, api_key="k", max_retries=0) as client:
            stream = stream_answer(client, Request("m", []), gather=lambda: 0.033, sleep=sleep)
            async with aclosing(stream):
                async for event in stream:
                    events.append(event)
                    if isinstance(event, TextDelta):
                        seen.set()

    assert events[-1] == Finished()
    assert "".join(event.text for event in events if isinstance(event, TextDelta)) == "ab"
    assert set(pauses) <= {0.033}
