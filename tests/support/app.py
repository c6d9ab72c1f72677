"""The app under test: headless, its streams on scripts, its clock still, its data in a folder of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from tests.support import waiting
from tests.support.clock import Clock
from tests.support.script import Script
from tests.support.scripted import KEY, ScriptedEndpoint
from tui.app import StreamTUI
from tui.engine.answer import Answer
from tui.screens.main import MainScreen
from tui.settings import Endpoint, Settings, load_settings
from tui.workspace import Tab


@dataclass(frozen=True, slots=True)
class RunningApp:
    """An app that runs, and what a test does with it."""

    app: StreamTUI
    pilot: Pilot[None]
    endpoint: ScriptedEndpoint
    clock: Clock

    @property
    def screen(self) -> MainScreen:
        """The main screen, whatever lies over it."""
        return self.app.main_screen

    @property
    def tab(self) -> Tab:
        """The tab in front."""
        return self.screen.tab

    @property
    def answer(self) -> Answer:
        """The last answer of the tab in front."""
        answer = self.tab.answer
        assert answer is not None, "nothing was asked yet"
        return answer

    async def press(self, *keys: str) -> None:
        """Press keys, and wait for what they do."""
        await self.pilot.press(*keys)
        await self.settled()

    async def ask(self, prompt: str) -> None:
        """Send a prompt in the tab in front."""
        self.screen.pane.prompt.set_value(prompt)
        await self.press("enter")

    async def settled(self) -> None:
        """Wait until nothing moves but streams."""
        await waiting.settled(self.pilot)

    async def streamed(self) -> None:
        """Wait until every stream has ended, too."""
        await waiting.streamed(self.pilot)

    async def until(self, condition: Callable[[], bool], what: str = "a condition") -> None:
        """Wait until a condition holds."""
        await waiting.until(self.pilot, condition, what)


def settings_for(data_dir: Path, **changes: Any) -> Settings:
    """Settings of a person who uses OpenAI; `changes` are options of the command line. Nothing of the machine's counts."""
    config = data_dir / "config.toml"
    config.touch()
    flags = {"config": config, "data_dir": data_dir, "model": "gpt-4o-mini", **changes}
    return load_settings(flags, {"OPENAI_API_KEY": KEY})


async def no_servers() -> list[Endpoint]:
    """No model server runs on this machine."""
    return []


@asynccontextmanager
async def running_app(
    *scripts: Script,
    settings: Settings,
    prompts: Sequence[str] = (),
    size: tuple[int, int] = (100, 30),
    clock: Clock | None = None,
    models: Sequence[str] = ("gpt-4o-mini", "gpt-4o"),
) -> AsyncIterator[RunningApp]:
    """Runs the app and waits until it has settled. Each prompt, and each that is asked, takes the next script that fits."""
    endpoint, clock = ScriptedEndpoint(*scripts, models=models), clock or Clock()
    app = StreamTUI(settings, prompts, client_factory=endpoint.client, clock=clock, discover=no_servers)
    async with app.run_test(size=size, notifications=True) as pilot:
        running = RunningApp(app, pilot, endpoint, clock)
        await running.settled()
        yield running
