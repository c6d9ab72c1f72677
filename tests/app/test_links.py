"""Following links: asked first, opened, copied, or left."""

from __future__ import annotations

import webbrowser
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.app.kit import FakeClipboard, make_app, notices, running, screen_of, send, shown
from tests.support.script import Script
from tests.support.waiting import settled, streamed, until
from tui.screens import links
from tui.screens.links import LinkScreen, has_browser

HREF = "https://a.example/b?c=d"


@asynccontextmanager
async def asked(folder: Path, size: tuple[int, int] = (100, 30)) -> AsyncIterator[Pilot[None]]:
    """An app that asks what to do with a link."""
    app, _ = make_app(folder, Script.complete(f"see [this page]({HREF})"))
    async with running(app, size) as pilot:
        await send(pilot, "go")
        await streamed(pilot)
        screen_of(pilot).transcript.focus()
        await pilot.press("tab", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, LinkScreen), "the question")
        yield pilot


def copied(pilot: Pilot[None]) -> list[str]:
    """What was copied."""
    routes = getattr(pilot.app, "routes", None)
    assert isinstance(routes, FakeClipboard)
    return routes.copied


async def test_a_link_is_shown_and_can_be_copied(tmp_path: Path) -> None:
    async with asked(tmp_path) as pilot:
        assert HREF in shown(pilot)
        await pilot.press("c")
        await until(pilot, lambda: copied(pilot) == [HREF], "the copy")


async def test_all_three_ways_fit_a_narrow_screen(tmp_path: Path) -> None:
    async with asked(tmp_path, (44, 20)) as pilot:
        assert all(word in shown(pilot) for word in ("Open", "Copy", "Leave"))
        await pilot.click("#leave")
        await settled(pilot)
        assert not isinstance(pilot.app.screen, LinkScreen)


async def test_a_link_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(links, "has_browser", lambda: True)
    async with asked(tmp_path) as pilot:
        monkeypatch.setattr(pilot.app, "open_url", opened.append)
        await pilot.press("enter")
        await until(pilot, lambda: opened == [HREF], "the browser")


async def test_where_there_is_no_browser_the_link_is_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "has_browser", lambda: False)
    async with asked(tmp_path) as pilot:
        await pilot.press("y")
        await until(pilot, lambda: copied(pilot) == [HREF], "the copy")
        assert "No browser" in notices(pilot)


@pytest.mark.parametrize(("name", "usable"), [("xdg-open", True), ("/usr/bin/w3m", False), ("lynx", False), (None, False)])
def test_a_browser_in_the_terminal_is_none(name: str | None, usable: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    def get() -> webbrowser.BaseBrowser:
        if name is None:
            raise webbrowser.Error("none")
        return webbrowser.GenericBrowser(name)

    monkeypatch.setattr(webbrowser, "get", get)
    assert has_browser() is usable
