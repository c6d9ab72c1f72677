"""The helpers that run the app: waits end exactly where they say, and a held stream is a screen that stands still."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.app.kit import make_app, running, screen_of, send, shown
from tests.support.clock import Clock
from tests.support.script import Gate, Script
from tests.support.waiting import settled, streamed, until


async def test_a_gate_holds_the_screen_mid_stream(tmp_path: Path) -> None:
    gate, clock = Gate(), Clock()
    app, _ = make_app(tmp_path, Script.complete("Hello", gate, ", world"), clock=clock)
    async with running(app) as pilot:
        await send(pilot, "greet me")
        await gate.reached()
        await settled(pilot)
        answer = screen_of(pilot).tab.answer
        assert answer is not None
        assert (answer.state, answer.text) == ("streaming", "Hello")
        assert "Hello" in shown(pilot)
        assert ", world" not in shown(pilot)
        clock.passes(2.0)
        gate.open()
        await streamed(pilot)
        assert answer.state == "complete"
        assert "Hello, world" in shown(pilot)
        assert answer.meter.elapsed(0.0) == 2.0


async def test_a_wait_in_vain_says_what_it_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app, _ = make_app(tmp_path)
    async with running(app) as pilot:
        monkeypatch.setattr("tests.support.waiting.PATIENCE", 0.1)
        with pytest.raises(AssertionError, match="waited in vain for a miracle"):
            await until(pilot, lambda: False, "a miracle")
