"""What a demo model is going to say: a list of steps, the last of which ends it. No bytes, no time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

SayKind = Literal["content", "reasoning_content", "refusal"]
_PIECE = re.compile(r" ?\w{1,8}|\n+ *| {2,}| ?[^\w\s]{1,3}|\s")


@dataclass(frozen=True, slots=True)
class Say:
    """One token-like piece of text."""

    text: str
    kind: SayKind = "content"


@dataclass(frozen=True, slots=True)
class Call:
    """One piece of the tool call at `index`; `id` and `name` come with its first piece."""

    index: int
    arguments: str
    id: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Finish:
    """An orderly end."""

    reason: str


@dataclass(frozen=True, slots=True)
class Break:
    """An end that is none: cut, silent, stalled, or by an error object."""

    how: Literal["cut", "silent", "stall", "error"]


Content = Say | Call
Step = Content | Finish | Break


def pieces(text: str) -> list[str]:
    """`text` cut into pieces about the size of tokens; they add up to `text`."""
    return _PIECE.findall(text)


def say(text: str, kind: SayKind = "content") -> list[Step]:
    """The steps that say `text`."""
    return [Say(piece, kind) for piece in pieces(text)]


def call(index: int, id_: str, name: str, arguments: str) -> list[Step]:
    """The steps of one tool call, its arguments in pieces."""
    return [Call(index, "", id_, name), *(Call(index, piece) for piece in pieces(arguments))]


def broken_off(steps: Sequence[Step], after: int, end: Finish | Break) -> list[Step]:
    """The first `after` steps or so, less where there are few, up to the middle of a sentence, and then `end`."""
    at = min(after, len(steps) * 2 // 3)
    while 0 < at < len(steps) and not _mid_sentence(steps[at - 1], steps[at]):
        at += 1
    return [*steps[:at], end]


def _mid_sentence(before: Step, after: Step) -> bool:
    if not (isinstance(before, Say) and isinstance(after, Say)):
        return False
    return before.text[-1:].isalpha() and after.text[:1] == " " and after.text[1:2].isalpha()


def cut_to(steps: Sequence[Step], limit: int) -> list[Step]:
    """The first `limit` pieces of content, ended by `length`, if there are more than that."""
    content = count(steps)
    return list(steps) if content <= limit else [*steps[:limit], Finish("length")]


def count(steps: Iterable[Step], kind: SayKind | None = None) -> int:
    """How many tokens the steps stand for, all or of one kind."""
    content = (step for step in steps if isinstance(step, Content))
    return sum(kind is None or (isinstance(step, Say) and step.kind == kind) for step in content)
