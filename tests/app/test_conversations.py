"""The list of conversations that were saved."""

from __future__ import annotations

import json
from pathlib import Path

from textual.pilot import Pilot
from textual.widgets import Input, OptionList

from tests.app.kit import make_app, running, send, shown
from tests.support.script import Script
from tests.support.waiting import settled, streamed
from tui.app import StreamTUI


def app_with_two(folder: Path) -> StreamTUI:
    """An app that saves, and has two answers to give."""
    scripts = [Script.complete("Rivers run **deep**.", prompt="river"), Script.complete("Stones stay.", prompt="stone")]
    return make_app(folder, *scripts, save=True)[0]


async def fill(pilot: Pilot[None]) -> None:
    """Two conversations, in two tabs; then the list."""
    await send(pilot, "about a river")
    await streamed(pilot)
    await pilot.press("ctrl+n")
    await settled(pilot)
    await send(pilot, "about a stone")
    await streamed(pilot)
    await pilot.press("alt+w")
    await settled(pilot)
    await pilot.press("alt+o")
    await settled(pilot)


async def test_what_was_closed_is_found_by_its_words_and_opened(tmp_path: Path) -> None:
    app = app_with_two(tmp_path)
    async with running(app) as pilot:
        await fill(pilot)
        assert "about a river" in shown(pilot)
        assert "about a stone" in shown(pilot)
        app.screen.query_one(Input).value = "stones"
        await settled(pilot)
        assert app.screen.query_one(OptionList).option_count == 1
        await pilot.press("enter")
        await settled(pilot)
        assert "Stones stay." in shown(pilot)
        assert [tab.title for tab in app.workspace.tabs] == ["about a river", "about a stone"]


async def test_one_that_is_open_is_shown_not_opened_twice(tmp_path: Path) -> None:
    app = app_with_two(tmp_path)
    async with running(app) as pilot:
        await fill(pilot)
        app.screen.query_one(Input).value = "river"
        await settled(pilot)
        await pilot.press("enter")
        await settled(pilot)
        assert [tab.title for tab in app.workspace.tabs] == ["about a river"]


async def test_renaming_and_deleting_for_good(tmp_path: Path) -> None:
    app = app_with_two(tmp_path)
    async with running(app) as pilot:
        await fill(pilot)
        app.screen.query_one(Input).value = "stone"
        await settled(pilot)
        await pilot.press("f2")
        await settled(pilot)
        app.screen.query_one(Input).value = "granite"
        await pilot.press("enter")
        await settled(pilot)
        assert "granite" in shown(pilot)
        await pilot.press("alt+delete")
        await settled(pilot)
        assert "for good" in shown(pilot)
        await pilot.press("y")
        await settled(pilot)
        assert [saved.summary.title for saved in app.keeper.conversations()] == ["about a river"]


async def test_export_as_json(tmp_path: Path) -> None:
    app = app_with_two(tmp_path)
    target = tmp_path / "out.json"
    async with running(app) as pilot:
        await fill(pilot)
        app.screen.query_one(Input).value = "river"
        await settled(pilot)
        await pilot.press("alt+j")
        await settled(pilot)
        app.screen.query_one(Input).value = str(target)
        await pilot.press("enter")
        await settled(pilot)
    tree = json.loads(target.read_text())
    assert tree["turns"][0]["replies"][0]["answers"][0]["text"] == "Rivers run **deep**."
