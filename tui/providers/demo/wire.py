"""Steps as they travel: server-sent events, or one JSON body, with the time that passes before each piece."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import Any, Literal

from tui.providers.demo.models import DemoModel
from tui.providers.demo.script import Break, Call, Finish, Say, Step, count, pieces

_RHYTHM = (0.6, 1.3, 0.9, 1.1, 0.8, 1.5, 0.8)  # of the model's pace, 1 on average: tokens don't tick like a clock
_LONGEST = 3.0  # seconds that an answer in one piece lets one wait
_IN_BAND: dict[str, Any] = {
    "message": "The model ran into an error and can't go on.",
    "type": "server_error",
    "param": None,
    "code": None,
}


@dataclass(frozen=True, slots=True)
class Send:
    """Send `data` after `delay` seconds."""

    data: bytes
    delay: float = 0.0


@dataclass(frozen=True, slots=True)
class Stop:
    """Send no more: cut the connection, or leave it open and silent."""

    how: Literal["cut", "stall"]


Action = Send | Stop


@dataclass(frozen=True, slots=True)
class Envelope:
    """What goes around an answer."""

    id: str
    model: str
    prompt_tokens: int


def prompt_tokens(texts: Iterable[str]) -> int:
    """How many tokens a prompt is: its pieces, a few for each message, no more exact than that."""
    return sum(4 + (len(pieces(text)) if len(text) < 20_000 else len(text) // 4) for text in texts)


def event(data: object) -> bytes:
    """One server-sent event that holds JSON."""
    return f"data: {json.dumps(data)}\n\n".encode()


def usage(envelope: Envelope, steps: Sequence[Step]) -> dict[str, Any]:
    """The `usage` object of an answer."""
    completion = count(steps)
    return {
        "prompt_tokens": envelope.prompt_tokens,
        "completion_tokens": completion,
        "total_tokens": envelope.prompt_tokens + completion,
        "prompt_tokens_details": {"cached_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": count(steps, "reasoning_content")},
    }


def streamed(model: DemoModel, steps: Sequence[Step], envelope: Envelope, *, include_usage: bool) -> Iterator[Action]:
    """The answer as events, one a step."""
    head = {"id": envelope.id, "object": "chat.completion.chunk", "created": int(time.time()), "model": envelope.model}
    tail = {"usage": None} if include_usage else {}

    def chunk(delta: dict[str, Any], reason: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": reason}
        return event({**head, "choices": [choice], **tail})

    yield Send(chunk({"role": "assistant", "content": ""}))
    for step, delay in zip(steps, _delays(model), strict=False):
        match step:
            case Finish(reason):
                yield Send(chunk({}, reason))
                if include_usage:
                    yield Send(event({**head, "choices": [], "usage": usage(envelope, steps)}))
                yield Send(b"data: [DONE]\n\n")
            case Break(how):
                yield from _broken(how, delay)
            case _:
                yield Send(chunk(_delta(step)), delay)


def in_one_piece(model: DemoModel, steps: Sequence[Step], envelope: Envelope) -> Iterator[Action]:
    """The answer as one JSON object; one that breaks is half of it."""
    body = json.dumps(_completion(steps, envelope)).encode()
    delay = min(_LONGEST, model.first + count(steps) / model.rate)
    end = steps[-1]
    if not isinstance(end, Break):
        yield Send(body, delay)
        return
    yield Send(body[: len(body) // 2], delay)
    yield from _broken(end.how, 0.0)


def _broken(how: Literal["cut", "silent", "stall", "error"], delay: float) -> Iterator[Action]:
    match how:
        case "error":
            yield Send(event({"error": _IN_BAND}), delay)
        case "cut" | "stall":
            yield Stop(how)


def _delays(model: DemoModel) -> Iterator[float]:
    yield model.first
    for beat in cycle(_RHYTHM):
        yield beat / model.rate


def _delta(step: Say | Call) -> dict[str, Any]:
    if isinstance(step, Say):
        return {step.kind: step.text}
    function: dict[str, Any] = {"arguments": step.arguments}
    if step.name is None:
        return {"tool_calls": [{"index": step.index, "function": function}]}
    function = {"name": step.name, **function}
    return {"tool_calls": [{"index": step.index, "id": step.id, "type": "function", "function": function}]}


def _completion(steps: Sequence[Step], envelope: Envelope) -> dict[str, Any]:
    end = steps[-1]
    message: dict[str, Any] = {"role": "assistant", "content": None}
    for step in steps:
        if isinstance(step, Say):
            message[step.kind] = (message.get(step.kind) or "") + step.text
    if calls := _calls(steps):
        message["tool_calls"] = calls
    reason = end.reason if isinstance(end, Finish) else None
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": reason}
    head = {"id": envelope.id, "object": "chat.completion", "created": int(time.time()), "model": envelope.model}
    return {**head, "choices": [choice], "usage": usage(envelope, steps)}


def _calls(steps: Sequence[Step]) -> list[dict[str, Any]]:
    calls: dict[int, dict[str, Any]] = {}
    for step in steps:
        if isinstance(step, Call):
            empty = {"id": step.id, "type": "function", "function": {"name": step.name, "arguments": ""}}
            calls.setdefault(step.index, empty)["function"]["arguments"] += step.arguments
    return list(calls.values())
