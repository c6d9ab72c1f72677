"""Errors that come inside a stream or as the body of an error response: found, and read into one message.

Servers write them as `{"error": {"message", "type", "code"}}`, as a string, nested in each other, flat
(`{"detail": ...}`, `{"message": ..., "code": ...}`), named by the event, or inside a choice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tui.engine import json_values
from tui.engine.failure import CLIPPED

_MESSAGES = (
    *("message", "error", "detail", "msg", "error_message", "error_description", "errors", "title", "reason", "text"),
    *("Message", "faultstring", "status_msg", "error_msg", "err_msg", "errmsg", "errorMessage"),
)
_CODES = ("code", "type", "status", "error_code", "error_type")
_DEPTH = 6  # how far a message is looked for inside messages
_LENGTH = 2000  # characters of a server's message that are kept


@dataclass(frozen=True, slots=True)
class Complaint:
    """What a server said went wrong: its message, and its codes (code, type, status) as words."""

    message: str
    codes: tuple[str, ...] = ()


def clip(text: str) -> str:
    """`text` as long as a person would read it."""
    text = text.strip()
    return text if len(text) <= _LENGTH else text[:_LENGTH].rstrip() + CLIPPED


def excerpt(text: str) -> str:
    """What `text`, a body that is no JSON, says to a person."""
    odd = sum(not (character.isprintable() or character.isspace()) or character == "\ufffd" for character in text[:1000])
    return "It is no text: binary data, or in another encoding than UTF-8." if odd > len(text[:1000]) / 20 else clip(text)


def find_error(chunk: Mapping[str, Any], event: str = "") -> Complaint | None:
    """The error that `chunk`, an event's JSON, reports, if it does."""
    if chunk.get("error"):
        return read_error(chunk["error"], chunk)
    if (groq := chunk.get("x_groq")) and isinstance(groq, Mapping) and groq.get("error"):
        return read_error(groq["error"], groq)
    if (status := chunk.get("base_resp")) and isinstance(status, Mapping) and status.get("status_code"):
        return read_error(status, chunk)
    if event == "error" or chunk.get("type") == "error" or chunk.get("object") == "error":
        return read_error(chunk)
    if (
        "choices" in chunk
        or "done" in chunk
        or isinstance(chunk.get("message"), Mapping)
        or "chat.completion" in str(chunk.get("object"))
    ):
        return None
    if _is_flat_error(chunk):
        return read_error(chunk)
    if isinstance(chunk.get("fault"), Mapping):
        return read_error(chunk["fault"], chunk)
    for value in chunk.values():
        if isinstance(value, Mapping) and value.get("error"):
            return read_error(value["error"], value)
    return None


def find_choice_error(choice: Mapping[str, Any]) -> Complaint | None:
    """The error that one of the choices reports, if it does."""
    for holder in (choice, choice.get("delta"), choice.get("message")):
        if isinstance(holder, Mapping) and holder.get("error"):
            return read_error(holder["error"], holder)
    return None


def read_error(value: Any, around: Mapping[str, Any] | None = None) -> Complaint:
    """`value`, whatever its shape, as a complaint; `around` is the object that holds it, whose codes count too."""
    codes: list[str] = []
    for holder in (value, around):
        if isinstance(holder, Mapping):
            codes += _codes(holder)
    message = _message(value, _DEPTH)
    if not message and around is not None:
        message = _message({name: part for name, part in around.items() if name != "error"}, 1)
    codes = list(dict.fromkeys(codes))
    return Complaint(clip(message or ", ".join(codes)), tuple(codes))


def _is_flat_error(chunk: Mapping[str, Any]) -> bool:
    if any(chunk.get(name) for name in ("detail", "errors", "error_message", "error_code", "error_description")):
        return True
    return any(isinstance(chunk.get(name), str) and chunk[name] for name in ("message", "Message", "msg"))


def _codes(holder: Mapping[str, Any]) -> list[str]:
    found = [holder[name] for name in _CODES if isinstance(holder.get(name), str | int)]
    nested = holder.get("error")
    more = _codes(nested) if isinstance(nested, Mapping) else []
    return [str(code) for code in found if code not in ("", "error")] + more


def _message(value: Any, depth: int) -> str:
    if isinstance(value, str):
        return _unwrapped(value, depth)
    if isinstance(value, bool) or value is None or depth == 0:
        return ""
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, Mapping):
        for name in _MESSAGES:
            if message := _message(value.get(name), depth - 1):
                return _placed(value, message)
        return ""
    if isinstance(value, list):
        return "; ".join(filter(None, (_message(part, depth - 1) for part in value[:5])))
    return ""


def _placed(value: Mapping[str, Any], message: str) -> str:
    """FastAPI says where a value is wrong in `loc`, apart from the message."""
    place = value.get("loc")
    return f"{'.'.join(map(str, place))}: {message}" if isinstance(place, list) else message


def _unwrapped(text: str, depth: int) -> str:
    """A gateway may pass on the JSON of the server behind it as its message."""
    if depth and text.lstrip().startswith("{"):
        found, whole = json_values.values(text)
        if whole and isinstance(found[0], Mapping):
            return _message(found[0], depth - 1) or text
    return text
