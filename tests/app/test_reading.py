"""Reading: finding, and a terminal that has hardly any room."""

from __future__ import annotations

from pathlib import Path

from tests.app.kit import make_app, running, screen_of, send, shown
from tests.support.script import Script
from tests.support.waiting import settled, streamed, until
from tui.widgets.find_bar import FindBar


async def test_what_is_sought_is_counted_and_stepped_through(tmp_path: Path) -> None:
    app, _ = make_app(tmp_path, Script.complete("one fish, two fish, red fish"))
    async with running(app) as pilot:
        await send(pilot, "go")
        await streamed(pilot)
        await pilot.press("alt+f", *"fish")
        await until(pilot, lambda: "1/3" in shown(pilot), "the count")
        for key, place in (("f3", 2), ("enter", 3), ("shift+f3", 2)):
            await pilot.press(key)
            await until(pilot, lambda place=place: f"{place}/3" in shown(pilot), f"hit {place}")  # type: ignore[misc]
        await pilot.press("escape")
        await settled(pilot)
        assert not screen_of(pilot).pane.query_one(FindBar).display


async def test_f3_asks_what_to_find_where_nothing_is_sought(tmp_path: Path) -> None:
    app, _ = make_app(tmp_path, Script.complete("answer"))
    async with running(app) as pilot:
        await send(pilot, "go")
        await streamed(pilot)
        await pilot.press("f3")
        await settled(pilot)
        assert screen_of(pilot).pane.query_one(FindBar).display


async def test_dialogs_fit_a_terminal_of_five_rows(tmp_path: Path) -> None:
    app, _ = make_app(tmp_path, Script.complete("answer"))
    async with running(app, size=(30, 5)) as pilot:
        await pilot.press("f1")
        await settled(pilot)
        assert "Prompt" in shown(pilot)
        await pilot.press("escape")
        screen_of(pilot).save("answer", "text")
        await settled(pilot)
        assert "answer.md" in shown(pilot)
