"""Joins a stream of events to an answer, and to whoever keeps a record of it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from tui.engine.answer import Answer
from tui.engine.events import Cancelled, Event


async def drive(
    answer: Answer,
    events: AsyncGenerator[Event, None],
    *,
    record: Callable[[Event], None] | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> None:
    """Fold `events` into `answer`, which is final afterwards, and hand each to `record`.

    Raises CancelledError if it is cancelled, after `Cancelled` was applied and the connection closed.
    """

    def take(event: Event) -> None:
        answer.apply(event, clock())
        if record is not None:
            record(event)

    if answer.meter.started is None:
        answer.meter.start(clock())
    try:
        async with aclosing(events):
            async for event in events:
                take(event)
    except asyncio.CancelledError:
        if not answer.final:
            take(Cancelled())
        raise
