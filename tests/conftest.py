"""Fixtures for all tests. Whatever the terminal and the machine of a run are like, its screens are the same."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.snapshots.extension import PictureExtension, normalised
from tests.snapshots.report import Failure, Report
from tests.snapshots.screen_text import difference
from tests.support.clock import Clock

if TYPE_CHECKING:
    from tests.support.app import RunningApp

Snap = Callable[[Any, str], Awaitable[None]]
RunApp = Callable[..., AbstractAsyncContextManager["RunningApp"]]
#: what a person's or a machine's environment could change in a test; tests set their own
_VARIABLES = ("NO_COLOR", "COLORTERM", "TMUX", "SSH_CONNECTION", "SSH_TTY", "DISPLAY", "WAYLAND_DISPLAY")


@pytest.fixture(autouse=True)
def neutral_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees the settings of whoever runs it."""
    for name in _VARIABLES:
        monkeypatch.delenv(name, raising=False)
    for name in [name for name in os.environ if name.startswith(("STREAMTUI_", "OPENAI_"))]:
        monkeypatch.delenv(name)


@pytest.fixture
def clock() -> Clock:
    """A clock that stands still until the test moves it."""
    return Clock()


@pytest.fixture(scope="session")
def picture_report(pytestconfig: pytest.Config) -> Report:
    """The page of failing pictures."""
    report = Report(pytestconfig.rootpath / "snapshot_report.html")
    report.path.unlink(missing_ok=True)
    return report


@pytest.fixture
def snap(snapshot: SnapshotAssertion, picture_report: Report, frozen: None) -> Snap:
    """`await snap(pilot or running app, "idle")` compares the settled screen with `pictures/idle.svg` beside the test."""
    from tests.support.waiting import settled

    pictures = snapshot.use_extension(PictureExtension)

    async def compare(shown: Any, name: str) -> None:
        pilot = getattr(shown, "pilot", shown)
        await settled(pilot)
        actual = normalised(pilot.app.export_screenshot(title="streamtui"))
        if pictures(name=name) == actual:
            return
        expected = str(pictures.executions[pictures.num_executions - 1].recalled_data or "")
        told = difference(expected, actual) if expected else "There is no such picture yet: run with --snapshot-update."
        picture_report.add(Failure(name, expected, actual, told))
        pytest.fail(f"The picture {name!r} differs; {picture_report.path.name} shows both.\n{told}", pytrace=False)

    return compare


@pytest.fixture
def run_app(frozen: None, monkeypatch: pytest.MonkeyPatch, clock: Clock, tmp_path: Path) -> RunApp:
    """`async with run_app(script, ...) as running:` runs the app; options of `running_app` and of the command line go in."""
    from tests.support.app import running_app, settings_for

    monkeypatch.setattr("tui.screens.main.BEAT", 86_400.0)  # spinners stand still

    def run(*scripts: Any, prompts: Any = (), size: tuple[int, int] = (100, 30), **options: Any) -> Any:
        settings = settings_for(tmp_path, **options)
        return running_app(*scripts, settings=settings, prompts=prompts, size=size, clock=clock)

    return run


@pytest.fixture
def frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing on the screen moves by itself: no cursor blinks, nothing is animated, no notification goes away."""
    from textual.notifications import Notification
    from textual.widgets import Input, TextArea

    monkeypatch.setattr(Input, "_toggle_cursor", lambda self: None)
    monkeypatch.setattr(TextArea, "_toggle_cursor_blink_visible", lambda self: None)
    monkeypatch.setattr(Notification, "time_left", 3600.0)
    monkeypatch.setattr("textual.constants.TEXTUAL_ANIMATIONS", "none")
