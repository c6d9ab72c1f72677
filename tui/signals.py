"""Ending well: SIGTERM and SIGHUP stop what a subcommand does, as ctrl+c does."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

Handler = Callable[[int, Any], object]


class EndedError(BaseException):
    """The system told the program to end; like KeyboardInterrupt, nothing but the edge may catch it."""


@contextmanager
def ending_well() -> Iterator[None]:
    """Raise EndedError where the program is, when the system tells it to end."""

    def end(number: int, frame: object) -> None:
        raise EndedError

    with _handled(end):
        yield


def run_cancellable(work: Coroutine[Any, Any, None]) -> None:
    """Run `work` in a loop of its own. Raises KeyboardInterrupt or EndedError after it was cancelled, and has ended."""

    async def watched() -> None:
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None, "this is a task"  # noqa: S101 - for the type checker

        # an exception raised by the handler itself would end up in whatever callback the loop runs just then
        with _handled(lambda number, frame: loop.call_soon_threadsafe(task.cancel)):
            await work

    try:
        asyncio.run(watched())
    except asyncio.CancelledError:
        raise EndedError from None


@contextmanager
def _handled(handler: Handler) -> Iterator[None]:
    old: dict[int, Any] = {}
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            old[getattr(signal, name)] = signal.signal(getattr(signal, name), handler)
    try:
        yield
    finally:
        for number, before in old.items():
            signal.signal(number, before)
