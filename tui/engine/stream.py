"""Streams, opened, watched and retried: `stream_answer` for the app, `read_answer` for `ask`.

Both yield the same events, but for a notice of silence, and promise the same: exactly one terminal event, the last; the text
byte for byte as it came; no exception whatever the server does; and a connection that is closed as soon as the consumer
leaves.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Generator
from dataclasses import replace
from typing import TYPE_CHECKING

from tui.engine import http_failure, names, retry
from tui.engine.events import Event, Failed, Finished, Footnote, Retrying, StallNotice
from tui.engine.failure import Call, Failure
from tui.engine.http_failure import refuses_usage
from tui.engine.opening import call_of
from tui.engine.pump import Pump, Sleep
from tui.engine.request import Request
from tui.engine.retry import Setback
from tui.engine.sync_attempt import SyncAttempt

if TYPE_CHECKING:
    from openai import AsyncOpenAI, OpenAI

_NO_USAGE = "The server refuses stream_options, so token counts are estimates."


def _unheard(_: StallNotice) -> None:
    pass


def no_gather() -> float:
    """Let nothing gather: read what comes as it comes."""
    return 0.0


async def stream_answer(
    client: AsyncOpenAI,
    request: Request,
    *,
    gather: Callable[[], float] = no_gather,
    clock: Callable[[], float] = time.monotonic,
    sleep: Sleep = asyncio.sleep,
) -> AsyncGenerator[Event, None]:
    """The events of one answer, the last of them terminal. Wrap it in `aclosing`; leaving it closes the connection.

    `gather` is asked, before the socket is asked for more, how many seconds bytes may gather there; not before the first token.
    Raises nothing but CancelledError.
    """
    call = call_of(client, request)
    attempts = Attempts(request)
    while True:
        pump = Pump(client, call, usage=attempts.usage, clock=clock, sleep=sleep)
        pump.start(gather)
        try:
            while batch := await pump.events():
                for event in batch:
                    yield event
                    if isinstance(event, Finished | Failed):
                        return
        finally:
            await pump.close()
        step = attempts.after(pump.setback, call)
        if isinstance(step, Failure):
            if step.kind == "not_found":
                step = attempts.with_names(step, call, await names.nearest_async(client, request.model))
            yield Failed(step)
            return
        yield step
        if isinstance(step, Retrying):
            await sleep(step.delay)


def read_answer(
    client: OpenAI,
    request: Request,
    *,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], object] = time.sleep,
    notice: Callable[[StallNotice], object] = _unheard,
) -> Generator[Event, None, None]:
    """The same with the synchronous client. Raises nothing but KeyboardInterrupt; closing it closes the connection.

    A generator that waits for its socket can't yield: so `notice` is told of a silence, while it lasts.
    """
    call = call_of(client, request)
    attempts = Attempts(request)
    while True:
        attempt = SyncAttempt(client, call, usage=attempts.usage, clock=clock, sleep=sleep, notice=notice)
        for event in attempt.events():
            yield event
            if isinstance(event, Finished | Failed):
                return
        step = attempts.after(attempt.setback, call)
        if isinstance(step, Failure):
            if step.kind == "not_found":
                step = attempts.with_names(step, call, names.nearest_sync(client, request.model))
            yield Failed(step)
            return
        yield step
        if isinstance(step, Retrying):
            sleep(step.delay)


class Attempts:
    """What follows an attempt that failed before the headers of a 200."""

    def __init__(self, request: Request) -> None:
        self._most = request.max_retries
        self._retries = 0
        self.usage = request.include_usage
        self._refusal: http_failure.Refusal | None = None  # the last response that was no 200

    def after(self, setback: Setback | None, call: Call) -> Retrying | Footnote | Failure:
        """Another attempt, announced by an event, or the failure."""
        if setback is None:
            return Failure("protocol", f"{call.host} gave no answer.", "", "Retry.")
        self._refusal = setback.refusal
        if self.usage and setback.refusal is not None and refuses_usage(setback.refusal):
            self.usage = False
            return Footnote(_NO_USAGE)
        step = retry.plan(setback, self._retries, self._most)
        self._retries += 1
        return step

    def with_names(self, failure: Failure, call: Call, found: list[str]) -> Failure:
        """The failure of a model that does not exist, with the names of those that do."""
        if self._refusal is None or not found:
            return failure
        return replace(failure, advice=http_failure.from_refusal(self._refusal, call, found).advice)
