"""The prompt: lines, chips, history, editing, and what is typed and never lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual import events

from tests.app.kit import make_app, notices, running, screen_of, send, shown
from tests.support.script import Gate, Script
from tests.support.waiting import settled, streamed, until
from tui.widgets.chips import Chips, chip_label, size_label

LARGE = "line\n" * 5000


async def test_a_large_paste_is_one_chip_that_is_sent_whole(tmp_path: Path) -> None:
    app, endpoint = make_app(tmp_path, Script.complete("ok"))
    async with running(app) as pilot:
        prompt = screen_of(pilot).pane.prompt
        prompt.post_message(events.Paste(LARGE))
        await settled(pilot)
        await pilot.press("!")
        assert prompt.text == chip_label(LARGE, 1) + "!"
        await pilot.press("enter")
        await streamed(pilot)
        assert endpoint.scripts[0].body["messages"] == [{"role": "user", "content": LARGE + "!"}]


async def test_a_chip_is_opened_by_key_and_by_two_clicks(tmp_path: Path) -> None:
    app, _ = make_app(tmp_path)
    async with running(app) as pilot:
        await pilot.press("f4")
        await settled(pilot)
        assert "No pasted text" in notices(pilot)
        screen_of(pilot).pane.prompt.insert_chip("the text\n" * 3000)
        await pilot.press("f4")
        await settled(pilot)
        assert "the text" in shown(pilot)
        await pilot.press("escape")
        await settled(pilot)
        await pilot.click("Prompt", offset=(5, 0), times=2)
        await settled(pilot)
        assert "the text" in shown(pilot)


async def test_a_chip_goes_and_stays_as_a_whole(tmp_path: Path) -> None:
    app, _ = make_app(tmp_path)
    async with running(app) as pilot:
        prompt = screen_of(pilot).pane.prompt
        prompt.insert_chip(LARGE)
        label = prompt.text
        await pilot.press("left", "left", "x")
        assert prompt.text == label + "x"
        await pilot.press("backspace", "backspace")
        assert prompt.text == ""
        await pilot.press("ctrl+z")
        assert prompt.value == LARGE + "x"
        await pilot.press("home", "delete")
        assert prompt.text == "x"


async def test_a_draft_comes_back_with_its_chips(tmp_path: Path) -> None:
    app, _ = make_app(tmp_path, save=True)
    async with running(app) as pilot:
        prompt = screen_of(pilot).pane.prompt
        prompt.load_text("see: ")
        prompt.move_cursor(prompt.document.end)
        prompt.insert_chip(LARGE)
        prompt.insert(" what is it?")
        kept, whole = prompt.text, prompt.value
        app.exit()
    again, _ = make_app(tmp_path, save=True)
    async with running(again) as pilot:
        await until(pilot, lambda: screen_of(pilot).pane.prompt.text == kept, "the draft")
        assert screen_of(pilot).pane.prompt.value == whole


@pytest.mark.parametrize("text", ["", "plain", "\0odd", "\0[1]", "two\nlines"])
def test_a_draft_is_packed_and_unpacked(text: str) -> None:
    chips, again = Chips(), Chips()
    chips.add("gone")  # its label was deleted
    text += chips.add("a\nb")
    assert again.unpack(chips.pack(text)) == text
    assert again.expand(text) == chips.expand(text)


def test_what_was_never_packed_is_left_as_it_is() -> None:
    assert [Chips().unpack(text) for text in ("\0{", "\0[1]", "\0[1, 2]", "")] == ["\0{", "\0[1]", "\0[1, 2]", ""]


def test_chips_alike_are_told_apart() -> None:
    chips = Chips()
    first, second = chips.add("a\nb"), chips.add("c\nd")
    assert first != second
    assert chips.expand(f"1 {first} 2 {second}") == "1 a\nb 2 c\nd"
    assert chips.at(f"ab{second}", 1) is None
    assert chips.at(f"ab{second}", 3) == second


def test_sizes_for_people() -> None:
    assert [size_label(size) for size in (20_400, 999_499, 999_500, 5_000_000)] == ["20 kB", "999 kB", "1.0 MB", "5.0 MB"]


async def test_up_goes_back_in_the_history_and_down_comes_forward(tmp_path: Path) -> None:
    app, _ = make_app(tmp_path, Script.complete("1"), Script.complete("2"))
    async with running(app) as pilot:
        for text in ("alpha", "beta"):
            await send(pilot, text)
            await streamed(pilot)
        prompt = screen_of(pilot).pane.prompt
        await pilot.press("x", "up")
        assert prompt.value == "beta"
        await pilot.press("up")
        assert prompt.value == "alpha"
        await pilot.press("down", "down")
        assert prompt.value == "x"


async def test_up_in_an_empty_prompt_edits_the_last_one_and_says_so(tmp_path: Path) -> None:
    app, endpoint = make_app(tmp_path, *(Script.complete(text) for text in "123"))
    async with running(app) as pilot:
        for text in ("alpha", "beta"):
            await send(pilot, text)
            await streamed(pilot)
        prompt = screen_of(pilot).pane.prompt
        await pilot.press("up")
        await settled(pilot)
        assert prompt.value == "beta"
        assert "Editing the last prompt" in shown(pilot)
        await pilot.press("up")
        await settled(pilot)
        assert prompt.value == "alpha"
        assert "Editing" not in shown(pilot)
        await pilot.press("down", "down")
        assert prompt.value == ""
        await pilot.press("up", "!", "enter")
        await streamed(pilot)
        assert [message["content"] for message in endpoint.scripts[2].body["messages"]] == ["alpha", "1", "beta!"]


async def test_escape_gives_back_what_was_being_written(tmp_path: Path) -> None:
    app, _ = make_app(tmp_path, Script.complete("1"))
    async with running(app) as pilot:
        await send(pilot, "alpha")
        await streamed(pilot)
        await pilot.press("n", "e", "w", "alt+e")
        await settled(pilot)
        prompt = screen_of(pilot).pane.prompt
        assert prompt.value == "alpha"
        await pilot.press("escape")
        await settled(pilot)
        assert prompt.value == "new"


async def test_an_edit_that_cannot_be_sent_says_why(tmp_path: Path) -> None:
    app, endpoint = make_app(tmp_path, Script.complete("1"))
    async with running(app) as pilot:
        await send(pilot, "alpha")
        await streamed(pilot)
        await pilot.press("alt+e")
        await settled(pilot)
        await send(pilot, " ")
        await settled(pilot)
        assert "Type a prompt first" in notices(pilot)
        assert len(endpoint.requests) == 1


async def test_a_draft_is_kept_however_soon_the_app_ends(tmp_path: Path) -> None:
    app, _ = make_app(tmp_path, save=True)
    async with running(app) as pilot:
        await pilot.press("h", "a", "l", "f", "ctrl+q")
    app, _ = make_app(tmp_path, save=True)
    async with running(app) as pilot:
        await until(pilot, lambda: screen_of(pilot).pane.prompt.value == "half", "the draft")


async def test_a_key_over_plain_http_is_asked_for_once_and_for_every_way_to_ask(tmp_path: Path) -> None:
    scripts = [Script.complete("ok") for _ in range(3)]
    key, url = {"OPENAI_API_KEY": "sk-test"}, "http://lab.invalid/v1"
    app, endpoint = make_app(tmp_path, *scripts, prompts=("one", "two"), env=key, base_url=url)
    async with running(app) as pilot:
        assert endpoint.requests == []
        await pilot.press("n")
        await settled(pilot)
        assert endpoint.requests == []
        assert [tab.draft for tab in app.workspace.tabs] == ["one", "two"]
        await pilot.press("enter")
        await settled(pilot)
        await pilot.press("y")
        await streamed(pilot)
        assert len(endpoint.requests) == 1
        app.allowed_in_clear.clear()
        await pilot.press("ctrl+r")
        await settled(pilot)
        assert "unencrypted" in shown(pilot)
        assert len(endpoint.requests) == 1


async def test_y_copies_the_answer_where_that_has_the_focus(tmp_path: Path) -> None:
    app, _ = make_app(tmp_path, Script.complete("the answer"))
    async with running(app) as pilot:
        await send(pilot, "go")
        await streamed(pilot)
        screen_of(pilot).transcript.focus()
        await pilot.press("y")
        await settled(pilot)
        assert app.routes.copied == ["the answer"]  # type: ignore[attr-defined] # the kit's clipboard


async def test_ctrl_c_copies_a_selection_then_stops_then_quits(tmp_path: Path) -> None:
    script = Script("the answer", Gate())
    app, _ = make_app(tmp_path, script)
    async with running(app) as pilot:
        await send(pilot, "go")
        await until(pilot, lambda: "the answer" in shown(pilot), "the text")
        screen = screen_of(pilot)
        screen.transcript.text_select_all()
        assert screen.get_selected_text()
        await pilot.press("ctrl+c")
        await settled(pilot)
        assert app.routes.copied  # type: ignore[attr-defined] # the kit's clipboard
        assert screen.tab.busy
        await pilot.press("ctrl+c")
        await streamed(pilot)
        assert screen.tab.state == "cancelled"
        await pilot.press("ctrl+c")
        await settled(pilot)
        assert "once more" in notices(pilot)
        await pilot.press("ctrl+c")
        assert app._exit


async def test_keys_of_one_burst_keep_their_order(tmp_path: Path) -> None:
    app, _ = make_app(tmp_path, Script.complete("Hello"))
    async with running(app) as pilot:
        for key, character in (("a", "a"), ("ctrl+j", None), ("b", "b"), ("enter", "\r")):
            app.post_message(events.Key(key, character))
        await until(pilot, lambda: screen_of(pilot).tab.state == "complete", "the answer")

        assert [turn.prompt for turn in screen_of(pilot).tab.conversation.turns] == ["a\nb"]


async def test_in_an_empty_prompt_left_and_right_scroll_code_that_is_cut(tmp_path: Path) -> None:
    app, _ = make_app(tmp_path, Script.complete("```\n" + "0123456789" * 20 + "\n```\n"))
    async with running(app) as pilot:
        await send(pilot, "one")
        await streamed(pilot)
        await pilot.press("right", "alt+x", "right", "right", "left")
        await settled(pilot)
        assert screen_of(pilot).transcript.code_left == 8
        await pilot.press("a", "left", "b")
        assert screen_of(pilot).pane.prompt.text == "ba"
        assert screen_of(pilot).transcript.code_left == 8


async def test_a_small_paste_is_inserted_once(tmp_path: Path) -> None:
    app, _ = make_app(tmp_path)
    async with running(app) as pilot:
        prompt = screen_of(pilot).pane.prompt
        app.post_message(events.Paste("some text"))  # as the terminal does
        await until(pilot, lambda: bool(prompt.text), "the text")
        assert prompt.text == "some text"
