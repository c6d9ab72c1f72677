"""The run of a tool call: every step of its table, and what it keeps."""

from __future__ import annotations

from itertools import product

import pytest

from tui.engine.answer import Answer, IllegalTransitionError
from tui.engine.events import Finished, ToolCallDelta
from tui.engine.tool_run import TRANSITIONS, IllegalRunError, RunEnded, RunEvent, RunProgress, RunStarted, ToolRun

EVENTS: list[RunEvent] = [
    RunStarted(),
    RunProgress("half way"),
    *(RunEnded(state, f"it is {state}") for state in ("done", "failed", "declined", "cancelled")),
]
WAYS: list[list[RunEvent]] = [[], [RunStarted()], [RunEnded("declined", "no")], [RunStarted(), RunEnded("done", "4")]]


@pytest.mark.parametrize(("way", "event"), list(product(WAYS, EVENTS)))
def test_only_what_the_table_allows_changes_anything(way: list[RunEvent], event: RunEvent) -> None:
    run = ToolRun()
    for step in way:
        run.apply(step, 1.0)
    before = (run.state, run.content, run.progress, run.started, run.ended)
    target = event.state if isinstance(event, RunEnded) else "running"
    if target in TRANSITIONS.get(run.state, {}).get(type(event), ()):
        run.apply(event, 2.0)
        assert run.state == target
    else:
        with pytest.raises(IllegalRunError):
            run.apply(event, 2.0)
        assert (run.state, run.content, run.progress, run.started, run.ended) == before


def test_a_run_knows_how_long_it_took() -> None:
    run = ToolRun()
    assert run.elapsed(5.0) == 0.0
    run.apply(RunStarted(), 5.0)
    assert run.elapsed(6.5) == 1.5
    run.apply(RunEnded("done", "4"), 7.0)
    assert (run.elapsed(100.0), run.content, run.final) == (2.0, "4", True)


def test_a_call_runs_only_after_the_answer_ended() -> None:
    answer = Answer("m")
    answer.apply(ToolCallDelta(0, "call_1", "clock", "{}"), 1.0)
    call = answer.tool_calls[0]
    with pytest.raises(IllegalTransitionError):
        answer.expect_run(call)
    answer.apply(Finished(), 2.0)
    revision = answer.revision
    answer.expect_run(call)
    answer.apply_run(call, RunStarted(), 3.0)
    assert call.run is not None
    assert (call.run.state, answer.revision) == ("running", revision + 2)
    assert answer.runs_open
    answer.apply_run(call, RunEnded("done", "noon"), 4.0)
    assert not answer.runs_open
