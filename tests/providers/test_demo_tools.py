"""The demo's tool calls: a whole round, and arguments that fit the schema."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from openai import AsyncOpenAI

from tui.providers.demo import DEMO_BASE_URL, async_transport
from tui.providers.demo.choose import text_of
from tui.providers.demo.tool_calls import calls_for, report


def tool(name: str, description: str = "", **properties: Any) -> dict[str, Any]:
    parameters = {"type": "object", "properties": properties, "required": list(properties)}
    return {"type": "function", "function": {"name": name, "description": description, "parameters": parameters}}


STRING = {"type": "string"}
CLOCK = tool("clock", "The time now.")
ARITHMETIC = tool("arithmetic", "Evaluates an expression.", expression=STRING)
STATISTICS = tool("text_stats", "Counts words.", text=STRING)
ALL = [STATISTICS, CLOCK, ARITHMETIC]


def user(text: str) -> list[dict[str, Any]]:
    return [{"role": "user", "content": text}]


@pytest.mark.parametrize(
    ("question", "tools", "calls"),
    [
        ("What time is it?", ALL, [("clock", {})]),
        ("What is 17 * 23?", ALL, [("arithmetic", {"expression": "17 * 23"})]),
        ("Compute (3 + 4) × 2.5 ÷ 5, please.", ALL, [("arithmetic", {"expression": "(3 + 4) * 2.5 / 5"})]),
        ('How many words has "to be or not"?', ALL, [("text_stats", {"text": "to be or not"})]),
        ("What time is it, and what is 2+2?", ALL, [("arithmetic", {"expression": "2+2"}), ("clock", {})]),
        ("Hello", [CLOCK], [("clock", {})]),
        (
            "Add 17 and 25",
            [tool("add", a={"type": "integer"}, b={"type": "number"}, mode={"enum": ["x", "y"]}, on={"type": "boolean"})],
            [("add", {"a": 17, "b": 25.0, "mode": "x", "on": True})],
        ),
        ("What time?", [tool("now", tz=STRING, tags={"type": "array"}, more={"type": "object"})], None),
        ("Anything", [{"type": "function"}, "nonsense"], []),
        ("Anything", [{"type": "function", "function": {"name": "bare"}}], [("bare", {})]),
    ],
)
def test_what_is_called(question: str, tools: list[Any], calls: list[tuple[str, Any]] | None) -> None:
    found = [(name, json.loads(arguments)) for name, arguments in calls_for(user(question), tools)]
    assert found == ([("now", {"tz": "UTC", "tags": [], "more": {}})] if calls is None else calls)


def test_a_result_is_shown_in_a_fence_it_cannot_leave() -> None:
    assert "````\na ``` b\n````" in report([("clock", "a ``` b")])
    assert len(report([("clock", "x" * 9000)])) < 1000


@pytest.fixture
async def client() -> AsyncIterator[AsyncOpenAI]:
    async def at_once(_: float) -> None:
        """Take no time."""

    http_client = httpx2.AsyncClient(transport=async_transport(at_once))
    async with AsyncOpenAI(base_url=DEMO_BASE_URL, api_key="none", http_client=http_client) as client:
        yield client


async def answer(client: AsyncOpenAI, messages: list[Any], **params: Any) -> Any:
    async with client.chat.completions.stream(model="demo-tools", messages=messages, **params) as stream:
        return (await stream.get_final_completion()).choices[0]


async def test_a_whole_round(client: AsyncOpenAI) -> None:
    messages = user("What time is it, and what is 6 * 7?")
    asked = await answer(client, messages, tools=ALL)
    assert asked.finish_reason == "tool_calls"
    assert asked.message.content
    first, second = asked.message.tool_calls
    assert (first.id, second.id) == ("call_demo0001_0", "call_demo0001_1")
    assert (first.function.name, first.function.arguments) == ("arithmetic", '{"expression": "6 * 7"}')
    assert second.function.arguments == "{}"

    messages.append({"role": "assistant", "content": None, "tool_calls": [one.to_dict() for one in (first, second)]})
    messages += [{"role": "tool", "tool_call_id": one.id, "content": text} for one, text in ((first, "42"), (second, "noon"))]
    told = await answer(client, messages, tools=ALL)
    assert told.finish_reason == "stop"
    assert told.message.tool_calls is None
    assert "**arithmetic** says:\n\n```\n42\n```" in told.message.content
    assert "**clock** says:\n\n```\nnoon\n```" in told.message.content


@pytest.mark.parametrize("params", [{}, {"tools": ALL, "tool_choice": "none"}])
async def test_without_tools_it_is_a_plain_model(client: AsyncOpenAI, params: dict[str, Any]) -> None:
    told = await answer(client, user("How do tool calls work?"), **params)
    assert (told.message.content, told.finish_reason) == (text_of("tools"), "stop")


async def test_calls_come_in_one_piece_too(client: AsyncOpenAI) -> None:
    body: Any = {"model": "demo-tools", "messages": user("2+2"), "tools": ALL}
    whole = await client.chat.completions.create(**body)
    (call,) = whole.choices[0].message.tool_calls
    assert json.loads(call.function.arguments) == {"expression": "2+2"}
    assert whole.choices[0].finish_reason == "tool_calls"
