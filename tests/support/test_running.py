"""The helpers that run the app: waits end exactly where they say, and a held stream is a screen that stands still."""

from __future__ import annotations

import pytest

from tests.conftest import RunApp
from tests.snapshots.extension import normalised
from tests.snapshots.screen_text import screen_text
from tests.support.app import RunningApp
from tests.support.script import Gate, Script


def screen_of(running: RunningApp) -> str:
    """The text on the screen."""
    return screen_text(normalised(running.app.export_screenshot()))


async def test_a_gate_holds_the_screen_mid_stream(run_app: RunApp) -> None:
    gate = Gate()
    async with run_app(Script.complete("Hello", gate, ", world")) as running:
        await running.ask("greet me")
        await gate.reached()
        await running.settled()
        assert (running.answer.state, running.answer.text) == ("streaming", "Hello")
        assert "Hello" in screen_of(running)
        assert ", world" not in screen_of(running)
        running.clock.passes(2.0)
        gate.open()
        await running.streamed()
        assert running.answer.state == "complete"
        assert "Hello, world" in screen_of(running)
        assert running.answer.meter.elapsed(0.0) == 2.0


async def test_a_wait_in_vain_says_what_it_waited_for(run_app: RunApp, monkeypatch: pytest.MonkeyPatch) -> None:
    async with run_app() as running:
        monkeypatch.setattr("tests.support.waiting.PATIENCE", 0.1)
        with pytest.raises(AssertionError, match="waited in vain for a miracle"):
            await running.until(lambda: False, "a miracle")
