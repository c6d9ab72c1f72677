"""The end of a long text, so that it can be read alone: more or less as in the whole, which takes its place soon."""

from __future__ import annotations

import re

_fence = re.compile(r"[ \t>]*(?:(?:[-+*]|\d{1,9}[.)])[ \t]+)*(`{3,}|~{3,})([^`\n]*)").fullmatch
_beginning = re.compile(r"\n[ \t]*\n(?=\S)").search


def ending(text: str, length: int) -> str:
    """The last `length` characters of a Markdown text or so, from where a block begins; code keeps the line that opened it."""
    start = len(text) - length
    if start <= 0:
        return text
    if fence := _open_fence(text, start):
        return fence + text[text.find("\n", start) :]
    found = _beginning(text, start)
    return text[found.end() if found else text.find("\n", start) + 1 :]


def _open_fence(text: str, end: int) -> str:
    """The fence that is open at an offset, or nothing."""
    mark = language = ""
    at = _next_fence(text, 0, end)
    while at < end:
        stop = text.find("\n", at)
        stop = len(text) if stop < 0 else stop
        if found := _fence(text, text.rfind("\n", 0, at) + 1, min(stop, end)):
            if not mark:
                mark, language = found[1], found[2]
            elif found[1].startswith(mark) and not found[2].strip():
                mark = language = ""
        at = _next_fence(text, stop, end)
    return mark + language


def _next_fence(text: str, start: int, end: int) -> int:
    """Where three marks of a fence stand next, or `end`. Plain searches: a pattern over a long text would cost a frame."""
    return min((at for mark in ("```", "~~~") if (at := text.find(mark, start, end)) >= 0), default=end)
