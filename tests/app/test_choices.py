"""A server that sends several choices in one stream: the first is shown, the others are offered."""

from __future__ import annotations

from pathlib import Path

from tests.app.kit import make_app, notices, running, screen_of, send, shown
from tests.support.script import DONE, Delta, Script
from tests.support.waiting import settled, streamed, until

TWO = (
    Delta({"content": "Tea, "}),
    Delta({"content": "Coffee, "}, choice=1),
    Delta({"content": "please."}, "stop"),
    Delta({"content": "bla"}, "length", choice=1),
    DONE,
)


async def test_the_other_choice_is_offered_by_key_and_by_click(tmp_path: Path) -> None:
    app, endpoint = make_app(tmp_path, Script(*TWO), Script.complete("Noted."))
    async with running(app) as pilot:
        await send(pilot, "what?")
        await streamed(pilot)
        screen = screen_of(pilot)
        assert "choice 1/2 ›" in shown(pilot)
        assert "Tea, please." in shown(pilot)
        assert "Coffee" not in shown(pilot)
        await pilot.press("alt+n")
        await until(pilot, lambda: "Coffee, bla" in shown(pilot), "the other choice")
        assert "choice 2/2 ›" in shown(pilot)
        assert "Tea" not in shown(pilot)
        assert screen.tab.state == "truncated"  # this one was cut
        assert screen.answer_text() == "Coffee, bla"
        await send(pilot, "go on")
        await streamed(pilot)
        assert endpoint.scripts[1].body["messages"][1] == {"role": "assistant", "content": "Coffee, bla"}


async def test_a_click_steps_through_the_choices(tmp_path: Path) -> None:
    app, _ = make_app(tmp_path, Script(*TWO))
    async with running(app) as pilot:
        await send(pilot, "what?")
        await streamed(pilot)
        lines = shown(pilot).split("\n")
        row = next(y for y, line in enumerate(lines) if "choice 1/2" in line)
        await pilot.click(offset=(lines[row].index("›"), row))
        await until(pilot, lambda: "Coffee, bla" in shown(pilot), "the second")
        await pilot.click(offset=(lines[row].index("›"), row))
        await until(pilot, lambda: "Tea, please." in shown(pilot), "the first again")


async def test_the_choice_that_was_picked_is_kept(tmp_path: Path) -> None:
    app, _ = make_app(tmp_path, Script(*TWO), save=True)
    async with running(app) as pilot:
        await send(pilot, "what?")
        await streamed(pilot)
        await pilot.press("alt+n")
        await settled(pilot)
    again, _ = make_app(tmp_path, save=True)
    async with running(again) as pilot:
        await until(pilot, lambda: "Coffee, bla" in shown(pilot), "the picked choice, restored")


async def test_the_marks_of_an_older_turn_are_about_that_turn(tmp_path: Path) -> None:
    answers = Script.complete("Old."), Script.complete("New."), Script(*TWO), Script.complete("Last.")
    app, _ = make_app(tmp_path, *answers)
    async with running(app) as pilot:
        for key in ("first", "ctrl+r", "second", "third"):
            await (pilot.press(key) if key == "ctrl+r" else send(pilot, key))
            await streamed(pilot)
        for mark in ("‹", "choice 1/2 ›"):
            lines = shown(pilot).split("\n")
            row = next(y for y, line in enumerate(lines) if mark in line)
            await pilot.click(offset=(lines[row].index(mark) + len(mark) - 1, row))
            await settled(pilot)
        turns = screen_of(pilot).tab.conversation.turns
        assert [turn.reply.text for turn in turns] == ["Old.", "Coffee, bla", "Last."]


async def test_without_another_choice_the_key_says_so(tmp_path: Path) -> None:
    app, _ = make_app(tmp_path, Script.complete("only"))
    async with running(app) as pilot:
        await send(pilot, "what?")
        await streamed(pilot)
        assert "choice" not in shown(pilot)
        await pilot.press("alt+n")
        assert "no other choice" in notices(pilot)
