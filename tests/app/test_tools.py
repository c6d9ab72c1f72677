"""Tool calls and reasoning on the screen: cards, the block that folds, and the bar that asks."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx2
import pytest
from openai import AsyncOpenAI
from textual.pilot import Pilot
from textual.widgets import Input

from tests.app.kit import make_app, nobody, notices, running, screen_of, send, shown
from tests.support.clock import Clock
from tests.support.script import DONE, Delta, Gate, Script, counts, finish, reasoning, tool_call
from tests.support.waiting import settled, streamed, until
from tui.app import StreamTUI
from tui.engine.answer import Answer, ToolCall
from tui.engine.request import Timeouts
from tui.engine.tool_run import Decision, RunEnded, RunProgress, RunStarted
from tui.providers.demo import async_transport
from tui.settings import Endpoint, load_settings
from tui.widgets.approval_bar import ApprovalBar, brief
from tui.workspace import Ask

CALLS = (
    tool_call(0, id="a", name="get_weather", arguments='{"city": "Paris"}'),
    tool_call(1, id="b", name="delete_all", arguments='{"path": "/"}'),
)


async def asked(pilot: Pilot[None]) -> tuple[Answer, list[ToolCall]]:
    """The answer with its calls, each expected to run."""
    await send(pilot, "go")
    await streamed(pilot)
    answer = screen_of(pilot).tab.answer
    assert answer is not None
    for call in answer.tool_calls:
        answer.expect_run(call)
    return answer, answer.tool_calls


async def looks(pilot: Pilot[None]) -> str:
    """The screen, after all that has changed in the tab in front is drawn."""
    screen = screen_of(pilot)
    screen.state_changed(screen.tab)
    await settled(pilot)
    return shown(pilot)


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


# the bar that asks


def wants(app: StreamTUI, call: ToolCall, **arguments: str) -> asyncio.Future[Decision]:
    """As the rounds do: a call of the first tab wants leave."""
    tab = app.workspace.tabs[0]
    ask = Ask(call, arguments or {"city": "Paris"}, "What the weather is like.", asyncio.get_running_loop().create_future())

    def go_on(_: object) -> None:
        tab.asks.remove(ask)
        app.workspace.changed(tab)

    ask.decision.add_done_callback(go_on)
    tab.asks.append(ask)
    app.workspace.changed(tab)
    return ask.decision


def read(pilot: Pilot[None]) -> None:
    """The person has taken the time to read what is asked."""
    clock = screen_of(pilot).workspace.clock
    assert isinstance(clock, Clock)
    clock.passes(1.0)


async def test_a_key_that_came_before_the_bar_could_be_read_decides_nothing(tmp_path: Path) -> None:
    app, _ = make_app(tmp_path, Script.complete(*CALLS))
    async with running(app) as pilot:
        _, (first, second) = await asked(pilot)
        one, two = wants(app, first), wants(app, second)
        await looks(pilot)
        await pilot.press("alt+r")
        assert not one.done()
        assert "once more" in notices(pilot)
        read(pilot)
        await pilot.press("alt+r", "alt+r")  # the second one was not read
        await settled(pilot)
        assert (one.done(), two.done()) == (True, False)
        await pilot.click("ApprovalBar .notice--action")  # nor by a double click
        assert not two.done()
        read(pilot)
        await pilot.press("alt+r")
        assert two.result().run


async def test_a_key_that_is_held_down_decides_once(tmp_path: Path) -> None:
    clock = Clock()
    app, _ = make_app(tmp_path, Script.complete(*CALLS), clock=clock)
    async with running(app) as pilot:
        _, (first, second) = await asked(pilot)
        one, two = wants(app, first), wants(app, second)
        await looks(pilot)
        read(pilot)
        for _ in range(30):
            await pilot.press("alt+r")
            await settled(pilot)
            clock.passes(0.1)
        assert (one.done(), two.done()) == (True, False)
        read(pilot)
        await pilot.press("alt+r")
        assert two.result().run


async def test_the_bar_asks_and_only_its_own_keys_decide(tmp_path: Path) -> None:
    app, _ = make_app(tmp_path, Script.complete(*CALLS))
    async with running(app) as pilot:
        _, (first, second) = await asked(pilot)
        one, two = wants(app, first), wants(app, second)
        text = await looks(pilot)
        assert "? The model asks to run get_weather   (1 more after this one)" in text
        assert "What the weather is like." in text
        assert '  city: "Paris"' in text
        assert "waits for you" in text.splitlines()[-2]
        await pilot.press("y", "enter", "space")
        assert not one.done()
        read(pilot)
        await pilot.press("alt+r")
        assert one.result() == Decision(run=True)
        await settled(pilot)
        read(pilot)
        await pilot.press("alt+a")
        assert two.result() == Decision(run=True, always=True)
        await settled(pilot)
        assert not screen_of(pilot).pane.query_one(ApprovalBar).display
        await pilot.press("alt+r")
        assert "No tool waits for you here." in notices(pilot)


async def test_a_call_is_declined_with_a_reason(tmp_path: Path) -> None:
    app, _ = make_app(tmp_path, Script.complete(CALLS[1]))
    async with running(app) as pilot:
        _, (call,) = await asked(pilot)
        decision = wants(app, call)
        await looks(pilot)
        await pilot.press("alt+d")
        await settled(pilot)
        await pilot.press("escape")  # not declined after all
        await settled(pilot)
        assert not decision.done()
        await pilot.press("alt+d")
        await settled(pilot)
        app.screen.query_one(Input).value = "not that one"
        await pilot.press("enter")
        await settled(pilot)
        assert decision.result() == Decision(run=False, reason="not that one")


async def test_a_hidden_tab_that_asks_is_marked(tmp_path: Path) -> None:
    app, _ = make_app(tmp_path, Script.complete(CALLS[0]))
    async with running(app) as pilot:
        _, (call,) = await asked(pilot)
        await pilot.press("ctrl+n")
        await settled(pilot)
        decision = wants(app, call)
        await settled(pilot)
        assert "1 ? go" in shown(pilot)
        assert "a tool waits for you" in notices(pilot)
        await pilot.press("alt+r")
        assert not decision.done()  # it is asked in its own tab alone
        await pilot.press("alt+1")
        await settled(pilot)
        assert "asks to run get_weather" in shown(pilot)
        read(pilot)
        await pilot.click("ApprovalBar .notice--action")
        assert decision.result().run


async def test_long_arguments_are_folded_and_can_be_shown_whole(tmp_path: Path) -> None:
    app, _ = make_app(tmp_path, Script.complete(Delta({"tool_calls": [{"function": {"name": "f", "arguments": "{}"}}]})))
    async with running(app) as pilot:
        _, (call,) = await asked(pilot)
        decision = wants(app, call, **{f"key{number}": "word " * 20 for number in range(40)})
        assert "more characters" in " ".join((await looks(pilot)).split())
        await pilot.press("alt+v")
        await settled(pilot)
        assert '"key0"' in shown(pilot)
        assert not decision.done()


def demo(endpoint: Endpoint, timeouts: Timeouts) -> AsyncOpenAI:
    """The demo, which takes no time here."""
    http = httpx2.AsyncClient(transport=async_transport(lambda seconds: asyncio.sleep(0)))
    return AsyncOpenAI(base_url=endpoint.base_url, api_key="none", http_client=http, max_retries=0)


async def test_a_whole_round_of_the_demo_with_nothing_configured(tmp_path: Path) -> None:
    settings = load_settings({"model": "demo-tools", "save": False, "data_dir": tmp_path}, {})
    app = StreamTUI(settings, client_factory=demo, clock=Clock(), discover=nobody)
    async with running(app, size=(100, 44)) as pilot:
        await send(pilot, "what is 2**10?")
        await until(pilot, lambda: bool(screen_of(pilot).tab.asks), "a call that waits")
        assert "asks to run calculate" in await looks(pilot)
        read(pilot)
        await pilot.press("alt+a")
        await until(pilot, lambda: screen_of(pilot).tab.state == "complete", "the answer after the tool")
        text = await looks(pilot)
        assert "calculate  ✓ done" in text
        assert "↳ 1024" in text
        assert "continued after" not in text  # a round is no continuation
        assert "1024" in screen_of(pilot).answer_text()


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


@pytest.mark.parametrize("width", [20, 40, 96])
@pytest.mark.parametrize("text", ["a: " + "word " * 200, "\n".join(f"key{n}: {'x' * 50}" for n in range(9)), "a: 字" * 300])
def test_what_is_asked_says_how_much_of_it_is_hidden(text: str, width: int) -> None:
    said = brief(text, width)
    head, _, rest = said.rpartition(" … and ")
    assert text.startswith(head)
    assert rest == f"{len(text) - len(head):,} more characters"
    assert sum(-(-len(line) // width) for line in said.split("\n")) <= 6


def test_what_is_short_is_asked_whole() -> None:
    assert brief('city: "Paris"', 40) == 'city: "Paris"'
