"""The frame clock: when the visible pane draws. One for the whole app.

What arrives only wakes it; it asks the visible pane for a frame soon after, and then leaves the loop to keys and streams for
at least three times as long as the frame took. Nothing runs while nothing is dirty.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextvars import Context, copy_context
from time import perf_counter

BUDGET = 0.004  # seconds of work in one frame, before drawing
INTERVAL = 1 / 30  # seconds from one frame to the next, at least
REST = 3  # times what a frame took are left to everything else
_PATIENCE = 8  # turns of the loop that a frame gives way to keys


class FrameClock:
    """Calls `pull(deadline)` at frame rate while it is awake; `pull` returns whether it has more to do.

    `busy` tells whether input waits to be handled, and lets it go first. `failed` gets what `pull` raises.
    """

    def __init__(
        self,
        pull: Callable[[float], bool],
        *,
        busy: Callable[[], bool] = bool,
        failed: Callable[[Exception], None] | None = None,
        clock: Callable[[], float] = perf_counter,
    ) -> None:
        self._pull = pull
        self._busy = busy
        self._failed = failed
        self._clock = clock
        self._context: Context = copy_context()
        self._awake = False
        self._stopped = False
        self._handle: asyncio.Handle | None = None
        self._not_before = 0.0
        self._given_way = 0
        self.frames = 0

    def wake(self) -> None:
        """Something is new: draw it as soon as may be. Costs next to nothing where a frame is due already."""
        if not self._awake:
            self._schedule()

    def stop(self) -> None:
        """Draw no more."""
        self._stopped = True
        if self._handle is not None:
            self._handle.cancel()

    def _schedule(self) -> None:
        if self._stopped:
            return
        self._awake = True
        loop = asyncio.get_running_loop()
        delay = self._not_before - self._clock()
        if delay > 0:
            self._handle = loop.call_later(delay, self._tick, context=self._context)
        else:
            self._handle = loop.call_soon(self._tick, context=self._context)

    def _tick(self) -> None:
        if self._busy() and self._given_way < _PATIENCE:
            self._given_way += 1
            self._handle = asyncio.get_running_loop().call_soon(self._tick, context=self._context)
            return
        self._given_way = 0
        self._awake = False
        start = self._clock()
        more = self._frame(start + BUDGET)
        end = self._clock()
        self._not_before = max(start + INTERVAL, end + REST * (end - start))
        self.frames += 1
        if more or self._awake:
            self._schedule()

    def _frame(self, deadline: float) -> bool:
        # what is woken while drawing comes next: the flag is down before, and is looked at after
        try:
            return self._pull(deadline)
        except Exception as error:
            if self._failed is None:
                raise
            self._failed(error)
            self._stopped = True
            return False
