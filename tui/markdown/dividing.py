"""Where a long paragraph can be divided so that each part, read alone, says what it says in the whole.

What is read at once must not take longer than a frame. A paragraph's size says how long: its characters, and several more for
each sign that may be markup.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from tui.markdown.inline import is_closed

LIMIT = 4096  # size of what is read at once
_MOST = 2 * LIMIT  # a paragraph with markup that does not end is divided all the same
_WEIGHT = 5  # characters that a sign counts for
_PART = 768  # size of a part, of what it is read by: it may end anew at each frame
_LEAST = 32  # characters in a part
_TRIES = 3
_marks = re.compile(r"[*_`\[<~&\\]")
_SIGNS = r"\\.|(`+)|(<[A-Za-z/!?])|(\[)|(\]\(?)|(\*+|_+|~~)|(\s+)"
_WIDE_SIGNS = "\u3001\u3002\uff01\uff0c\uff1a\uff1b\uff1f"
_signs = re.compile(_SIGNS, re.DOTALL).finditer
_wide_signs = re.compile(rf"{_SIGNS}|[{_WIDE_SIGNS}](?=[\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fff])", re.DOTALL).finditer
_CLOSERS = {"<": ">", "]": ")"}


def size_of(line: str) -> int:
    """How much there is to read."""
    return len(line) + _WEIGHT * len(_marks.findall(line))


def divide(source: str, size: int) -> tuple[str, str] | None:
    """A paragraph of this size in two, the first of which can be read alone; None if it must stay whole for now."""
    beginning, cut = source, 0
    for end in range(LIMIT, min(size, _MOST) + 1, LIMIT):
        beginning = _beginning(source, end) or source
        cut = sum(len(part) + 1 for part, _ in closed_parts(beginning)[0]) - 1
        if cut > 0:
            break
    if cut <= 0 and size >= _MOST:
        cut = max(beginning.rfind(" ", 1), beginning.rfind("\n", 1))
        cut = cut if cut > 0 else len(beginning)
    rest = source[cut:].lstrip() if cut > 0 else ""
    return (source[:cut], rest) if rest else None


def closed_parts(source: str, *, wide: bool = False) -> tuple[list[tuple[str, str]], str]:
    """The parts of a text that can be read alone, whatever follows, each with the white space after it, and what is left.

    As the text grows, parts are added; those that are there stay. `wide`: where no white space is written, a part may also end
    with a sentence, or a part of one, with nothing after it.
    """
    parts: list[tuple[str, str]] = []
    at = 0
    while (cut := _first_cut(source[at:], wide)) is not None:
        gap = source[at + cut] if source[at + cut].isspace() else ""
        parts.append((source[at : at + cut], gap))
        at += cut + len(gap)
    return parts, source[at:]


def _first_cut(source: str, wide: bool) -> int | None:
    """Where the first part ends, if all of it is there."""
    size = _PART
    while size <= LIMIT and (beginning := _beginning(source, size)) is not None:
        if (cut := safe_cut(beginning, wide and not beginning.isascii())) is not None:
            return cut
        size *= 2
    return None


def _beginning(source: str, size: int) -> str | None:
    """As much as has this size; None if there is no more than that."""
    if len(source) * (1 + _WEIGHT) <= size:
        return None
    return _cut_to(source[: size + 1], size)


@lru_cache(maxsize=64)
def _cut_to(source: str, size: int) -> str | None:
    for mark in _marks.finditer(source):
        if mark.start() >= size:
            break
        size -= _WEIGHT
    return source[: max(size, 1)] if len(source) > size else None


@lru_cache(maxsize=64)
def safe_cut(source: str, wide: bool = False) -> int | None:
    """The offset of white space near the end of `source` over which no markup reaches, whatever follows; None if none is found.

    `wide`: or of a wide letter after a wide sign. What comes after `source` is of no matter, so the answer holds while the
    paragraph grows.
    """
    found = _candidates(source, _wide_signs if wide else _signs)
    spread = [found[(len(found) - 1) * part // _TRIES] for part in range(_TRIES, 0, -1)] if found else []
    return next((at for at in dict.fromkeys(spread) if is_closed(source[:at])), None)


def _candidates(source: str, signs: Callable[[str], Iterator[re.Match[str]]]) -> list[int]:
    """Where nothing seems to be open; a guess, for `is_closed` takes longer."""
    found: list[int] = []
    open_runs: list[str] = []
    depth = skip = 0
    for match in signs(source):
        at, sign = match.start(), match[0]
        if at < skip:
            continue
        if match[6]:
            alone = sign in (" ", "\n") and match.end() < len(source) and source[at - 1] != "\\"
            if alone and at >= _LEAST and depth == 0 and not open_runs:
                found.append(at)
        elif sign in _WIDE_SIGNS:
            if at >= _LEAST and depth == 0 and not open_runs:
                found.append(match.end())
        elif match[1] or match[2] or sign == "](":
            skip = _end_of(source, match)
            if not skip:
                break
            depth -= sign == "]("
        elif match[5]:
            _emphasize(open_runs, sign, source[match.end() : match.end() + 1])
        else:
            depth += {"[": 1, "]": -1}.get(sign, 0)
            depth = max(depth, 0)
    return found


def _emphasize(open_runs: list[str], run: str, after: str) -> None:
    if run in open_runs:
        del open_runs[open_runs.index(run) :]
    elif after.strip():
        open_runs.append(run)


def _end_of(source: str, match: re.Match[str]) -> int:
    """Where a code span, a tag or a link's address ends that begins here; 0 if it does not."""
    if match[1]:
        end = re.compile(rf"(?<!`){match[1]}(?!`)").search(source, match.end())
        return end.end() if end else 0
    return source.find(_CLOSERS[match[0][0]], match.end()) + 1
