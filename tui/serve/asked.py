"""What a request for an answer says, checked. What upstream will check itself is left to it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tui.serve.errors import ServeError

OWN_FIELD = "streamtui"  # how a recording is played: {"speed": 2, "fault": "cut@12"}
_LONGEST_NAME = 500


@dataclass(frozen=True, slots=True)
class Asked:
    """`chat` is the request less what is meant for this server."""

    model: str
    chat: Mapping[str, Any]
    stream: bool
    wish: Any


def read_request(data: bytes) -> Asked:
    """The body of a request for an answer. Raises ServeError."""
    try:
        chat = json.loads(data)
    except (ValueError, RecursionError):
        raise ServeError(400, "The body must be JSON.", "invalid_json") from None
    if not isinstance(chat, dict):
        raise ServeError(400, "The body must be a JSON object.", "invalid_json")
    model, messages, stream = chat.get("model"), chat.get("messages"), chat.get("stream")
    if not isinstance(model, str) or not 0 < len(model) <= _LONGEST_NAME:
        raise ServeError(400, "model must be the name of a model; GET /v1/models lists them.", param="model")
    if any(map(_is_half, model)):
        raise ServeError(400, "model must be text; it holds half a surrogate pair.", param="model")
    if not isinstance(messages, list) or not messages or not all(isinstance(message, dict) for message in messages):
        raise ServeError(400, "messages must be a list of one message or more.", param="messages")
    if stream is not None and not isinstance(stream, bool):
        raise ServeError(400, "stream must be true or false.", param="stream")
    wish = chat.pop(OWN_FIELD, None)
    return Asked(model, chat, stream is True, wish)


def _is_half(character: str) -> bool:
    return "\ud800" <= character <= "\udfff"


def event_number(text: str | None) -> int:
    """A `Last-Event-ID`, or an `after`; 0 where there is none. Raises ServeError."""
    if text is None or text == "":
        return 0
    if not (text.isascii() and text.isdigit() and len(text) <= 15):
        raise ServeError(400, "Last-Event-ID must be the number of an event.", param="Last-Event-ID")
    return int(text)
