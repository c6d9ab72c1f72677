"""Which of the offered tools the demo calls, with which arguments, and what it says of the results."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tui.providers.demo.choose import Message, last_question, plain_text

_SHOWN = 500  # characters of a result
_ARITHMETIC = re.compile(r"\(*-?\d+(?:\.\d+)?(?:[\s()]*[-+*/%^×÷]+[\s()]*\d+(?:\.\d+)?)+\)*")
_SIGNS = str.maketrans({"×": "*", "÷": "/", "^": "**"})
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_QUOTED = re.compile(r"[\"“]([^\"”]+)[\"”]")

#: What a question asks for, and the tools that give it.
_MATCHES = (
    (_ARITHMETIC, re.compile(r"arith|calc|math|comput|evaluat", re.IGNORECASE)),
    (
        re.compile(r"\b(time|clock|date|day|today|now|hour|year)\b", re.IGNORECASE),
        re.compile(r"time|clock|date|now", re.IGNORECASE),
    ),
    (
        re.compile(r"\b(count|how many|words?|characters?|letters?|statistics)\b", re.IGNORECASE),
        re.compile(r"count|stat|length", re.IGNORECASE),
    ),
)


def calls_for(messages: Sequence[Message], tools: Sequence[Any]) -> list[tuple[str, str]]:
    """(name, arguments as JSON) of each tool to call; what fits the question, else the first tool."""
    question = last_question(messages)
    functions = [tool["function"] for tool in tools if isinstance(tool, Mapping) and isinstance(tool.get("function"), Mapping)]
    wanted = [function for asks, fits in _MATCHES if asks.search(question) and (function := _first(functions, fits))]
    return [(str(one.get("name")), json.dumps(_arguments(one, question))) for one in wanted or functions[:1]]


def is_asked_for(messages: Sequence[Message]) -> bool:
    """Whether the last question needs arithmetic, which a tool does better, or was answered by tools already."""
    return bool(_ARITHMETIC.search(last_question(messages))) or bool(results(messages))


def results(messages: Sequence[Message]) -> list[tuple[str, str]]:
    """(tool, result) of the tool messages that the conversation ends in."""
    trailing: list[Message] = []
    for message in reversed(messages):
        if message.get("role") != "tool":
            break
        trailing.insert(0, message)
    names = dict(_call_names(messages))
    return [(names.get(message.get("tool_call_id"), "the tool"), plain_text(message)) for message in trailing]


def report(outcome: Sequence[tuple[str, str]]) -> str:
    """The answer that follows a round of tools."""
    shown = "\n\n".join(f"**{name}** says:\n\n{_fenced(result)}" for name, result in outcome)
    return (
        f"{shown}\n\nThat was the whole round: I asked for {'a tool' if len(outcome) == 1 else 'tools'}, you said yes or no, "
        "your program ran it, and sent me back what came out. A real model would now make something of it. I only repeat it."
    )


def _first(functions: Sequence[Mapping[str, Any]], fits: re.Pattern[str]) -> Mapping[str, Any] | None:
    """By name, and only then by description."""
    for key in ("name", "description"):
        for function in functions:
            if fits.search(str(function.get(key) or "")):
                return function
    return None


def _arguments(function: Mapping[str, Any], question: str) -> dict[str, Any]:
    """A value for each required parameter."""
    schema = function.get("parameters")
    properties = schema.get("properties") if isinstance(schema, Mapping) else None
    if not isinstance(schema, Mapping) or not isinstance(properties, Mapping):
        return {}
    numbers = iter(_NUMBER.findall(question))
    return {name: _value(name, properties.get(name, {}), question, numbers) for name in schema.get("required", [])}


def _value(name: str, schema: Mapping[str, Any], question: str, numbers: Iterator[str]) -> Any:
    if choices := schema.get("enum"):
        return choices[0]
    match schema.get("type"):
        case "integer":
            return int(float(next(numbers, "1")))
        case "number":
            return float(next(numbers, "1"))
        case "boolean":
            return True
        case "array":
            return []
        case "object":
            return {}
    return _string(name, question)


def _string(name: str, question: str) -> str:
    if "zone" in name or name == "tz":
        return "UTC"
    if quoted := _QUOTED.search(question):
        return quoted[1]
    arithmetic = _ARITHMETIC.search(question)
    return arithmetic[0].translate(_SIGNS) if arithmetic else question


def _call_names(messages: Sequence[Message]) -> Iterator[tuple[Any, str]]:
    for message in messages:
        calls = message.get("tool_calls")
        for call in calls if isinstance(calls, list) else []:
            yield call.get("id"), str(call.get("function", {}).get("name"))


def _fenced(text: str) -> str:
    text = text if len(text) <= _SHOWN else f"{text[:_SHOWN]} ..."
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{text}\n{fence}"
