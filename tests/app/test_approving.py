"""The bar that asks for leave to run a tool."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx2
import pytest
from openai import AsyncOpenAI
from textual.pilot import Pilot
from textual.widgets import Input

from tests.app.kit import make_app, nobody, notices, running, screen_of, send, shown
from tests.app.tools_kit import CALLS, asked, looks
from tests.support.clock import Clock
from tests.support.script import Delta, Script
from tests.support.waiting import settled, until
from tui.app import StreamTUI
from tui.engine.answer import ToolCall
from tui.engine.request import Timeouts
from tui.engine.tool_run import Decision
from tui.providers.demo import async_transport
from tui.settings import Endpoint, load_settings
from tui.widgets.approval_bar import ApprovalBar, brief
from tui.workspace import Ask


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
