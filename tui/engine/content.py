"""The words in a delta or a message, whatever their shape: a string, a number, a list of parts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

#: What it is, its text, and for reasoning the key that it came by.
Word = tuple[Literal["text", "reasoning", "refusal"], str, str]

REASONING_KEYS = ("reasoning_content", "reasoning", "reasoning_text", "thinking")
DETAILS = "reasoning_details"
_REASONING_TYPES = ("thinking", "reasoning", "reasoning.text", "reasoning.summary", "summary_text")


def words(delta: Mapping[str, Any]) -> Iterator[Word]:
    """(kind, text) in the order in which a reader wants them: reasoning, then the answer, then a refusal."""
    key, reasoning = _reasoning(delta)
    if reasoning:
        yield "reasoning", reasoning, key
    content = delta.get("content")
    if isinstance(content, str):
        if content:
            yield "text", content, ""
    elif content is not None:
        yield from _parts(content)
    refusal = delta.get("refusal")
    if refusal and isinstance(refusal, str):
        yield "refusal", refusal, ""


def _reasoning(delta: Mapping[str, Any]) -> tuple[str, str]:
    """(the first key that holds any, its text): servers send the same text under two names."""
    for key in REASONING_KEYS:
        value = delta.get(key)
        if value and (text := flat(value)):
            return key, text
    details = delta.get("reasoning_details")
    return DETAILS, (flat(details) if isinstance(details, list) else "")


def _parts(content: Any) -> Iterator[Word]:
    if isinstance(content, list):
        for part in content:
            yield from _parts(part)
    elif isinstance(content, Mapping):
        kind = content.get("type")
        if kind in _REASONING_TYPES:
            word: Word = ("reasoning", flat(content), "content")
        elif kind == "refusal":
            word = ("refusal", flat(content), "")
        else:
            word = ("text", flat(content), "")
        if word[1]:
            yield word
    elif text := flat(content):
        yield "text", text, ""


def flat(value: Any) -> str:
    """The text inside `value`: itself, a number's digits, or what an object or a list of parts holds."""
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, Mapping):
        keys = ("text", "thinking", "reasoning", "refusal", "content", "summary", "value")
        return next((text for key in keys if (text := flat(value.get(key)))), "")
    if isinstance(value, list):
        return "".join(map(flat, value))
    return ""
