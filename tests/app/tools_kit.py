"""An answer whose calls are to run, as the tests of cards and of the bar that asks need it."""

from __future__ import annotations

from textual.pilot import Pilot

from tests.app.kit import screen_of, send, shown
from tests.support.script import tool_call
from tests.support.waiting import settled, streamed
from tui.engine.answer import Answer, ToolCall

CALLS = (
    tool_call(0, id="a", name="get_weather", arguments='{"city": "Paris"}'),
    tool_call(1, id="b", name="delete_all", arguments='{"path": "/"}'),
)


async def asked(pilot: Pilot[None]) -> tuple[Answer, list[ToolCall]]:
    """The answer with its calls, each expected to run."""
    await send(pilot, "go")
    await streamed(pilot)
    answer = screen_of(pilot).tab.answer
    assert answer is not None
    for call in answer.tool_calls:
        answer.expect_run(call)
    return answer, answer.tool_calls


async def looks(pilot: Pilot[None]) -> str:
    """The screen, after all that has changed in the tab in front is drawn."""
    screen = screen_of(pilot)
    screen.state_changed(screen.tab)
    await settled(pilot)
    return shown(pilot)
