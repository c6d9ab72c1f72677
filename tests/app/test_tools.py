"""Tool calls and reasoning on the screen: cards, and the block that folds."""

from __future__ import annotations

from pathlib import Path

from tests.app.kit import make_app, notices, running, screen_of, send
from tests.app.tools_kit import CALLS, asked, looks
from tests.support.clock import Clock
from tests.support.script import DONE, Gate, Script, counts, finish, reasoning, tool_call
from tests.support.waiting import streamed
from tui.engine.tool_run import RunEnded, RunProgress, RunStarted


async def test_a_call_is_shown_while_its_arguments_arrive(tmp_path: Path) -> None:
    gate, more = Gate(), Gate()
    script = Script(
        "Looking. ",
        tool_call(0, id="a", name="get_weather", arguments='{"city": "Pa'),
        tool_call(1, id="b", name="clock"),
        gate,
        tool_call(0, arguments='ris"}'),
        more,
        finish("tool_calls"),
        DONE,
    )
    app, _ = make_app(tmp_path, script)
    async with running(app) as pilot:
        await send(pilot, "weather?")
        await gate.reached()
        text = await looks(pilot)
        assert "get_weather  ◐ arriving" in text
        assert '"city": "Pa' in text
        assert "clock  ◐ arriving" in text  # a call without arguments is one, too
        gate.open()
        await more.reached()
        assert '"city": "Paris"' in await looks(pilot)
        more.open()
        await streamed(pilot)
        text = await looks(pilot)
        assert text.index("Looking.") < text.index("get_weather  · not run") < text.index("clock  · not run")


async def test_a_call_that_was_cut_says_so(tmp_path: Path) -> None:
    app, _ = make_app(tmp_path, Script(CALLS[0], tool_call(1, id="b", name="f", arguments='{"a": '), finish("length"), DONE))
    async with running(app) as pilot:
        await send(pilot, "go")
        await streamed(pilot)
        assert "f  ✂ cut, not run" in await looks(pilot)


async def test_what_became_of_each_call_is_told(tmp_path: Path) -> None:
    clock = Clock()
    app, _ = make_app(tmp_path, Script.complete(*CALLS), clock=clock)
    async with running(app) as pilot:
        answer, (first, second) = await asked(pilot)
        assert "get_weather  ? waiting for you" in await looks(pilot)
        answer.apply_run(first, RunStarted(), clock())
        answer.apply_run(first, RunProgress("asking a station"), clock())
        clock.passes(1.2)
        text = await looks(pilot)
        assert "get_weather  ⚙ running 1.2 s" in text
        assert "… asking a station" in text
        clock.passes(1.0)
        assert "running 2.2 s" in await looks(pilot)
        answer.apply_run(first, RunEnded("done", "sunny\x1b[31m\nand warm\nall day"), clock())
        answer.apply_run(second, RunEnded("declined", "Never."), clock())
        text = await looks(pilot)
        assert "get_weather  ✓ done 2.2 s" in text
        assert "↳ sunny␛[31m  … 2 more lines" in text
        assert "delete_all  ⊘ declined" in text
        assert "↳ Never." in text


async def test_a_card_opens_by_key_and_by_click_and_its_parts_can_be_copied(tmp_path: Path) -> None:
    app, _ = make_app(tmp_path, Script.complete(CALLS[0]))
    async with running(app) as pilot:
        answer, (call,) = await asked(pilot)
        answer.apply_run(call, RunStarted(), 0.0)
        answer.apply_run(call, RunEnded("done", "~~~\nsunny"), 1.0)
        await looks(pilot)
        await pilot.press("alt+t")
        text = await looks(pilot)
        assert "▾ get_weather" in text
        assert '│     "city": "Paris"' in text
        assert [block.text for block in screen_of(pilot).transcript.code_blocks()] == [
            '{\n  "city": "Paris"\n}',
            "~~~\nsunny",
        ]
        row = next(y for y, line in enumerate(text.split("\n")) if "▾ get_weather" in line)
        await pilot.click(offset=(5, row))
        assert "▸ get_weather" in await looks(pilot)


async def test_an_open_card_shows_arguments_as_they_arrive(tmp_path: Path) -> None:
    gate, end = Gate(), Gate()
    long = ", ".join(f'"key{number}": {number}' for number in range(2000))
    script = Script(tool_call(0, id="a", name="f", arguments="{"), gate, tool_call(0, arguments=long + "}"), end, DONE)
    app, _ = make_app(tmp_path, script)
    async with running(app) as pilot:
        await send(pilot, "go")
        await gate.reached()
        await looks(pilot)
        await pilot.press("alt+t")
        gate.open()
        await end.reached()
        assert '"key1999": 1999' in await looks(pilot)
        end.open()
        await streamed(pilot)


async def test_reasoning_streams_folded_and_opens(tmp_path: Path) -> None:
    clock, gate = Clock(), Gate()
    script = Script(
        reasoning("Let me **see**. "),
        lambda: clock.passes(4.1),
        reasoning("Aha."),
        gate,
        "It is 42.",
        finish(),
        counts(3, 20, completion_tokens_details={"reasoning_tokens": 12}),
        DONE,
    )
    app, _ = make_app(tmp_path, script, clock=clock)
    async with running(app) as pilot:
        await send(pilot, "think")
        await gate.reached()
        text = await looks(pilot)
        assert "▸ thinking" in text
        assert "Aha" not in text
        await pilot.press("alt+t")
        assert "│ Let me see. Aha." in await looks(pilot)
        gate.open()
        await streamed(pilot)
        text = await looks(pilot)
        assert ", 12 tokens" in text
        assert text.index("▾ thought for") < text.index("It is 42.")
        await pilot.press("alt+t")
        assert "Aha" not in await looks(pilot)
        assert screen_of(pilot).answer_text() == "It is 42."


async def test_folding_where_nothing_folds_says_so(tmp_path: Path) -> None:
    app, _ = make_app(tmp_path, Script.complete("plain"))
    async with running(app) as pilot:
        await send(pilot, "go")
        await streamed(pilot)
        await pilot.press("alt+t")
        assert "Nothing folds here" in notices(pilot)


async def test_a_round_that_was_stopped_can_go_on(tmp_path: Path) -> None:
    app, _ = make_app(tmp_path, Script.complete(CALLS[0]))
    async with running(app) as pilot:
        answer, (call,) = await asked(pilot)
        answer.apply_run(call, RunEnded("cancelled", "Not run to its end."), 0.0)
        text = await looks(pilot)
        assert "■ The tools were stopped before they ended." in text
        assert "Continue alt+c" in text
        assert "■ cancelled" in text.splitlines()[-2]  # the stream was complete, the reply is not
        assert "✓" not in text
