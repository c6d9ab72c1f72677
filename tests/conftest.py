"""Fixtures for all tests. Whatever the terminal and the machine of a run are like, its screens are the same."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from textual.pilot import Pilot

from tests.snapshots.extension import PictureExtension, normalised
from tests.snapshots.report import Failure, Report
from tests.snapshots.screen_text import difference

Snap = Callable[[Pilot[Any], str], Awaitable[None]]
#: what a person's or a machine's environment could change in a test; tests set their own
_VARIABLES = ("NO_COLOR", "COLORTERM", "TMUX", "SSH_CONNECTION", "SSH_TTY", "DISPLAY", "WAYLAND_DISPLAY")


@pytest.fixture(autouse=True)
def neutral_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees the settings of whoever runs it."""
    for name in _VARIABLES:
        monkeypatch.delenv(name, raising=False)
    for name in [name for name in os.environ if name.startswith(("STREAMTUI_", "OPENAI_"))]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def picture_report(pytestconfig: pytest.Config) -> Report:
    """The page of failing pictures."""
    report = Report(pytestconfig.rootpath / "snapshot_report.html")
    report.path.unlink(missing_ok=True)
    return report


@pytest.fixture
def snap(snapshot: SnapshotAssertion, picture_report: Report, frozen: None) -> Snap:
    """`await snap(pilot, "idle")` compares the settled screen with `pictures/idle.svg` beside the test."""
    from tests.support.waiting import settled

    pictures = snapshot.use_extension(PictureExtension)

    async def compare(pilot: Pilot[Any], name: str) -> None:
        await settled(pilot)
        for widget in pilot.app.screen.walk_children():
            widget.refresh()  # what the app redraws only now and then is drawn now
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
def frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing on the screen moves by itself: no cursor blinks, no spinner turns, nothing is animated, no toast goes away."""
    from textual.notifications import Notification
    from textual.widgets import Input, TextArea

    monkeypatch.setattr(Input, "_toggle_cursor", lambda self: None)
    monkeypatch.setattr(TextArea, "_toggle_cursor_blink_visible", lambda self: None)
    monkeypatch.setattr("tui.screens.main.BEAT", 86_400.0)
    monkeypatch.setattr(Notification, "time_left", 3600.0)
    monkeypatch.setattr("textual.constants.TEXTUAL_ANIMATIONS", "none")
