"""A round of calls: what runs, what is asked, what is refused, and that all is final at the end."""

from __future__ import annotations

import asyncio
import threading

import pytest

from tests.tools.kit import Round, became, called, calling, make_tool, until
from tui.engine import events
from tui.engine.failure import Failure
from tui.engine.tool_run import Decision, RunEnded, RunProgress, RunStarted
from tui.tools.box import ToolBox
from tui.tools.definition import Tool
from tui.tools.reporting import progress
from tui.tools.rounds import AT_THE_LIMIT, CUT, DECLINED, STOPPED, end_all, look_at, wants_round

YES, NO, ALWAYS = Decision(True), Decision(False), Decision(True, always=True)
LENGTH = events.ReasonGiven("length")
BROKEN = events.Failed(Failure("closed", "It closed."))


def double(x: int) -> int:
    """Double it."""
    progress("doubling")
    return 2 * x


def look(x: int) -> int:
    """Look at it."""
    return x


DOUBLE, LOOK = make_tool(double), make_tool(look, read_only=True)


def box(*tools: Tool, **more: object) -> ToolBox:
    return ToolBox.of(tools or (DOUBLE, LOOK), **more)  # type: ignore[arg-type] # as the class takes them


async def test_a_call_is_asked_about_and_run() -> None:
    one = Round(calling(("double", '{"x": 2}')), box(), [YES])
    assert await one.run() == [("done", "4")]
    assert one.asked[0].arguments == {"x": 2}
    assert [note.event for note in one.noted] == [None, RunStarted(), RunProgress("doubling"), RunEnded("done", "4")]


@pytest.mark.parametrize(
    ("decision", "content"),
    [(NO, DECLINED), (Decision(False, reason="too\n late "), "Declined: too late"), (Decision(False, always=True), DECLINED)],
)
async def test_a_declined_call_never_runs(decision: Decision, content: str) -> None:
    one = Round(calling(("double", '{"x": 2}'), ("double", '{"x": 3}')), box(), [decision, YES])
    assert await one.run() == [("declined", content), ("done", "6")]


async def test_always_is_for_this_tool_in_this_conversation() -> None:
    tools = box()
    calls = [("double", '{"x": 1}'), ("look", '{"x": 1}'), ("double", '{"x": 2}')]
    one = Round(calling(*calls), tools, [ALWAYS, YES])
    assert [state for state, _ in await one.run()] == ["done"] * 3
    assert [wanted.tool.name for wanted in one.asked] == ["double", "look"]
    assert tools.always == {"double"}
    again = Round(calling(*calls), tools, [YES])
    await again.run()
    assert [wanted.tool.name for wanted in again.asked] == ["look"]


async def test_only_what_is_read_only_can_be_allowed_beforehand() -> None:
    one = Round(calling(("double", '{"x": 1}'), ("look", '{"x": 2}')), box(allowed=frozenset(("double", "look"))), [NO])
    assert await one.run() == [("declined", DECLINED), ("done", "2")]


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (("nothing", "{}"), "There is no tool 'nothing' here. There are: double, look."),
        (("", "{}"), "There is no tool None here."),
        (("double", '{"x": '), "The arguments are not valid JSON: Expecting value"),
        (("double", "[1]"), "The arguments must be a JSON object."),
        (("double", ""), "The arguments of double are not valid: x: Field required"),
        (("double", '{"x": "two"}'), "x: Input should be a valid integer"),
        (("double", '{"x": 1, "y": 2}'), "y: Extra inputs are not permitted"),
    ],
)
async def test_what_is_wrong_goes_back_to_the_model_unasked(call: tuple[str, str], said: str) -> None:
    one = Round(calling(call), box())
    ((state, content),) = await one.run()
    assert state == "failed"
    assert said in content
    assert not one.asked


@pytest.mark.parametrize("whole", ['{"x": 1}', "{}"])
def test_a_call_that_was_cut_is_never_run(whole: str) -> None:
    answer = calling(("double", whole), ("double", '{"x":'), end=LENGTH)
    answer.apply(events.Finished(), 1.0)
    assert answer.state == "truncated"
    assert wants_round(answer, box())
    assert look_at(answer, called(answer, 1), box()) == RunEnded("failed", CUT)
    assert look_at(answer, called(answer, 0), box()) != RunEnded("failed", CUT)


async def test_one_cut_among_whole_ones_is_the_only_one_that_does_not_run() -> None:
    answer = calling(("double", '{"x": 1}'), ("double", '{"x": 2'), end=LENGTH)
    answer.apply(events.Finished(), 1.0)
    assert await Round(answer, box(), [YES]).run() == [("done", "2"), ("failed", CUT)]


def test_calls_that_were_named_before_any_arguments_came_are_cut_where_none_came() -> None:
    answer = calling(("look", ""), ("double", '{"x": 1}'), ("double", '{"x":'), end=LENGTH)
    answer.apply(events.Finished(), 1.0)
    assert [look_at(answer, call, box()) == RunEnded("failed", CUT) for call in answer.tool_calls] == [True, False, True]


@pytest.mark.parametrize(
    ("arguments", "reason", "end", "wanted"),
    [
        ("{}", "tool_calls", None, True),
        ("{}", "stop", None, True),
        ("{}", None, None, True),
        ('{"x": ', "tool_calls", None, True),  # its error goes back
        ("", "stop", None, True),
        ("{}", "length", None, True),
        ("", "length", None, False),  # nothing came of them: they may have been cut
        ('{"x": ', "length", None, False),
        ("{}", "content_filter", None, False),
        ("{}", None, BROKEN, False),
        ("{}", None, events.Cancelled(), False),
    ],
)
def test_when_there_is_a_round(arguments: str, reason: str | None, end: events.Event | None, wanted: bool) -> None:
    first = events.Footnote("") if reason is None else events.ReasonGiven(reason)
    answer = calling(("double", arguments), end=first)
    answer.apply(end or events.Finished(), 1.0)
    assert wants_round(answer, box()) is wanted
    assert not wants_round(answer, ToolBox())


def test_without_calls_there_is_no_round() -> None:
    assert not wants_round(calling(text="hi"), box())


def test_at_the_limit_all_calls_end_unasked() -> None:
    one = Round(calling(("double", "{}"), ("look", "{}")), box())
    end_all(one.answer, AT_THE_LIMIT.format(rounds=8), one.note)
    assert {state for state, _ in became(one.answer)} == {"declined"}
    assert "8 rounds" in became(one.answer)[0][1]


class Counted:
    """A tool that counts how many of it run at once, and waits to be let go."""

    def __init__(self) -> None:
        self.running = self.most = 0
        self.go = threading.Event()
        self._lock = threading.Lock()

    def work(self, x: int) -> int:
        """Work."""
        with self._lock:
            self.running += 1
            self.most = max(self.most, self.running)
        self.go.wait()
        with self._lock:
            self.running -= 1
        return x


@pytest.mark.parametrize(("read_only", "most"), [(True, 4), (False, 1)])
async def test_read_only_ones_run_side_by_side_all_others_in_order(read_only: bool, most: int) -> None:
    counted = Counted()
    tool = make_tool(counted.work, read_only=read_only)
    one = Round(calling(*[("work", f'{{"x": {x}}}') for x in range(6)]), box(tool, always={"work"}))
    task = asyncio.create_task(one.run())
    await until(lambda: counted.running == most)
    counted.go.set()
    assert await task == [("done", str(x)) for x in range(6)]
    assert counted.most <= most
    if not read_only:
        assert [note.index for note in one.noted if isinstance(note.event, RunStarted)] == list(range(6))


async def test_what_was_allowed_runs_while_another_call_is_asked_about() -> None:
    answering: asyncio.Future[Decision] = asyncio.get_running_loop().create_future()
    one = Round(calling(("double", '{"x": 1}'), ("look", '{"x": 2}')), box(allowed=frozenset(("look",))))
    one.ask = lambda wanted: answering  # type: ignore[assignment, method-assign, return-value] # an answer that takes its time
    task = asyncio.create_task(one.run())
    await until(lambda: ("done", "2") in became(one.answer))
    assert became(one.answer)[0] == ("waiting", "")
    answering.set_result(YES)
    assert await task == [("done", "2"), ("done", "2")]


async def test_stopping_leaves_every_run_final() -> None:
    counted = Counted()
    tools = box(make_tool(counted.work), LOOK, DOUBLE, always={"work", "look"})
    one = Round(calling(("work", '{"x": 1}'), ("look", '{"x": 2}'), ("double", '{"x": 3}')), tools)
    asked = asyncio.Event()

    async def ask(wanted: object) -> Decision:
        asked.set()
        never: asyncio.Future[Decision] = asyncio.get_running_loop().create_future()
        return await never

    one.ask = ask  # type: ignore[method-assign] # a person who never answers
    task = asyncio.create_task(one.run())
    await asked.wait()
    await until(lambda: counted.running and ("done", "2") in became(one.answer))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert became(one.answer) == [("cancelled", STOPPED), ("done", "2"), ("cancelled", STOPPED)]
    counted.go.set()


async def test_a_stopped_round_can_be_taken_up_again() -> None:
    answer = calling(("look", '{"x": 1}'), ("double", '{"x": 2}'))
    tools = box(always={"look"})
    first = Round(answer, tools)

    async def stop(wanted: object) -> Decision:
        raise asyncio.CancelledError

    first.ask = stop  # type: ignore[method-assign] # stopped while it is asked
    with pytest.raises(asyncio.CancelledError):
        await first.run()
    first_states = [state for state, _ in became(answer)]
    assert first_states[1] == "cancelled"
    second = Round(answer, tools, [YES])
    assert await second.run() == [("done", "1"), ("done", "4")]
    assert 0 not in [note.index for note in second.noted] or first_states[0] == "cancelled"
