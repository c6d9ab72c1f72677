"""The end of a long text, so that it can be read alone: more or less as in the whole, which takes its place soon."""

from __future__ import annotations

import re
from collections.abc import Iterator
from heapq import merge
from itertools import groupby

_fence = re.compile(r"[ \t>]*(?:(?:[-+*]|\d{1,9}[.)])[ \t]+)*(`{3,}|~{3,})([^`\n]*)").fullmatch
_LONGEST_WORD = 256
_LOOKED_THROUGH = 1 << 20  # characters before an ending in which its fence is looked for: a frame's worth
_beginning = re.compile(r"\n[ \t]*\n(?=\S)").search


def ending(text: str, length: int) -> str:
    """The last `length` characters of a Markdown text or so, from where a block begins; code keeps the line that opened it.

    Of a line that is longer than that, its end.
    """
    start = len(text) - length
    if start <= 0:
        return text
    if fence := _open_fence(text, start):
        return fence + "\n" + text[_beginning_of_line(text, start) :]
    found = _beginning(text, start)
    return text[found.end() if found else _beginning_of_line(text, start) :]


def _beginning_of_line(text: str, start: int) -> int:
    """Where the next line begins; within a long line the next word, or where that is long, too, right there."""
    middle = (start + len(text)) // 2
    for end, most in (("\n", middle), (" ", min(start + _LONGEST_WORD, middle))):
        found = text.find(end, start, most)
        if found >= 0:
            return found + 1
    return start


def _open_fence(text: str, end: int) -> str:
    """The fence that is open at an offset, or nothing."""
    mark = language = ""
    begin = max(end - _LOOKED_THROUGH, 0)
    starts = merge(_lines_with("```", text, begin, end), _lines_with("~~~", text, begin, end))
    for start, _ in groupby(starts):
        stop = text.find("\n", start, end)
        if found := _fence(text, start, stop if stop >= 0 else end):
            if not mark:
                mark, language = found[1], found[2]
            elif found[1].startswith(mark) and not found[2].strip():
                mark = language = ""
    return mark + language


def _lines_with(mark: str, text: str, begin: int, end: int) -> Iterator[int]:
    """Where each line begins that has this mark in it. Plain searches: a pattern over a long text would cost a frame."""
    at = text.find(mark, begin, end)
    while at >= 0:
        yield text.rfind("\n", begin, at) + 1 or begin
        stop = text.find("\n", at, end)
        at = text.find(mark, stop, end) if stop >= 0 else -1
