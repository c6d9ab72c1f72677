"""The frame clock: when the visible pane draws. One for the whole app.

What arrives only wakes it; it asks the visible pane for a frame soon after, and then leaves the loop to keys and streams for
at least three times as long as the frame took. Work that a frame left undone goes on sooner than the next frame would come; the
pane draws it as often as it sees fit. Nothing runs while nothing is dirty.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import perf_counter
from typing import Any

from textual.app import App
from textual.dom import DOMNode

BUDGET = 0.003  # seconds of work in one frame, before drawing; what is begun by then may take one more
INTERVAL = 1 / 30  # seconds from one frame to the next, at least
SLICE_INTERVAL = INTERVAL / 3  # the same where the one before left work undone
REST = 3  # times what a frame took are left to everything else
_PATIENCE = 8  # turns of the loop that a frame gives way to keys
_BACKLOG = 6  # writes that wait for the terminal, two frames or so: more would only be late, and block at thirty


class FrameClock:
    """Calls `pull(deadline)` at frame rate while it is awake; `pull` returns whether it has more to do.

    The deadline is in `time.perf_counter` seconds. What `pull` raises ends the app like an error in any handler of `owner`.
    """

    def __init__(self, owner: DOMNode, pull: Callable[[float], bool], *, clock: Callable[[], float] = perf_counter) -> None:
        self._owner = owner
        self._pull = pull
        self._clock = clock
        self._awake = False
        self._drawing = False
        self._handle: asyncio.Handle | None = None
        self._not_before = float("-inf")
        self._given_way = 0
        self.frames = 0

    @property
    def asleep(self) -> bool:
        """Whether no frame is due."""
        return not self._awake

    def wake(self) -> None:
        """Something is new: draw it as soon as may be. Costs next to nothing where a frame is due already."""
        if not self._awake:
            self._schedule()

    def stop(self) -> None:
        """Draw no more, until the next `wake`."""
        self._awake = False
        if self._handle is not None:
            self._handle.cancel()

    def _schedule(self) -> None:
        self._awake = True
        if not self._drawing:
            self._call(self._not_before - self._clock())

    def _call(self, delay: float) -> None:
        loop = asyncio.get_running_loop()
        self._handle = loop.call_later(delay, self._tick) if delay > 0 else loop.call_soon(self._tick)

    def _tick(self) -> None:
        app = self._owner.app
        if not app.is_running or not self._owner.is_attached:
            self._awake = False
        elif terminal_backlog(app) > _BACKLOG:
            self._call(INTERVAL / 2)
        elif self._given_way < _PATIENCE and _input_waits(app):
            self._given_way += 1
            self._call(0)
        else:
            self._frame(app)

    def _frame(self, app: App[Any]) -> None:
        self._given_way = 0
        # what is woken while drawing comes next: the flag is down before, and is looked at after
        self._awake, self._drawing = False, True
        start = self._clock()
        try:
            with self._owner._context():  # noqa: SLF001 - as Textual calls its own timers
                more = self._pull(start + BUDGET)
        except Exception as error:  # handed on, as Textual does with what a handler raises
            app._handle_exception(error)  # noqa: SLF001 - it has no public name
            return
        finally:
            self._drawing = False
        end = self._clock()
        self._not_before = max(start + (SLICE_INTERVAL if more else INTERVAL), end + REST * (end - start))
        self.frames += 1
        if more or self._awake:
            self._schedule()


def _input_waits(app: App[Any]) -> bool:
    """Whether a key or a mouse event is on its way."""
    focused = app.focused
    return bool(app.message_queue_size or app.screen.message_queue_size or (focused and focused.message_queue_size))


def terminal_backlog(app: App[Any]) -> int:
    """How many writes the terminal has not taken yet; 0 where that can't be known."""
    writer = getattr(getattr(app, "_driver", None), "_writer_thread", None)
    queue = getattr(writer, "_queue", None)
    return queue.qsize() if queue is not None else 0
