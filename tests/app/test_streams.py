"""Streams on the screen: what is shown while they run, when they end, and when they break."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.app.kit import make_app, notices, running, screen_of, send, shown
from tests.support.clock import Clock
from tests.support.script import DONE, Gate, Script, counts, finish
from tests.support.waiting import settled, streamed, until
from tui.engine.answer import Answer
from tui.engine.events import Finished, Reattached, Reattaching, TextDelta
from tui.engine.failure import Failure
from tui.widgets.failure_banner import wording


async def test_a_prompt_becomes_an_answer_with_exact_counts(tmp_path: Path) -> None:
    app, endpoint = make_app(tmp_path, Script("Hello ", "**there**", finish(), counts(7, 3), DONE))
    async with running(app) as pilot:
        await send(pilot, "hi")
        await streamed(pilot)
        tab = screen_of(pilot).tab
        assert tab.state == "complete"
        assert tab.answer is not None
        assert tab.answer.text == "Hello **there**"
        assert "Hello there" in shown(pilot)
        assert "↑ 7 ↓ 3 tokens" in shown(pilot)
        assert endpoint.scripts[0].body["messages"] == [{"role": "user", "content": "hi"}]
        assert endpoint.scripts[0].body["stream_options"] == {"include_usage": True}


async def test_what_has_arrived_is_on_the_screen_before_the_rest_comes(tmp_path: Path) -> None:
    gate = Gate()
    app, _ = make_app(tmp_path, Script.complete("first half, ", gate, "second half"))
    async with running(app) as pilot:
        await send(pilot, "go")
        await gate.reached()
        await until(pilot, lambda: "first half" in shown(pilot), "the first half")
        assert "streaming" in shown(pilot)
        assert "second half" not in shown(pilot)
        gate.open()
        await streamed(pilot)
        assert "second half" in shown(pilot)


async def test_a_break_keeps_the_partial_answer_under_a_banner(tmp_path: Path) -> None:
    app, _ = make_app(tmp_path, Script("What arrived stays."))
    async with running(app) as pilot:
        await send(pilot, "go")
        await streamed(pilot)
        text = shown(pilot)
        assert screen_of(pilot).tab.state == "interrupted"
        assert text.index("What arrived stays.") < text.index("Interrupted:")
        assert all(action in text for action in ("Retry ctrl+r", "Continue alt+c", "Copy ctrl+y"))


async def test_a_refused_key_names_its_source_and_never_the_key(tmp_path: Path) -> None:
    app, _ = make_app(tmp_path, Script.error(401, "Incorrect API key provided: sk-test-0123456789."))
    async with running(app) as pilot:
        await send(pilot, "go")
        await streamed(pilot)
        assert screen_of(pilot).tab.state == "failed"
        assert "sk-test" not in shown(pilot)
        assert "Continue" not in shown(pilot)


async def test_escape_stops_keeps_the_text_and_closes_the_connection(tmp_path: Path) -> None:
    script = Script("Kept text.", Gate(), "never")
    app, _ = make_app(tmp_path, script)
    async with running(app) as pilot:
        await send(pilot, "go")
        await script.reached(1)
        await until(pilot, lambda: "Kept text." in shown(pilot), "the text")
        await pilot.press("escape")
        await script.left()
        await streamed(pilot)
        assert screen_of(pilot).tab.state == "cancelled"
        assert "Kept text." in shown(pilot)
        assert script.disconnected


async def test_retry_keeps_the_old_answer_as_an_alternative(tmp_path: Path) -> None:
    app, endpoint = make_app(tmp_path, Script("cut off"), Script.complete("whole"))
    async with running(app) as pilot:
        await send(pilot, "go")
        await streamed(pilot)
        await pilot.press("ctrl+r")
        await streamed(pilot)
        assert "2/2" in shown(pilot)
        assert "whole" in shown(pilot)
        await pilot.press("alt+up")
        await settled(pilot)
        assert "1/2" in shown(pilot)
        assert "cut off" in shown(pilot)
        assert endpoint.scripts[1].body["messages"] == [{"role": "user", "content": "go"}]


async def test_continue_joins_the_rest_without_doubling(tmp_path: Path) -> None:
    app, endpoint = make_app(tmp_path, Script("One two three four five"), Script.complete("three four five six."))
    async with running(app) as pilot:
        await send(pilot, "count")
        await streamed(pilot)
        await pilot.press("alt+c")
        await streamed(pilot)
        turn = screen_of(pilot).tab.conversation.turns[-1]
        assert turn.reply.text == "One two three four five six."
        assert "One two three four five six." in shown(pilot)
        assert "continued after 23 characters" in shown(pilot)
        assert endpoint.scripts[1].body["messages"][-1] == {"role": "assistant", "content": "One two three four five"}


async def test_the_last_prompt_is_edited_and_resent(tmp_path: Path) -> None:
    app, endpoint = make_app(tmp_path, Script.complete("first"), Script.complete("second"))
    async with running(app) as pilot:
        await send(pilot, "say it")
        await streamed(pilot)
        await pilot.press("alt+e")
        await settled(pilot)
        prompt = screen_of(pilot).pane.prompt
        assert prompt.value == "say it"
        await send(pilot, "say it twice")
        await streamed(pilot)
        assert endpoint.scripts[1].body["messages"] == [{"role": "user", "content": "say it twice"}]
        assert prompt.value == ""


async def test_a_retry_before_the_first_token_is_announced(tmp_path: Path) -> None:
    script = Script.error(429, "slow down", headers={"retry-after": "20"})
    app, _ = make_app(tmp_path, script, Script.complete("never reached"))
    async with running(app) as pilot:
        await send(pilot, "go")
        await until(pilot, lambda: "attempt 2 of 3" in shown(pilot), "the countdown")
        assert "20 s" in shown(pilot)
        await pilot.press("escape")
        await streamed(pilot)
        assert screen_of(pilot).tab.state == "cancelled"


async def test_a_countdown_never_says_nought(tmp_path: Path) -> None:
    clock = Clock()
    script = Script.error(503, "busy", headers={"retry-after": "20"})
    app, _ = make_app(tmp_path, script, Script.complete("never reached"), clock=clock)
    async with running(app) as pilot:
        await send(pilot, "go")
        await until(pilot, lambda: "in 20 s" in shown(pilot), "the countdown")
        clock.passes(19.7)
        await until(pilot, lambda: "in 1 s" in shown(pilot), "the last second")
        await pilot.press("escape")
        await streamed(pilot)


async def test_sending_while_it_streams_says_so_and_keeps_the_prompt(tmp_path: Path) -> None:
    gate = Gate()
    app, endpoint = make_app(tmp_path, Script.complete("a", gate))
    async with running(app) as pilot:
        await send(pilot, "one")
        await gate.reached()
        await send(pilot, "two")
        await until(pilot, lambda: "still streaming" in notices(pilot), "the notice")
        assert screen_of(pilot).pane.prompt.value == "two"
        assert len(endpoint.requests) == 1
        gate.open()
        await streamed(pilot)


async def test_an_empty_prompt_is_not_sent(tmp_path: Path) -> None:
    app, endpoint = make_app(tmp_path)
    async with running(app) as pilot:
        await send(pilot, "   \n ")
        await settled(pilot)
        assert endpoint.requests == []
        assert "Type a prompt first" in notices(pilot)


@pytest.mark.parametrize("reason", ["length", "content_filter"])
async def test_a_cut_answer_is_never_called_complete(tmp_path: Path, reason: str) -> None:
    app, _ = make_app(tmp_path, Script("some text", finish(reason), DONE))
    async with running(app) as pilot:
        await send(pilot, "go")
        await streamed(pilot)
        state = {"length": "truncated", "content_filter": "filtered"}[reason]
        assert screen_of(pilot).tab.state == state
        assert state in shown(pilot)
        assert "complete" not in shown(pilot)


async def test_hostile_text_reaches_the_screen_as_symbols(tmp_path: Path) -> None:
    hostile = "\x1b]0;owned\x07 \x9b31m \u202e[bold]x[/nope]"
    app, _ = make_app(tmp_path, Script.complete(hostile), model="evil\x1b[2J[/]")
    async with running(app) as pilot:
        await send(pilot, hostile)
        await streamed(pilot)
        drawn = app.export_screenshot()
        assert not [character for character in drawn if character in "\x1b\x07\x9b\u202e"]
        assert "[bold]x[/nope]" in shown(pilot)
        answer = screen_of(pilot).tab.answer
        assert answer is not None
        assert answer.text == hostile


async def test_the_clock_of_the_status_line_is_the_apps(tmp_path: Path) -> None:
    clock = Clock()
    gate = Gate()
    app, _ = make_app(tmp_path, Script.complete(lambda: clock.passes(1.5), "token", gate), clock=clock)
    async with running(app) as pilot:
        await send(pilot, "go")
        await gate.reached()
        clock.passes(2.5)
        gate.open()
        await streamed(pilot)
        assert "first 1.5 s" in shown(pilot)
        assert "4.0 s" in shown(pilot)


async def test_what_was_odd_about_a_stream_is_told_under_its_answer(tmp_path: Path) -> None:
    odd = b"data: {broken\n\n", b"data: \x1b[31m[DONE\n\n"
    app, _ = make_app(tmp_path, Script("Hello", *odd, finish(), DONE), Script.complete("Plain."))
    async with running(app, size=(60, 24)) as pilot:
        await send(pilot, "hi")
        await streamed(pilot)
        await settled(pilot)
        answer = screen_of(pilot).tab.answer
        assert answer is not None
        assert answer.footnotes
        text = shown(pilot)
        assert "· " + " ".join(answer.footnotes[0].split())[:40] in text
        assert text.index("Hello") < text.index("· " + answer.footnotes[0][:10])
        assert screen_of(pilot).answer_text() == "Hello"


def test_the_banner_says_that_a_stream_is_attached_to_again() -> None:
    answer = Answer("m")
    for event in (TextDelta("a"), Reattaching(2, 8, 4.0, Failure("closed", "It closed.", "reset by peer"))):
        answer.apply(event, 10.0)
    assert wording(answer, 11.5) == ("The connection broke. Attaching again in 3 s: attempt 2 of 8.", "reset by peer")
    answer.apply(Reattached(), 14.0)
    assert wording(answer, 14.0) == ("Reconnected once; nothing lost.", "")
    answer.apply(Finished(), 15.0)
    assert wording(answer, 15.0) == ("", "")
