"""Rounds of tools in a workspace, without a screen: asked, run, saved, stopped, and taken up again after a crash."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.script import DONE, Script, finish, reasoning, tool_call
from tests.support.scripted import BASE_URL, ScriptedEndpoint
from tui.engine.answer import Answer
from tui.engine.conversation import Conversation
from tui.engine.events import ToolRunNoted
from tui.engine.tool_run import Decision, RunEnded
from tui.keeping import Keeper
from tui.settings import load_settings
from tui.storage.export import to_json, to_markdown
from tui.tab import Tab
from tui.tools import ToolsError
from tui.workspace import Workspace

YES = Decision(True)


def calls(*names: str, text: str = "", reason: str = "tool_calls") -> Script:
    """An answer that calls tools without arguments."""
    deltas = [tool_call(place, id=f"c{place}", name=name, arguments="{}") for place, name in enumerate(names)]
    return Script(*([text] if text else []), *deltas, finish(reason), DONE)


class Desk:
    """A workspace with one tab at an endpoint that plays scripts; what it keeps is in `folder`."""

    def __init__(self, folder: Path, *scripts: Script, keep: bool = False, **flags: object) -> None:
        config = folder / "config.toml"
        config.touch()
        given = {"base_url": BASE_URL, "model": "m", "data_dir": folder, "config": config, "tools": ["builtin"], **flags}
        self.endpoint = ScriptedEndpoint(*scripts)
        self.workspace = Workspace(load_settings(given, {}), self.endpoint.client)
        self.keeper = Keeper(folder, save=keep)
        self.workspace.record = lambda tab, answer, event: self.keeper.event(answer, event)
        self.workspace.began = self.keeper.begins
        self.workspace.changed = self._changed
        self.decide: Callable[[Tab], Decision | None] = lambda tab: YES
        self.states: list[str] = []
        self.tab = self.workspace.open()

    def _changed(self, tab: Tab) -> None:
        self.states.append(tab.state)
        decision = self.decide(tab)
        if tab.asks and decision is not None and not tab.asks[0].decision.done():
            tab.asks[0].decision.set_result(decision)

    async def ask(self, prompt: str = "hi") -> Answer:
        """Ask, and wait for all rounds."""
        _, answer = self.tab.conversation.ask(prompt)
        self.keeper.begins(self.tab, answer)
        await self.workspace.stream(self.tab, answer)
        return answer

    @property
    def talk(self) -> Conversation:
        return self.tab.conversation

    def runs(self) -> list[tuple[str, str]]:
        """(tool, state) of every call of the last turn."""
        answers = self.talk.turns[-1].reply.answers
        return [(call.name or "", call.run.state if call.run else "-") for answer in answers for call in answer.tool_calls]


async def test_rounds_go_on_until_the_model_answers_in_text(tmp_path: Path) -> None:
    scripts = (calls("clock", text="One."), calls("clock", "nothing", reason="stop"), Script.complete("Two."))
    desk = Desk(tmp_path, *scripts)
    await desk.ask()
    assert desk.runs() == [("clock", "done"), ("clock", "done"), ("nothing", "failed")]
    assert (desk.tab.state, desk.talk.turns[-1].reply.text) == ("complete", "One.\n\nTwo.")
    assert "asking" in desk.states
    assert "running" in desk.states
    assert [message["role"] for message in scripts[2].body["messages"]] == [
        "user",
        "assistant",
        "tool",
        "assistant",
        "tool",
        "tool",
    ]
    assert not desk.tab.asks


async def test_the_limit_of_rounds_ends_them_and_continue_goes_on(tmp_path: Path) -> None:
    desk = Desk(tmp_path, calls("clock"), calls("clock"), Script.complete("At last."), max_tool_rounds=1)
    await desk.ask()
    assert desk.runs() == [("clock", "done"), ("clock", "declined")]
    assert not desk.tab.busy
    assert desk.talk.turns[-1].reply.can_continue
    await desk.workspace.stream(desk.tab, desk.talk.continue_answer())
    assert desk.talk.turns[-1].reply.text == "At last."
    assert not desk.talk.turns[-1].reply.can_continue


async def test_stopping_while_it_asks_leaves_all_final_and_continue_asks_again(tmp_path: Path) -> None:
    desk = Desk(tmp_path, calls("clock", "calculate"), Script.complete("Done."))
    desk.decide = lambda tab: None
    task = asyncio.create_task(desk.ask())
    while not desk.tab.asks:  # noqa: ASYNC110 - the screen polls nothing; a test may
        await asyncio.sleep(0)
    assert desk.tab.state == "asking"
    assert desk.tab.busy
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert desk.runs() == [("clock", "cancelled"), ("calculate", "failed")]
    assert (desk.tab.asks, desk.tab.busy, desk.talk.streaming) == ([], False, False)
    desk.decide = lambda tab: YES
    await desk.workspace.stream(desk.tab, desk.talk.continue_answer())
    assert desk.runs() == [("clock", "done"), ("calculate", "failed")]
    assert desk.talk.turns[-1].reply.text == "Done."


async def test_without_tools_calls_are_only_shown(tmp_path: Path) -> None:
    script = calls("clock")
    desk = Desk(tmp_path, script, tools=[])
    await desk.ask()
    assert desk.runs() == [("clock", "-")]
    assert "tools" not in script.body
    assert desk.talk.messages(desk.talk.ask("next")[1]) == [{"role": "user", "content": "hi\n\nnext"}]


async def test_a_turn_that_ended_in_calls_stays_a_valid_request(tmp_path: Path) -> None:
    desk = Desk(tmp_path, calls("clock"))
    desk.decide = lambda tab: Decision(False, reason="no")
    desk.endpoint.scripts.append(Script("", finish("length"), DONE))
    await desk.ask()
    _, answer = desk.talk.ask("next")
    assert desk.talk.messages(answer)[1:] == [
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"id": "c0", "type": "function", "function": {"name": "clock", "arguments": "{}"}}],
        },
        {"role": "tool", "tool_call_id": "c0", "content": "Declined: no"},
        {"role": "user", "content": "next"},
    ]


def _without_times(talk: Conversation) -> Any:
    """All that is exported of the turns but times: the answer and the journal each look at the clock for themselves."""

    def cut(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: cut(inner) for name, inner in value.items() if name not in ("timing", "seconds")}
        return [cut(inner) for inner in value] if isinstance(value, list) else value

    return cut(json.loads(to_json(talk))["turns"])


async def test_rounds_are_saved_and_come_back(tmp_path: Path) -> None:
    scripts = (Script(reasoning("hm"), *calls("clock", "calculate").items), Script.complete("<think>so</think>Two."))
    desk = Desk(tmp_path, *scripts, keep=True)
    await desk.ask()
    desk.keeper.journal.close()
    again = Keeper(tmp_path)
    loaded = again.load(desk.talk.id)
    again.journal.close()
    assert loaded is not None
    assert _without_times(loaded) == _without_times(desk.talk)
    assert loaded.turns[-1].reply.seams == [0]
    assert [call.run for call in loaded.turns[-1].reply.answers[0].tool_calls] != [None, None]
    markdown, left_out = to_markdown(loaded)
    assert left_out == 0
    assert "> *Reasoning*\n>\n> hm\n" in markdown
    assert "### Tool: clock (done)\n\n```json\n{}\n```\n\n```\n{" in markdown
    assert "### Tool: calculate (failed)" in markdown
    assert markdown.rstrip().endswith("> *Reasoning*\n>\n> so\n\nTwo.")


async def test_after_a_crash_open_runs_are_cancelled_and_continue_goes_on(tmp_path: Path) -> None:
    desk = Desk(tmp_path, calls("clock", "calculate"), keep=True)
    desk.decide = lambda tab: None
    task = asyncio.create_task(desk.ask())
    while not desk.tab.asks:  # noqa: ASYNC110 - as above
        await asyncio.sleep(0)
    assert desk.keeper.journal.flush()
    history = Keeper(tmp_path)
    found = history.load(desk.talk.id)  # what a start after kill -9 would find
    history.journal.close()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    desk.keeper.journal.close()
    assert found is not None
    assert [call.run and call.run.state for call in found.turns[-1].answer.tool_calls] == ["cancelled", "failed"]
    after = Desk(tmp_path, Script.complete("Done."))
    after.tab = after.workspace.open(found)
    await after.workspace.stream(after.tab, found.continue_answer())
    assert after.runs() == [("clock", "done"), ("calculate", "failed")]
    assert found.turns[-1].reply.text == "Done."


async def test_what_a_tool_says_on_its_way_is_shown_and_not_kept(tmp_path: Path) -> None:
    source = tmp_path / "chatty.py"
    source.write_text('def chatty() -> str:\n    """Talk."""\n    print("on my way")\n    return "there"\n')
    desk = Desk(tmp_path, calls("chatty"), Script.complete("ok"), tools=[str(source)])
    noted: list[object] = []
    desk.workspace.record = lambda tab, answer, event: noted.append(event)
    answer = await desk.ask()
    runs = [event.event for event in noted if isinstance(event, ToolRunNoted)]
    assert runs[-1] == RunEnded("done", "there")
    assert len(runs) == 4
    assert answer.tool_calls[0].run is not None
    assert answer.tool_calls[0].run.progress == "on my way"


async def test_a_tabs_tools_can_be_changed(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.tab.tools.always.add("clock")
    with pytest.raises(ToolsError):
        await desk.workspace.set_tools(desk.tab, ["./not_there.py"])
    assert set(desk.tab.tools.tools) == {"clock", "calculate", "text_statistics"}
    await desk.workspace.set_tools(desk.tab, [])
    assert not desk.tab.tools
    await desk.workspace.set_tools(desk.tab, ["builtin"])
    assert "clock" in desk.tab.tools.tools


@pytest.mark.parametrize(("flags", "offered"), [({}, True), ({"tools": []}, False)])
def test_only_the_demo_offers_tools_by_itself(tmp_path: Path, flags: dict[str, object], offered: bool) -> None:
    (tmp_path / "config.toml").touch()
    given = {"config": tmp_path / "config.toml", "data_dir": tmp_path, **flags}
    demo = Workspace(load_settings(given, {}), ScriptedEndpoint().client).open()
    real = Workspace(load_settings({**given, "base_url": BASE_URL}, {}), ScriptedEndpoint().client).open()
    assert (bool(demo.tools), bool(real.tools)) == (offered, False)


def test_the_demos_tools_stay_behind_and_chosen_ones_come_along(tmp_path: Path) -> None:
    (tmp_path / "config.toml").touch()
    settings = load_settings({"config": tmp_path / "config.toml", "data_dir": tmp_path}, {})
    real = load_settings({"config": tmp_path / "config.toml", "data_dir": tmp_path, "base_url": BASE_URL}, {}).endpoint()
    workspace = Workspace(settings, ScriptedEndpoint().client)
    tab = workspace.open()
    demo = tab.endpoint
    workspace.move(tab, real, "m")
    assert (bool(tab.tools), tab.conversation.endpoint_name) == (False, real.name)
    workspace.move(tab, demo, "demo-tools")
    assert tab.tools
    tab.tools.sources = ("chosen.py",)
    workspace.move(tab, real, "m")
    assert tab.tools.sources == ("chosen.py",)
