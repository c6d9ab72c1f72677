"""How wide text is on a terminal, and where it can be cut: offsets count characters, widths cells."""

from __future__ import annotations

import re

from rich.cells import cell_len, split_graphemes

_WIDE = (
    "\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff"
    "\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6\U00020000-\U0003fffd"
)
_NOT_FIRST = "、。，．！？：；）」』】》〉〕ー〜・～％"
_NOT_LAST = "（「『【《〈〔"
# what stays together: a run of narrow characters, or one wide one with the punctuation that clings to it
_UNITS = re.compile(f"[{_NOT_LAST}]*[{_WIDE}][{_NOT_FIRST}]*|[^ {_WIDE}{_NOT_LAST}]+[{_NOT_FIRST}]*|[{_NOT_LAST}{_WIDE}]+| +")

Piece = tuple[int, int]


def width(text: str) -> int:
    """Cells that `text` takes."""
    return len(text) if text.isascii() else cell_len(text)


def cut(text: str, start: int, cells: int) -> int:
    """The offset up to which `text[start:]` fits into `cells`: at least one character, never within a cluster."""
    if text.isascii():
        return min(start + max(cells, 1), len(text))
    graphemes = split_graphemes(text[start : start + 2 * cells + 64])[0]
    used = 0
    for index, (offset, _, size) in enumerate(graphemes):
        if used + size > cells and index:
            return start + offset
        used += size
    return start + graphemes[-1][1] if graphemes else start


def chop(text: str, cells: int) -> list[int]:
    """Offsets at which rows of `cells` begin: as full as can be, whatever stands there."""
    if text.isascii():
        return list(range(0, len(text), cells)) or [0]
    starts, at = [0], cut(text, 0, cells)
    while at < len(text):
        starts.append(at)
        at = cut(text, at, cells)
    return starts


def wrap(text: str, cells: int, start: int = 0) -> list[Piece]:
    """Rows of `text` as (start, end), broken at spaces, between wide characters, and at newlines; those from `start` on."""
    if text.find("\n", start) < 0:
        return _wrap_line(text, start, len(text), cells)
    rows: list[Piece] = []
    for line in text[start:].split("\n"):
        rows += _wrap_line(text, start, start + len(line), cells)
        start += len(line) + 1
    return rows


def _wrap_line(text: str, start: int, end: int, cells: int) -> list[Piece]:
    if text.isascii():
        return [(start, end)] if end - start <= cells else _wrap_narrow(text, start, end, cells)
    line = text[start:end]
    return [(start, end)] if cell_len(line) <= cells else _wrap_any(line, start, cells)


def _wrap_narrow(text: str, start: int, end: int, cells: int) -> list[Piece]:
    rows: list[Piece] = []
    while end - start > cells:
        space = text.rfind(" ", start, start + cells + 1)
        stop = space if space > start else start + cells
        rows.append((start, stop))
        start = stop + (space > start)
        while start < end and text[start] == " ":
            start += 1
    if start < end or not rows:
        rows.append((start, end))
    return rows


def _wrap_any(line: str, base: int, cells: int) -> list[Piece]:
    rows: list[Piece] = []
    start = stop = used = 0  # this row is line[start:stop] and maybe spaces, `used` cells wide
    for match in _UNITS.finditer(line):
        size = cell_len(match[0])
        if match[0][0] == " ":
            used += size
            continue
        if used + size > cells and stop > start:
            rows.append((base + start, base + stop))
            start, used = match.start(), 0
        rest = match.start()  # what is left of it is `size` cells wide
        while used + size > cells and (at := cut(line, start, cells)) < match.end():
            rows.append((base + start, base + at))
            start, used = at, cell_len(line[at:rest])
            size -= cell_len(line[rest:at])
            rest = max(rest, at)
        used += size
        stop = match.end()
    if stop > start or not rows:
        rows.append((base + start, base + stop))
    return rows
