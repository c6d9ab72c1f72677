"""A stream that is driven in a task, on a transport in memory, with a clock that only the test moves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

import httpx2

from tests.engine.fakes import FakeTime, Piece, Transport, client_of, settle
from tests.faults.wire import DONE, stop
from tui.engine.answer import Answer
from tui.engine.drive import drive
from tui.engine.events import Event
from tui.engine.request import Request, Timeouts
from tui.engine.stream import stream_answer

REQUEST = Request("m", [{"role": "user", "content": "go"}])
END = stop() + DONE


class Running:
    """A stream that is being driven in a task: what came of it so far."""

    def __init__(self, bodies: Sequence[Sequence[Piece] | httpx2.Response], request: Request = REQUEST) -> None:
        self.time = FakeTime()
        self.answer = Answer("m")
        self.events: list[Event] = []
        self.transport = Transport(bodies)
        client = client_of(self.transport)
        stream = stream_answer(client, request, clock=self.time.clock, sleep=self.time.sleep)
        self.task = asyncio.create_task(drive(self.answer, stream, record=self.events.append, clock=self.time.clock))

    @property
    def state(self) -> str:
        return self.answer.state

    @property
    def stalls(self) -> bool:
        return self.answer.stall is not None

    def kinds(self) -> list[str]:
        return [type(event).__name__ for event in self.events]


@asynccontextmanager
async def running(*bodies: Sequence[Piece] | httpx2.Response, request: Request = REQUEST) -> AsyncIterator[Running]:
    run = Running(bodies, request)
    await run.transport.asked.wait()
    await settle()
    try:
        yield run
    finally:
        run.task.cancel()
        await asyncio.gather(run.task, return_exceptions=True)


def hold() -> asyncio.Event:
    return asyncio.Event()


def with_timeouts(**limits: float) -> Request:
    return replace(REQUEST, timeouts=replace(Timeouts(), **limits))
