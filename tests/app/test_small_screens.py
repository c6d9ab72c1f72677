"""Screens with little room: nothing covers the state, the banner leaves room for text, and all of it can be opened."""

from __future__ import annotations

from pathlib import Path

from textual.widgets import TextArea
from textual.widgets._toast import Toast  # it has no public name, and what it covers is what is tried here

from tests.app.kit import make_app, running, screen_of, send, shown
from tests.support.script import Script
from tests.support.waiting import settled, streamed, until
from tui.screens.text_view import TextScreen
from tui.widgets.failure_banner import FailureBanner
from tui.widgets.status_bar import StatusBar

LONG = "The model is overloaded with other requests. " * 12


async def test_a_long_banner_leaves_room_and_opens_whole(tmp_path: Path) -> None:
    app, _ = make_app(tmp_path, Script.error(400, LONG + "THE END"))
    async with running(app, size=(60, 15)) as pilot:
        await send(pilot, "hi")
        await streamed(pilot)
        await settled(pilot)
        banner = screen_of(pilot).pane.query_one(FailureBanner)
        assert banner.size.height <= 4
        assert "Show all alt+v" in shown(pilot)
        await pilot.press("alt+v")
        await settled(pilot)
        assert isinstance(app.screen, TextScreen)
        assert "THE END" in app.screen.query_one(TextArea).text


async def test_a_short_banner_has_no_more_to_show(tmp_path: Path) -> None:
    app, _ = make_app(tmp_path, Script("half"))
    async with running(app) as pilot:
        await send(pilot, "hi")
        await streamed(pilot)
        await settled(pilot)
        assert "Interrupted" in shown(pilot)
        assert "Show all" not in shown(pilot)


async def test_a_toast_covers_neither_prompt_nor_state(tmp_path: Path) -> None:
    app, _ = make_app(tmp_path, Script.complete("text"))
    async with app.run_test(size=(60, 15), notifications=True) as pilot:
        await settled(pilot)
        await send(pilot, "hi")
        await streamed(pilot)
        await pilot.press("ctrl+y")
        await until(pilot, lambda: any(toast.region for toast in app.screen.query(Toast)), "the toast")
        screen = screen_of(pilot)
        covered = [toast.region for toast in app.screen.query(Toast)]
        for widget in (screen.query_one(StatusBar), screen.pane.prompt):
            assert not any(region.overlaps(widget.region) for region in covered)
