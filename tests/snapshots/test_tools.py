"""The pictures of tool calls, of the bar that asks, of reasoning, and of a second choice."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from tests.app.kit import make_app, running, screen_of, send
from tests.conftest import Snap
from tests.support.clock import Clock
from tests.support.script import DONE, Delta, Gate, Item, Script, counts, finish, reasoning, tool_call
from tests.support.waiting import settled, streamed, until
from tui.app import StreamTUI
from tui.engine.tool_run import RunEnded, RunEvent, RunProgress, RunStarted
from tui.workspace import Ask

QUESTION = "What should I pack for Paris and Oslo tomorrow?"
FORECAST = '{"city": "Paris", "day": "tomorrow", "units": "metric"}'
RESULT = '{"city": "Paris", "sky": "clear", "high": 24, "low": 13}'
CALLS = (
    tool_call(0, id="a", name="forecast", arguments=FORECAST),
    tool_call(1, id="b", name="forecast", arguments=FORECAST.replace("Paris", "Oslo")),
    tool_call(2, id="c", name="search_flights", arguments='{"from": "CDG", "to": "OSL"}'),
)
THOUGHTS = (
    "The person wants to pack lightly. Two cities, one day: what matters is the *colder* one.\n\n"
    "- Paris: clear, 24 degrees\n- Oslo: rain, 11 degrees\n\nSo a jacket, whatever Paris says."
)


async def looked_at(pilot: Pilot[None]) -> None:
    """Draw what was changed by hand."""
    screen_of(pilot).state_changed(screen_of(pilot).tab)
    await settled(pilot)


async def run_calls(pilot: Pilot[None], clock: Clock, *runs: tuple[RunEvent, ...]) -> None:
    """What became of each call, one after another; a second passes after each event."""
    answer = screen_of(pilot).tab.answer
    assert answer is not None
    for call, became in zip(answer.tool_calls, runs, strict=False):
        answer.expect_run(call)
        for event in became:
            answer.apply_run(call, event, clock())
            clock.passes(1.2)
    await looked_at(pilot)


def ask_for(app: StreamTUI, **arguments: Any) -> None:
    """The first call of the tab in front waits for the person."""
    tab = app.workspace.tabs[0]
    assert tab.answer is not None
    call = tab.answer.tool_calls[0]
    decision = asyncio.get_running_loop().create_future()
    tab.asks.append(Ask(call, arguments, "Tell what the weather will be like.", decision))


async def shown_calls(pilot: Pilot[None]) -> None:
    """Ask the question, and see the calls come."""
    await send(pilot, QUESTION)
    await streamed(pilot)


async def test_a_call_arrives(tmp_path: Path, snap: Snap) -> None:
    gate = Gate()
    parts: tuple[Item, ...] = (
        "Let me look at both forecasts.",
        CALLS[0],
        tool_call(1, id="b", name="forecast", arguments=FORECAST.replace("Paris", "Oslo")[:32]),
    )
    app, _ = make_app(tmp_path, Script(*parts, gate))
    async with running(app, size=(100, 20)) as pilot:
        await send(pilot, QUESTION)
        await gate.reached()
        await looked_at(pilot)
        await snap(pilot, "call_arriving")


async def test_calls_run_side_by_side(tmp_path: Path, snap: Snap) -> None:
    clock = Clock()
    app, _ = make_app(tmp_path, Script.complete("Let me look at both forecasts.", *CALLS), clock=clock)
    async with running(app, size=(100, 26)) as pilot:
        await shown_calls(pilot)
        running_call = RunStarted(), RunProgress("asking the station at Blindern")
        await run_calls(pilot, clock, (RunStarted(), RunEnded("done", RESULT)), running_call, ())
        await snap(pilot, "calls_running")


async def test_calls_that_did_not_go_well(tmp_path: Path, snap: Snap) -> None:
    clock = Clock()
    cut = tool_call(3, id="d", name="book_hotel", arguments='{"city": "Os')
    app, _ = make_app(tmp_path, Script(*CALLS, cut, finish("length"), DONE), clock=clock)
    async with running(app, size=(100, 26)) as pilot:
        await shown_calls(pilot)
        failed = RunStarted(), RunEnded("failed", "ConnectionError: the station does not answer\n(tried 3 times)")
        declined = (RunEnded("declined", "The person declined this call. Reason: too expensive"),)
        stopped = RunStarted(), RunEnded("cancelled", "Not run to its end: the person stopped it.")
        await run_calls(pilot, clock, failed, declined, stopped)
        await snap(pilot, "calls_broken")


async def opened(pilot: Pilot[None], clock: Clock) -> None:
    """A call that is done, opened."""
    await shown_calls(pilot)
    await run_calls(pilot, clock, (RunStarted(), RunEnded("done", RESULT)))
    await pilot.press("alt+t")


async def test_an_open_card(tmp_path: Path, snap: Snap) -> None:
    clock = Clock()
    app, _ = make_app(tmp_path, Script.complete(CALLS[0]), clock=clock)
    async with running(app, size=(100, 26)) as pilot:
        await opened(pilot, clock)
        await snap(pilot, "card_open")


async def test_an_open_card_is_narrow_and_light(tmp_path: Path, snap: Snap) -> None:
    clock = Clock()
    app, _ = make_app(tmp_path, Script.complete(CALLS[0]), clock=clock, theme="streamtui-light")
    async with running(app, size=(44, 24)) as pilot:
        await opened(pilot, clock)
        await snap(pilot, "card_open_narrow_light")


async def approval(pilot: Pilot[None], app: StreamTUI) -> None:
    """A call that waits for leave, and the bar that says so."""
    await shown_calls(pilot)
    await run_calls(pilot, Clock(), ())
    ask_for(app, city="Paris", day="tomorrow", units="metric")
    await looked_at(pilot)


async def test_the_bar_asks(tmp_path: Path, snap: Snap) -> None:
    app, _ = make_app(tmp_path, Script.complete("Let me look at both forecasts.", *CALLS[:1]))
    async with running(app, size=(100, 24)) as pilot:
        await approval(pilot, app)
        await snap(pilot, "approval")


async def test_the_bar_asks_in_a_narrow_light_terminal(tmp_path: Path, snap: Snap) -> None:
    app, _ = make_app(tmp_path, Script.complete("Let me look.", *CALLS[:1]), theme="streamtui-light")
    async with running(app, size=(44, 24)) as pilot:
        await approval(pilot, app)
        await snap(pilot, "approval_narrow_light")


def reasoning_of(pilot: Pilot[None]) -> str:
    """What the model has thought so far."""
    answer = screen_of(pilot).tab.answer
    return answer.reasoning if answer else ""


async def test_reasoning_streams_folded(tmp_path: Path, snap: Snap) -> None:
    clock, gate = Clock(), Gate()
    app, _ = make_app(tmp_path, Script(reasoning(THOUGHTS[:80]), gate, Gate()), clock=clock)
    async with running(app, size=(100, 16)) as pilot:
        await send(pilot, QUESTION)
        await gate.reached()
        await until(pilot, lambda: bool(reasoning_of(pilot)), "the first thought")
        clock.passes(4.1)
        await looked_at(pilot)
        await snap(pilot, "reasoning_folded")


async def test_reasoning_opens(tmp_path: Path, snap: Snap) -> None:
    clock, gate = Clock(), Gate()
    usage = counts(17, 158, completion_tokens_details={"reasoning_tokens": 61})
    parts = reasoning(THOUGHTS[:80]), gate, reasoning(THOUGHTS[80:]), "A light **jacket**, for Oslo."
    app, _ = make_app(tmp_path, Script(*parts, finish(), usage, DONE), clock=clock)
    async with running(app, size=(100, 22)) as pilot:
        await send(pilot, QUESTION)
        await gate.reached()
        await until(pilot, lambda: bool(reasoning_of(pilot)), "the first thought")
        clock.passes(4.1)
        gate.open()
        await streamed(pilot)
        await pilot.press("alt+t")
        await snap(pilot, "reasoning_open")


async def test_a_second_choice(tmp_path: Path, snap: Snap) -> None:
    one, other = "Whoever waits, gives way.", "A task gives way while it waits; **another one runs**."
    script = Script(*(Delta({"content": text}, "stop", place) for place, text in enumerate((one, other))), DONE)
    app, _ = make_app(tmp_path, script)
    async with running(app, size=(100, 16)) as pilot:
        await send(pilot, "Explain await in one sentence.")
        await streamed(pilot)
        await pilot.press("alt+n")
        await snap(pilot, "second_choice")


async def test_the_tools_of_a_tab(tmp_path: Path, snap: Snap) -> None:
    app, _ = make_app(tmp_path, tools=("builtin",))
    async with running(app, size=(100, 24)) as pilot:
        await screen_of(pilot).run_action("tools")
        await settled(pilot)
        await pilot.press("down", "enter")
        await snap(pilot, "tools")
