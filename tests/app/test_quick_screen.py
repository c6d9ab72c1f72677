"""The main screen draws at once what changed, and leaves the rest to Textual's timer."""

from __future__ import annotations

import pytest
from textual.app import App, ComposeResult
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Input

from tui.widgets.quick_screen import QuickScreen


class Page(QuickScreen):
    def compose(self) -> ComposeResult:
        yield Input()


class Host(App[None]):
    def get_default_screen(self) -> Screen[object]:
        return Page()  # type: ignore[return-value] # what a screen returns is of no matter here


@pytest.fixture
def beats(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The beats of the timer that are asked for; none comes."""
    asked: list[str] = []
    monkeypatch.setattr(Timer, "resume", lambda timer: asked.append(timer.name))
    return asked


async def test_a_key_shows_without_a_beat(beats: list[str]) -> None:
    app = Host()
    async with app.run_test() as pilot:
        page = app.screen
        assert isinstance(page, Page)
        page._drawn_at = float("-inf")
        page._on_timer_update()
        beats.clear()
        page.query_one(Input).refresh()
        await pilot.pause()
        assert "screen_update" not in beats
        assert page._drawn_at > float("-inf")


async def test_what_comes_right_after_waits_for_the_beat(beats: list[str]) -> None:
    app = Host()
    async with app.run_test() as pilot:
        page = app.screen
        assert isinstance(page, Page)
        page._on_timer_update()
        page._drawn_at = float("inf")
        page.query_one(Input).refresh()
        await pilot.pause()
        assert "screen_update" in beats


async def test_a_layout_waits_for_the_beat(beats: list[str]) -> None:
    app = Host()
    async with app.run_test() as pilot:
        page = app.screen
        assert isinstance(page, Page)
        page._on_timer_update()
        page._drawn_at = float("-inf")
        page.query_one(Input).refresh(layout=True)
        await pilot.pause()
        assert "screen_update" in beats
        assert page._drawn_at == float("-inf")
