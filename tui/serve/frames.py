"""Events as they travel onward and as the log keeps them: one frame each, numbered from 1, its end an empty line."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tui.engine.sse import Line, ServerEvent, is_whole

KEEP_ALIVE = b": keep-alive\n\n"


def frame(number: int, item: ServerEvent | Line) -> bytes:
    """An event with its number. A plain line that is JSON becomes an event, any other stays a line."""
    if isinstance(item, Line):
        text = item.text.strip().encode()
        return (b"id: %d\ndata: %b\n\n" if is_whole(text) else b"id: %d\n%b\n\n") % (number, text)
    name, data = item
    body = data.encode()
    if b"\n" in body:
        body = body.replace(b"\n", b"\ndata: ")
    if name:
        return b"id: %d\nevent: %b\ndata: %b\n\n" % (number, name.encode(), body)
    return b"id: %d\ndata: %b\n\n" % (number, body)


def error_frame(number: int, message: str, code: str) -> bytes:
    """An error in mid-stream, as OpenAI's shape has it."""
    error = {"message": message, "type": "server_error", "param": None, "code": code}
    return b"id: %d\ndata: %b\n\n" % (number, json.dumps({"error": error}).encode())


def rest(data: bytes, number: int) -> bytes:
    """What of some frames comes after event `number`, which may be one before them."""
    mark = b"id: %d\n" % (number + 1)
    if data.startswith(mark):
        return data
    place = data.find(b"\n\n" + mark)
    return data[place + 2 :] if place >= 0 else b""


def as_chunk(completion: Mapping[str, Any]) -> dict[str, Any]:
    """A whole answer as one piece of a stream: what a server sends that was asked to stream and does not."""
    choices = [_delta(choice) for choice in completion.get("choices") or [] if isinstance(choice, dict)]
    return {**completion, "object": "chat.completion.chunk", "choices": choices}


def _delta(choice: Mapping[str, Any]) -> dict[str, Any]:
    message = choice.get("message")
    delta = dict(message) if isinstance(message, dict) else {}
    calls = delta.get("tool_calls")
    if isinstance(calls, list):
        delta["tool_calls"] = [{"index": place, **call} for place, call in enumerate(calls) if isinstance(call, dict)]
    return {**{name: value for name, value in choice.items() if name != "message"}, "delta": delta}
