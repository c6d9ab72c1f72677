"""Tabs: many conversations, each with a stream of its own."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path

from textual import events
from textual.widgets import Input

from tests.app.kit import make_app, running, screen_of, send, shown
from tests.support.script import Gate, Script
from tests.support.waiting import settled, streamed, until
from tui.keymap import COMMANDS
from tui.widgets.conversation_pane import ConversationPane
from tui.widgets.prompt import Prompt


async def test_prompts_of_the_command_line_stream_at_once_each_in_a_tab(tmp_path: Path) -> None:
    gates = [Gate() for _ in range(16)]
    prompts = tuple(f"prompt-{number:02d}" for number in range(16))
    scripts = [Script.complete(f"answer {prompt}", gate, prompt=prompt) for prompt, gate in zip(prompts, gates, strict=True)]
    app, _ = make_app(tmp_path, *scripts, prompts=prompts)
    async with app.run_test(size=(100, 30)) as pilot:
        for gate in gates:
            await gate.reached()
        workspace = app.workspace
        await until(pilot, lambda: all(tab.state == "streaming" for tab in workspace.tabs), "16 streams")
        assert workspace.active is workspace.tabs[0]
        assert len(screen_of(pilot).panes) == 1
        for gate in gates:
            gate.open()
        await streamed(pilot)
        answers = [tab.answer.text for tab in workspace.tabs if tab.answer]
        assert answers == [f"answer {prompt}" for prompt in prompts]
        await pilot.press("alt+9")
        await settled(pilot)
        assert "answer prompt-08" in shown(pilot)


async def test_a_stream_runs_on_while_hidden_and_is_marked_unread(tmp_path: Path) -> None:
    gate = Gate()
    app, _ = make_app(tmp_path, Script.complete("seen ", gate, "later"))
    async with running(app) as pilot:
        await send(pilot, "go")
        await gate.reached()
        await pilot.press("ctrl+n")
        await settled(pilot)
        first = app.workspace.tabs[0]
        gate.open()
        await until(pilot, lambda: first.state == "complete", "the hidden stream")
        assert first.unread
        assert "1 ● go" in shown(pilot)
        await pilot.press("alt+left")
        await settled(pilot)
        assert not first.unread
        assert "seen later" in shown(pilot)


async def test_a_tab_shows_the_end_of_what_came_while_it_was_hidden_at_once(tmp_path: Path) -> None:
    gates = Gate(), Gate()
    long = "A paragraph of the answer.\n\n" * 1000
    app, _ = make_app(tmp_path, Script.complete("seen ", gates[0], long, "half", gates[1], long, "whole"))
    async with running(app) as pilot:
        await send(pilot, "go")
        await gates[0].reached()
        await pilot.press("ctrl+n")
        await settled(pilot)
        hidden, screen = app.workspace.tabs[0], screen_of(pilot)
        answer = hidden.answer
        assert answer
        for gate, end in zip(gates, ("half", "whole"), strict=True):
            gate.open()
            await until(pilot, partial(lambda end: answer.text.endswith(end), end), "the hidden stream")
            await screen.show_tab(hidden)
            assert end in shown(pilot)  # with the first picture, though most of it is not read yet
            assert screen.transcript.stack.pending
            await screen.show_tab(app.workspace.tabs[1])


async def test_closing_a_streaming_tab_asks_and_then_disconnects(tmp_path: Path) -> None:
    script = Script("text", Gate())
    app, _ = make_app(tmp_path, script)
    async with running(app) as pilot:
        await send(pilot, "go")
        await script.reached(1)
        await pilot.press("alt+w")
        await settled(pilot)
        assert "still streaming" in shown(pilot)
        await pilot.press("escape")
        await settled(pilot)
        assert screen_of(pilot).tab.busy
        await pilot.press("alt+w")
        await settled(pilot)
        await pilot.press("y")
        await script.left()
        await streamed(pilot)
        assert script.disconnected
        assert [tab.state for tab in app.workspace.tabs] == ["ready"]


async def test_tabs_are_reached_by_key_and_by_mouse(tmp_path: Path) -> None:
    app, _ = make_app(tmp_path)
    async with running(app) as pilot:
        await pilot.press("ctrl+n", "ctrl+t")
        await settled(pilot)
        workspace = app.workspace
        assert workspace.active is workspace.tabs[2]
        for key, place in (("ctrl+pageup", 1), ("alt+right", 2), ("ctrl+pagedown", 0), ("alt+left", 2), ("alt+1", 0)):
            await pilot.press(key)
            await settled(pilot)
            assert workspace.active is workspace.tabs[place], key
        await pilot.click("TabBar", offset=(11, 0))
        await settled(pilot)
        assert workspace.active is workspace.tabs[1]


async def test_the_last_tab_closed_leaves_an_empty_one(tmp_path: Path) -> None:
    app, _ = make_app(tmp_path, Script.complete("answer"))
    async with running(app) as pilot:
        await send(pilot, "go")
        await streamed(pilot)
        await pilot.press("alt+w")
        await settled(pilot)
        assert [tab.state for tab in app.workspace.tabs] == ["ready"]
        assert "Ask anything" in shown(pilot)


async def test_sixteen_tabs_all_show_their_states_and_the_front_one_its_title(tmp_path: Path) -> None:
    app, _ = make_app(tmp_path, *(Script.complete("ok") for _ in range(16)), prompts=tuple(f"prompt-{n}" for n in range(16)))
    async with running(app) as pilot:
        await streamed(pilot)
        bar = shown(pilot).splitlines()[0]
        assert all(f" {number} " in bar for number in range(1, 17))
        assert "1 ✓ promp…" in bar
        assert bar.rstrip().endswith("+")


async def test_tabs_that_do_not_fit_are_behind_marks(tmp_path: Path) -> None:
    app, _ = make_app(tmp_path)
    async with running(app, size=(30, 12)) as pilot:
        for _ in range(8):
            await pilot.press("ctrl+n")
            await settled(pilot)
        await pilot.press("alt+5")
        await settled(pilot)
        bar = shown(pilot).splitlines()[0]
        assert bar.startswith("‹")
        assert "›" in bar
        assert "5 · new" in bar
        await pilot.click("TabBar", offset=(bar.index("›"), 0))
        await settled(pilot)
        assert app.workspace.active is not app.workspace.tabs[4]


async def test_every_action_and_every_tab_is_in_the_palette(tmp_path: Path) -> None:
    app, _ = make_app(tmp_path, Script.complete("ok"), prompts=("[/] [bold]",))
    async with running(app) as pilot:
        await streamed(pilot)
        names = {command.title for command in app.get_system_commands(pilot.app.screen)}
        assert {command.title for command in COMMANDS} < names
        await pilot.press("ctrl+n", "ctrl+p", *"go to tab")
        await until(pilot, lambda: "[/] [bold]" in shown(pilot), "the title")
        await pilot.press("enter")
        await settled(pilot)
        assert app.workspace.active is app.workspace.tabs[0]


async def test_a_closed_tab_is_let_go(tmp_path: Path) -> None:
    app, _ = make_app(tmp_path, Script.complete("Hello"))
    async with running(app) as pilot:
        screen = screen_of(pilot)
        tab = screen.workspace.open(like=screen.tab)
        await screen.show_tab(tab)
        screen.action_find()
        prompt, find = (screen.pane.query_one(kind) for kind in (Prompt, Input))

        await screen._close_now(tab)
        await settled(pilot)

        watched = [node for watchers in getattr(app, "__watchers", {}).values() for node, _ in watchers]
        assert prompt not in watched
        assert not {prompt, find} & set(screen.text_selection_started_signal._subscriptions)


async def test_a_tab_that_closes_while_it_is_asked_for_stays_closed(tmp_path: Path) -> None:
    app, _ = make_app(tmp_path)
    async with running(app) as pilot:
        screen = screen_of(pilot)
        await pilot.press("ctrl+n")
        await settled(pilot)
        first, second = app.workspace.tabs
        await asyncio.gather(screen._close_now(second), screen.show_tab(second))
        await settled(pilot)
        assert app.workspace.active is first
        assert set(screen.panes) == {first.id}


async def test_tabs_that_close_at_once_leave_one_in_front(tmp_path: Path) -> None:
    app, _ = make_app(tmp_path)
    async with running(app) as pilot:
        screen = screen_of(pilot)
        tabs = [app.workspace.tabs[0], *(app.workspace.open() for _ in range(5))]
        await asyncio.gather(*(screen._close_now(tab) for tab in tabs))
        await settled(pilot)
        assert app.workspace.active in app.workspace.tabs
        assert len(app.workspace.tabs) == 1
        assert set(screen.panes) == {app.workspace.tabs[0].id}
        assert len(screen.query(ConversationPane)) == 1


async def test_what_is_typed_right_behind_the_key_goes_to_the_tab_that_it_opens(tmp_path: Path) -> None:
    app, _ = make_app(tmp_path)
    async with running(app) as pilot:
        for key in ("ctrl+n", *"new", "alt+1", *"old", "alt+2", *"er"):  # all at once, as from a terminal that was held up
            app.post_message(events.Key(key, key if len(key) == 1 else None))
        await settled(pilot)
        screen = screen_of(pilot)
        assert [screen.panes[tab.id].prompt.text for tab in screen.workspace.tabs] == ["old", "newer"]
