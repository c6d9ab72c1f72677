"""The tools of a tab, by the palette: on and off, and loaded from a file."""

from __future__ import annotations

import json
from pathlib import Path

from textual.pilot import Pilot
from textual.widgets import Input

from tests.app.kit import FakeClipboard, make_app, notices, running, screen_of, send, shown
from tests.support.script import Script, reasoning, tool_call
from tests.support.waiting import settled, streamed, until
from tui.engine.tool_run import RunEnded, RunStarted
from tui.screens.picker import PickerScreen
from tui.screens.tools_picker import ToolsPicker

FILE = """
def population(city: str) -> int:
    "Tell how many people live in a city."
    return 3
"""


async def do(pilot: Pilot[None], action: str) -> None:
    """As the palette does."""
    await screen_of(pilot).run_action(action)
    await settled(pilot)


async def test_built_in_tools_are_offered_and_turned_off(tmp_path: Path) -> None:
    app, endpoint = make_app(tmp_path, Script.complete("ok"))
    async with running(app) as pilot:
        tab = screen_of(pilot).tab
        await do(pilot, "tools")
        assert "+ built-in tools" in shown(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: "calculate" in tab.tools.tools, "the tools")
        await do(pilot, "tools")
        assert "✓ clock" in shown(pilot)
        await pilot.press("enter")
        await settled(pilot)
        assert "· clock" in shown(pilot)  # and the list stays
        assert isinstance(app.screen, ToolsPicker)
        await pilot.press("escape")
        await send(pilot, "hi")
        await streamed(pilot)
        offered = [tool["function"]["name"] for tool in json.loads(endpoint.requests[-1].content)["tools"]]
        assert offered == ["calculate", "text_statistics"]


async def test_a_file_of_tools_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text(FILE)
    app, _ = make_app(tmp_path)
    async with running(app) as pilot:
        await do(pilot, "load_tools")
        app.screen.query_one(Input).value = str(path)
        await pilot.press("enter")
        await until(pilot, lambda: "population" in screen_of(pilot).tab.tools.tools, "the tool")
        await until(pilot, lambda: "Tools loaded: population." in notices(pilot), "the word")
        await do(pilot, "tools")
        assert "✓ population" in shown(pilot)
        assert "asks first" in shown(pilot)


async def test_a_file_that_can_not_be_loaded_is_told_and_changes_nothing(tmp_path: Path) -> None:
    app, _ = make_app(tmp_path)
    async with running(app) as pilot:
        await do(pilot, "load_tools")
        app.screen.query_one(Input).value = str(tmp_path / "none.py")
        await pilot.press("enter")
        await until(pilot, lambda: "No tools were loaded" in notices(pilot), "the word")
        assert not screen_of(pilot).tab.tools


async def test_reasoning_and_tool_calls_are_copied_apart(tmp_path: Path) -> None:
    call = tool_call(0, id="a", name="clock", arguments='{"timezone": "UTC"}')
    app, _ = make_app(tmp_path, Script.complete(reasoning("Which time?"), "Looking.", call))
    async with running(app) as pilot:
        await send(pilot, "what time is it?")
        await streamed(pilot)
        answer = screen_of(pilot).tab.answer
        assert answer is not None
        (asked,) = answer.tool_calls
        answer.expect_run(asked)
        answer.apply_run(asked, RunStarted(), 1.0)
        answer.apply_run(asked, RunEnded("done", "noon"), 2.0)
        clipboard = app.routes
        assert isinstance(clipboard, FakeClipboard)
        await do(pilot, "copy_reasoning")
        await until(pilot, lambda: clipboard.copied == ["Which time?"], "the reasoning")
        await do(pilot, "copy_tool")
        assert isinstance(app.screen, PickerScreen)
        assert "clock: arguments" in shown(pilot)
        await pilot.press("alt+1")
        await until(pilot, lambda: clipboard.copied[-1] == "noon", "the result")
