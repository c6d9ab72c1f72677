"""Answers that hold tool calls, and rounds of them without a screen."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from tui.engine import events
from tui.engine.answer import Answer, ToolCall
from tui.engine.events import ToolRunNoted
from tui.engine.tool_run import Decision, RunEnded
from tui.tools.box import ToolBox
from tui.tools.definition import Tool
from tui.tools.marks import Marks
from tui.tools.rounds import RoundRunner, Wanted
from tui.tools.running import run_tool
from tui.tools.signature import tool_of


def make_tool(function: Callable[..., Any], **marks: Any) -> Tool:
    """A tool of a function."""
    return tool_of(function, Marks(**marks))


def calling(*calls: tuple[str, str], end: events.Event | None = None, text: str = "") -> Answer:
    """An answer that calls: (name, arguments) of each."""
    answer = Answer("m", id="a" * 32)
    answer.meter.start(0.0)
    answer.apply(events.TextDelta(text), 0.0)
    for index, (name, arguments) in enumerate(calls):
        answer.apply(events.ToolCallDelta(index, f"id_{index}", name, arguments), 0.0)
    answer.apply(end or events.Finished(), 0.0)
    return answer


class Round:
    """A round that is run, and all that was noted and asked."""

    def __init__(self, answer: Answer, box: ToolBox, decisions: Sequence[Decision] = ()) -> None:
        self.answer, self.box = answer, box
        self.decisions = list(decisions)
        self.asked: list[Wanted] = []
        self.noted: list[ToolRunNoted] = []

    async def ask(self, wanted: Wanted) -> Decision:
        """The next decision."""
        self.asked.append(wanted)
        return self.decisions.pop(0)

    def note(self, note: ToolRunNoted) -> None:
        """Apply and keep."""
        self.answer.note_run(note, 0.0)
        self.noted.append(note)

    async def run(self) -> list[tuple[str, str]]:
        """(state, content) of each call."""
        await RoundRunner(self.answer, self.box, self.ask, self.note).run()
        return became(self.answer)


def became(answer: Answer) -> list[tuple[str, str]]:
    """(state, content) of each call's run."""
    return [(call.run.state, call.run.content) for call in answer.tool_calls if call.run is not None]


def called(answer: Answer, place: int = 0) -> ToolCall:
    """A call of an answer."""
    return answer.tool_calls[place]


async def run(tool: Tool, seconds: float = 5.0, hear: Callable[[str], None] = lambda text: None, **arguments: Any) -> RunEnded:
    """One run, without asking."""
    return await run_tool(tool, tool.validate(arguments), seconds, hear)


async def until(true: Callable[[], object]) -> None:
    """Let others run until something is true."""
    while not true():  # noqa: ASYNC110 - it is a thread that makes it true
        await asyncio.sleep(0)
