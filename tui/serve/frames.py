"""Events as they travel onward and as the log keeps them: one frame each, numbered from 1, its end an empty line.

To OpenAI's own client an empty line ends an event once any event had an id, and an event without data breaks the stream. So
neither a keep-alive nor a plain line has an empty line of its own: a plain line travels inside the next event's frame.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tui.engine.sse import PADDING, Line, ServerEvent, is_whole

KEEP_ALIVE = b": keep-alive\n"


def frame(number: int, event: ServerEvent, lines: bytes = b"") -> bytes:
    """An event with its number, and with the plain lines that came before it."""
    name, data = event
    body = data.encode()
    if b"\n" in body:
        body = body.replace(b"\n", b"\ndata: ")
    if name:
        return b"id: %d\n%bevent: %b\ndata: %b\n\n" % (number, lines, name.encode(), body)
    return b"id: %d\n%bdata: %b\n\n" % (number, lines, body)


def last_lines(number: int, lines: bytes) -> bytes:
    """Plain lines that no event follows: nothing does, so that the empty line can be left out."""
    return b"id: %d\n%b" % (number, lines)


def as_event(line: Line) -> ServerEvent | None:
    """A plain line as an event, if it is JSON; also one whose field was indented or padded."""
    text = line.text.strip(PADDING).removeprefix("data:").strip()
    return ServerEvent("", text) if is_whole(text.encode()) else None


def error_frame(number: int, message: str, code: str, lines: bytes = b"") -> bytes:
    """An error in mid-stream, as OpenAI's shape has it."""
    error = {"message": message, "type": "server_error", "param": None, "code": code}
    return frame(number, ServerEvent("", json.dumps({"error": error})), lines)


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
