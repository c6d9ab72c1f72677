"""The frame clock: wakes, rests, sleeps, gives way to keys."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import pytest
from textual.app import App, ComposeResult
from textual.widgets import Input

from tui.widgets import frame_clock
from tui.widgets.frame_clock import INTERVAL, REST, FrameClock, terminal_backlog


class Pane:
    """Takes `cost` seconds a frame on its own clock, and has more to do as often as told."""

    def __init__(self, more: Iterable[bool] = (), cost: float = 0.0) -> None:
        self.now = 100.0
        self.cost = cost
        self.more = list(more)
        self.deadlines: list[float] = []
        self.drawn = asyncio.Event()

    def pull(self, deadline: float) -> bool:
        self.deadlines.append(deadline)
        self.now += self.cost
        self.drawn.set()
        return self.more.pop(0) if self.more else False


class Host(App[None]):
    def compose(self) -> ComposeResult:
        yield Input()


async def test_nothing_runs_until_it_is_woken() -> None:
    async with Host().run_test() as pilot:
        pane = Pane()
        clock = FrameClock(pilot.app, pane.pull, clock=lambda: pane.now)
        assert clock.asleep
        clock.wake()
        assert not clock.asleep
        await pane.drawn.wait()
        assert clock.asleep
        assert pane.deadlines == [100.0 + frame_clock.BUDGET]


async def test_many_wakes_are_one_frame() -> None:
    async with Host().run_test() as pilot:
        pane = Pane()
        clock = FrameClock(pilot.app, pane.pull, clock=lambda: pane.now)
        for _ in range(1000):
            clock.wake()
        await pane.drawn.wait()
        await pilot.pause()
        assert clock.frames == 1


async def test_work_that_is_left_brings_more_frames() -> None:
    async with Host().run_test() as pilot:
        pane = Pane([True, True, True])
        clock = FrameClock(pilot.app, pane.pull, clock=lambda: pane.now)
        clock.wake()
        while not clock.asleep:
            pane.drawn.clear()
            await pane.drawn.wait()
        assert clock.frames == 4


@pytest.mark.parametrize(("cost", "delay"), [(0.001, INTERVAL - 0.001), (0.02, REST * 0.02)])
async def test_the_next_frame_waits_for_the_interval_or_three_times_the_last(
    cost: float, delay: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Host().run_test() as pilot:
        pane = Pane(cost=cost)
        clock = FrameClock(pilot.app, pane.pull, clock=lambda: pane.now)
        clock.wake()
        await pane.drawn.wait()
        delays: list[float] = []
        monkeypatch.setattr(clock, "_call", delays.append)
        clock.wake()
        assert delays == [pytest.approx(delay)]


async def test_what_is_woken_while_drawing_is_drawn_next() -> None:
    async with Host().run_test() as pilot:
        pane = Pane()

        def pull(deadline: float) -> bool:
            if clock.frames == 0:
                clock.wake()
            return pane.pull(deadline)

        clock = FrameClock(pilot.app, pull)
        clock.wake()
        await pane.drawn.wait()
        assert not clock.asleep
        pane.drawn.clear()
        await pane.drawn.wait()
        assert clock.asleep


async def test_keys_go_first(monkeypatch: pytest.MonkeyPatch) -> None:
    waits = [True, True, False]
    monkeypatch.setattr(frame_clock, "_input_waits", lambda app: waits.pop(0))
    async with Host().run_test() as pilot:
        pane = Pane()
        clock = FrameClock(pilot.app, pane.pull)
        clock.wake()
        await pane.drawn.wait()
        assert waits == []


async def test_keys_do_not_keep_frames_away_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frame_clock, "_input_waits", lambda app: True)
    async with Host().run_test() as pilot:
        pane = Pane()
        clock = FrameClock(pilot.app, pane.pull)
        clock.wake()
        await pane.drawn.wait()
        assert clock.frames == 1


async def test_a_terminal_that_lags_gets_no_more_frames(monkeypatch: pytest.MonkeyPatch) -> None:
    backlog = [50, 0]
    monkeypatch.setattr(frame_clock, "terminal_backlog", lambda app: backlog.pop(0))
    async with Host().run_test() as pilot:
        assert terminal_backlog(pilot.app) == 0
        pane = Pane()
        clock = FrameClock(pilot.app, pane.pull)
        clock.wake()
        await pane.drawn.wait()
        assert backlog == []


async def test_a_stopped_clock_draws_no_more() -> None:
    async with Host().run_test() as pilot:
        pane = Pane()
        clock = FrameClock(pilot.app, pane.pull)
        clock.wake()
        clock.stop()
        await pilot.pause()
        assert clock.frames == 0


async def test_an_error_in_a_frame_ends_the_app() -> None:
    def broken(deadline: float) -> bool:
        raise ValueError("broken frame")

    async def run() -> None:
        app = Host()
        async with app.run_test() as pilot:
            FrameClock(app, broken).wake()
            await pilot.pause()

    with pytest.raises(ValueError, match="broken frame"):
        await run()
