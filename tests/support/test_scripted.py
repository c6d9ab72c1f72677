"""The scripted endpoint itself: gates hold exactly, disconnects are seen, and the engine reads what the script says."""

from __future__ import annotations

import asyncio

import httpx2
import openai
import pytest

from tests.support.script import Gate, Script, counts, reasoning, refusal, tool_call
from tests.support.scripted import ScriptedEndpoint, make_client, make_sync_client
from tui.engine.answer import Answer
from tui.engine.drive import drive
from tui.engine.request import Request
from tui.engine.stream import read_answer, stream_answer

REQUEST = Request("test-model", [{"role": "user", "content": "hello there"}])


async def answer_to(*scripts: Script) -> Answer:
    answer = Answer("test-model")
    await drive(answer, stream_answer(make_client(*scripts), REQUEST))
    return answer


async def test_a_gate_holds_the_stream_where_it_stands() -> None:
    gate, answer = Gate(), Answer("test-model")
    script = Script.complete("Hello", gate, ", world")
    task = asyncio.create_task(drive(answer, stream_answer(make_client(script), REQUEST)))
    await gate.reached()
    assert script.sent == 1
    assert not task.done()
    gate.open()
    await task
    assert (answer.state, answer.text) == ("complete", "Hello, world")
    assert script.closed
    assert not script.disconnected


async def test_a_client_that_leaves_is_seen() -> None:
    script = Script.complete("Hello", Gate(), "never sent")
    answer = Answer("test-model")
    task = asyncio.create_task(drive(answer, stream_answer(make_client(script), REQUEST)))
    await script.reached(1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await script.left()
    assert script.disconnected
    assert answer.state == "cancelled"


async def test_every_kind_of_item_arrives() -> None:
    script = Script.complete(reasoning("hm"), "text", tool_call(0, id="c1", name="add", arguments="{}"), counts(3, 4))
    answer = await answer_to(script)
    assert (answer.reasoning, answer.text) == ("hm", "text")
    assert [call.as_openai()["function"] for call in answer.tool_calls] == [{"name": "add", "arguments": "{}"}]
    assert answer.completion_tokens == (4, True)
    assert script.body["messages"] == REQUEST.messages
    assert (await answer_to(Script.complete(refusal("no")))).state == "refused"


@pytest.mark.parametrize(
    ("script", "state", "text"),
    [
        (Script("cut"), "interrupted", "cut"),
        (Script("cut", httpx2.ReadError("reset")), "interrupted", "cut"),
        (Script(b": nothing but a comment\n\n"), "failed", ""),
        (Script.error(401, "Incorrect API key", code="invalid_api_key"), "failed", ""),
        (Script(unreachable=httpx2.UnsupportedProtocol("none")), "failed", ""),
    ],
)
async def test_a_script_breaks_as_it_says(script: Script, state: str, text: str) -> None:
    answer = await answer_to(script)
    assert (answer.state, answer.text) == (state, text)


async def test_models_are_listed_and_scripts_picked_by_prompt() -> None:
    other, fits = Script.complete("other", prompt="elsewhere"), Script.complete("fits", prompt="hello")
    endpoint = ScriptedEndpoint(other, fits, models=("a", "b"))
    client = endpoint.client()
    assert [model.id async for model in client.models.list()] == ["a", "b"]
    answer = Answer("a")
    await drive(answer, stream_answer(client, REQUEST))
    assert answer.text == "fits"
    assert other.request is None


def test_the_synchronous_client_reads_the_same_scripts() -> None:
    called: list[bool] = []
    script = Script.complete("Hello", lambda: called.append(True), ", world")
    answer = Answer("test-model")
    for event in read_answer(make_sync_client(script), REQUEST):
        answer.apply(event, 0.0)
    assert (answer.state, answer.text, called) == ("complete", "Hello, world", [True])
    with pytest.raises(openai.APIConnectionError):
        make_sync_client(Script(unreachable=httpx2.ConnectError("refused"))).chat.completions.create(
            model="a", messages=[{"role": "user", "content": ""}], stream=True
        )
