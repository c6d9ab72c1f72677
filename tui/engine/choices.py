"""The choices in a chunk, whatever their shape: a list, one alone, by index, Ollama's own; and why each of them ended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tui.engine.content import flat


def choices_in(chunk: Mapping[str, Any]) -> list[Any]:
    choices = chunk.get("choices")
    if isinstance(choices, list):
        return [{"text": choice} if isinstance(choice, str) else choice for choice in choices]
    if isinstance(choices, str):
        return [{"text": choices}]
    if isinstance(choices, Mapping):  # one choice, or all of them by their index
        keyed = all(isinstance(choice, Mapping) for choice in choices.values()) and "delta" not in choices
        return list(choices.values()) if keyed and "message" not in choices else [choices]
    # with a type it is an event of another API
    if not {"choices", "type"} & chunk.keys() and ("done" in chunk or isinstance(chunk.get("message"), Mapping)):
        return [_ollama_choice(chunk)]
    return []


def _ollama_choice(line: Mapping[str, Any]) -> dict[str, Any]:
    delta = line.get("message")
    if not isinstance(delta, Mapping):
        delta = {"content": line.get("response"), "thinking": line.get("thinking")}
    reason = (line.get("done_reason") or "stop") if line.get("done") is True else None
    return {"index": 0, "delta": delta, "finish_reason": reason}


def ollama_usage(line: Mapping[str, Any]) -> dict[str, int]:
    sent, came = line.get("prompt_eval_count"), line["eval_count"]
    sent = sent if isinstance(sent, int) else 0
    return {"prompt_tokens": sent, "completion_tokens": came, "total_tokens": sent + came}


def reason_in(choice: Mapping[str, Any]) -> str:
    """Why the choice ended, in one word; "" if it did not."""
    delta = choice.get("delta")
    for holder in (choice, delta if isinstance(delta, Mapping) else {}):
        for key in ("finish_reason", "finishReason"):
            reason = holder.get(key)
            if isinstance(reason, bool):
                reason = "stop" if reason else ""
            reason = flat(next(iter(reason.values()), "") if isinstance(reason, Mapping) else reason)
            if reason and reason not in ("null", "None"):
                return reason
    return ""


def index_of(value: object, place: int) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return int(value) if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 9 else place
