"""The end of a long text, so that it can be read alone: more or less as in the whole, which takes its place soon."""

from __future__ import annotations

import re

_LENGTH = 6000  # characters: more than a screen shows
_fences = re.compile(r"^[ \t>]*(?:(?:[-+*]|\d{1,9}[.)])[ \t]+)*(`{3,}|~{3,})([^`\n]*)$", re.MULTILINE).finditer
_beginning = re.compile(r"\n[ \t]*\n(?=\S)").search


def ending(text: str) -> str:
    """The last screen or two of a Markdown text, from where a block begins; code keeps the line that opened it."""
    start = len(text) - _LENGTH
    if start <= 0:
        return text
    if fence := _open_fence(text, start):
        return fence + text[text.find("\n", start) :]
    found = _beginning(text, start)
    return text[found.end() if found else text.find("\n", start) + 1 :]


def _open_fence(text: str, end: int) -> str:
    """The fence that is open at an offset, or nothing."""
    mark = language = ""
    for found in _fences(text, 0, end):
        if not mark:
            mark, language = found[1], found[2]
        elif found[1].startswith(mark) and not found[2].strip():
            mark = language = ""
    return mark + language
