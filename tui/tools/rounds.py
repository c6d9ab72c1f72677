"""One round of tool calls: each call is looked at, asked about, run, and ended, in the order in which the model made them.

Tools that are read-only run side by side, all others one after another. Whatever happens, every run is final afterwards.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tui.engine.answer import Answer, ToolCall
from tui.engine.events import ToolRunNoted
from tui.engine.rounds import is_open, is_whole
from tui.engine.tool_run import Decision, RunEnded, RunEvent, RunProgress, RunStarted
from tui.tools.box import ToolBox
from tui.tools.definition import ArgumentsError, Tool, read_arguments
from tui.tools.running import run_tool

MOST_AT_ONCE = 4
CUT = "The arguments of this call were cut off before they were complete, so it was not run. Call again if it is needed."
STOPPED = "Not run to its end: the person stopped it."
DECLINED = "The person declined this call."
AT_THE_LIMIT = "Not run: {rounds} rounds of tools in one answer are the limit here. Answer with what you know."


@dataclass(frozen=True, slots=True)
class Wanted:
    """A call that may run: the tool, the arguments as the model wrote them, and the values that they became."""

    call: ToolCall
    tool: Tool
    arguments: Mapping[str, Any]
    values: list[Any]


AskLeave = Callable[[Wanted], Awaitable[Decision]]
Note = Callable[[ToolRunNoted], None]


def wants_round(answer: Answer, box: ToolBox) -> bool:
    """Whether the model waits for tools that are here: the answer came to an end of its own, and holds a call that is whole."""
    if not box:
        return False
    if answer.state == "truncated":
        return any(is_whole(answer, call) for call in answer.tool_calls)
    return answer.state == "complete" and bool(answer.tool_calls)


def end_all(answer: Answer, content: str, note: Note) -> None:
    """End the calls of an answer without running any; `content` tells the model why."""
    for call in filter(is_open, answer.tool_calls):
        note(ToolRunNoted(call.index, None, answer.first.index))
        note(ToolRunNoted(call.index, RunEnded("declined", content), answer.first.index))


def look_at(answer: Answer, call: ToolCall, box: ToolBox) -> Wanted | RunEnded:
    """What a call asks for, or what is wrong with it."""
    if not is_whole(answer, call) and answer.state != "complete":
        return RunEnded("failed", CUT)
    tool = box.on.get(call.name or "")
    if tool is None:
        names = ", ".join(box.on) or "none"
        return RunEnded("failed", f"There is no tool {call.name!r} here. There are: {names}.")
    try:
        arguments = read_arguments(call.arguments.text)
        return Wanted(call, tool, arguments, tool.validate(arguments))
    except ArgumentsError as error:
        return RunEnded("failed", str(error))


class RoundRunner:
    """Runs the calls of one answer. `ask` asks the person, one call at a time; `note` applies and records what happens."""

    def __init__(self, answer: Answer, box: ToolBox, ask: AskLeave, note: Note) -> None:
        self._answer, self._box, self._ask, self._note = answer, box, ask, note
        self._one_at_a_time = asyncio.Lock()
        self._places = asyncio.Semaphore(MOST_AT_ONCE)

    async def run(self) -> None:
        """Run what is open. Raises CancelledError, after what was open was cancelled."""
        calls = list(filter(is_open, self._answer.tool_calls))
        for call in calls:
            self._became(call, None)
        try:
            async with asyncio.TaskGroup() as group:
                await self._start(calls, group)
        finally:
            for call in calls:
                if call.run is not None and not call.run.final:
                    self._became(call, RunEnded("cancelled", STOPPED))

    async def _start(self, calls: list[ToolCall], group: asyncio.TaskGroup) -> None:
        """Start what needs no leave, then ask for the rest in order."""
        asked: list[Wanted] = []
        for call in calls:
            wanted = look_at(self._answer, call, self._box)
            if isinstance(wanted, RunEnded):
                self._became(call, wanted)
            elif self._box.needs_leave(wanted.tool):
                asked.append(wanted)
            else:
                group.create_task(self._run(wanted))
        for wanted in asked:
            if not self._box.needs_leave(wanted.tool) or await self._has_leave(wanted):
                group.create_task(self._run(wanted))

    async def _has_leave(self, wanted: Wanted) -> bool:
        decision = await self._ask(wanted)
        if not decision.run:
            reason = " ".join(decision.reason.split())
            self._became(wanted.call, RunEnded("declined", f"Declined: {reason}" if reason else DECLINED))
        elif decision.always:
            self._box.always.add(wanted.tool.name)
        return decision.run

    async def _run(self, wanted: Wanted) -> None:
        async with self._places if wanted.tool.read_only else self._one_at_a_time:
            self._became(wanted.call, RunStarted())
            limit = self._box.time_limit(wanted.tool)
            hear = self._hearing(wanted.call)
            self._became(wanted.call, await run_tool(wanted.tool, wanted.values, limit, hear))

    def _hearing(self, call: ToolCall) -> Callable[[str], None]:
        return lambda text: self._became(call, RunProgress(text))

    def _became(self, call: ToolCall, event: RunEvent | None) -> None:
        self._note(ToolRunNoted(call.index, event, self._answer.first.index))
