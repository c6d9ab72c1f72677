"""The app on a scripted endpoint: what the tests of the screen start from."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from tests.support.clock import Clock
from tests.support.script import Script
from tests.support.scripted import BASE_URL, ScriptedEndpoint
from tests.support.waiting import settled
from tui.app import StreamTUI
from tui.screens.main import MainScreen
from tui.settings import Endpoint, load_settings
from tui.terminal.clipboard import CopyResult

SIZE = (100, 30)
NO_ENV: Mapping[str, str] = {}


class FakeClipboard:
    """Remembers what was copied."""

    def __init__(self) -> None:
        self.copied: list[str] = []

    async def copy(self, text: str) -> CopyResult:
        """Take it."""
        self.copied.append(text)
        return CopyResult("wl-copy", confirmed=True)


async def nobody() -> list[Endpoint]:
    """No server on this machine."""
    return []


def make_app(
    folder: Path,
    *scripts: Script,
    prompts: tuple[str, ...] = (),
    clock: Clock | None = None,
    env: Mapping[str, str] = NO_ENV,
    **flags: Any,
) -> tuple[StreamTUI, ScriptedEndpoint]:
    """An app whose every request gets the next of `scripts`; its data is in `folder`."""
    endpoint = ScriptedEndpoint(*scripts)
    given = {"base_url": BASE_URL, "model": "test-model", "data_dir": folder, "config": None, "save": False, **flags}
    settings = load_settings(given, {"STREAMTUI_CONFIG": str(_empty(folder)), **env})
    app = StreamTUI(settings, prompts, client_factory=endpoint.client, clock=clock or Clock(), discover=nobody)
    app.routes = FakeClipboard()  # type: ignore[assignment] # what the tests need of a clipboard
    return app, endpoint


def _empty(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "config.toml"
    config.touch()
    return config


@asynccontextmanager
async def running(app: StreamTUI, size: tuple[int, int] = SIZE) -> AsyncIterator[Pilot[None]]:
    """The app, started and settled."""
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        yield pilot


def screen_of(pilot: Pilot[None]) -> MainScreen:
    """The main screen."""
    app = pilot.app
    assert isinstance(app, StreamTUI)
    return app.main_screen


def shown(pilot: Pilot[None]) -> str:
    """All text that is on the screen now."""
    from tests.snapshots.screen_text import screen_text

    return screen_text(pilot.app.export_screenshot())


def notices(pilot: Pilot[None]) -> str:
    """What the app has said in toasts."""
    return "\n".join(notification.message for notification in pilot.app._notifications)


async def send(pilot: Pilot[None], text: str) -> None:
    """Write a prompt and send it."""
    screen_of(pilot).pane.prompt.set_value(text)
    await pilot.press("enter")
