"""Waiting for an app to have done what it has to do: for workers, messages and frames, never for a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from textual.pilot import Pilot
from textual.worker import Worker

from tests.support.script import PATIENCE
from tui.widgets.frame_clock import FrameClock

STREAM = "stream "  # what the names of workers begin with that run as long as their streams


async def settled(pilot: Pilot[Any]) -> None:
    """Wait until all messages are handled, all frames drawn, and no worker runs but streams, which may stand at gates."""
    await until(pilot, lambda: not _unfinished(pilot), "the app to settle")


async def streamed(pilot: Pilot[Any]) -> None:
    """Wait until every stream has ended and the app has settled."""
    await until(pilot, lambda: not pilot.app.workers and not _unfinished(pilot), "all streams to end")


async def until(pilot: Pilot[Any], condition: Callable[[], bool], what: str = "a condition") -> None:
    """Wait until `condition` holds, twice in a row, with all messages between handled. Fails after a while."""
    held = 0
    try:
        async with asyncio.timeout(PATIENCE):
            while held < 2:
                await pilot.pause()
                held = held + 1 if condition() else 0
    except TimeoutError:
        raise AssertionError(f"waited in vain for {what}: {_unfinished(pilot)}") from None


def _unfinished(pilot: Pilot[Any]) -> list[str]:
    app = pilot.app
    unfinished = [f"worker {worker.name}" for worker in app.workers if _counts(worker)]
    screens = list(app.screen_stack)
    unfinished += [f"frame of {screen}" for screen in screens if not _asleep(screen)]
    widgets = [app, *(widget for screen in screens for widget in screen.walk_children(with_self=True))]
    return unfinished + [f"message of {widget}" for widget in widgets if widget.message_queue_size]


def _counts(worker: Worker[Any]) -> bool:
    return not worker.is_finished and not worker.name.startswith(STREAM)


def _asleep(screen: object) -> bool:
    return all(clock.asleep for clock in vars(screen).values() if isinstance(clock, FrameClock))
