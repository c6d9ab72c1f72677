"""Where a continuation joins what it continues: characters that came twice are found, and a model that starts over is noticed.

A continuation is undecided (None) until so much of it is here that more could not change the verdict, or until it is done.
Nothing is ever put in between; what a model repeats is skipped only where chance is an unlikely reason:

- sixteen characters or more, of at least five kinds, wherever they begin: prose does not repeat that by itself;
- from the beginning of a word on, three letters or more where a plain join would run two words together ("the brown" +
  "brown fox"), else five ("very " + "very" may be meant); "hel" + "lo" and "Miss" + "issippi" are joined as they are.

Text that goes on repeating itself (a table's rule, "ha ha ha ha") is joined plainly: there, cutting could lose something.
"""

from __future__ import annotations

from dataclasses import dataclass

TAIL = 2000  # characters of the partial in which a repeated piece is looked for
HEAD = 400  # characters of the continuation after which the verdict falls in any case
LONG = 16  # characters that are no accident
_KINDS = 5  # different characters in them
_GLUED, _APART = 3, 5  # letters of a word that is no accident, by whether a plain join would glue it to the one before
OVER = 24  # characters of the partial's beginning that make a new start


@dataclass(frozen=True, slots=True)
class Seam:
    """The verdict: leave out the first `skip` characters of the continuation, or take it as an answer of its own."""

    skip: int = 0
    starts_over: bool = False


def find_seam(partial: str, head: str, done: bool) -> Seam | None:
    """How `head`, the continuation so far, joins `partial`; None while it is undecided. `done`: no more will come."""
    lead = len(head) - len(head.lstrip())
    body = head[lead:]
    if not body:
        return Seam() if done else None
    if not done and len(body) < HEAD and _may_grow(partial, body):
        return None
    if _starts_over(partial, body):
        return Seam(starts_over=True)
    return Seam(_skip(partial, head, lead))


def _may_grow(partial: str, body: str) -> bool:
    """Whether more of the continuation could still make an overlap longer, or show that it starts over."""
    if partial.lstrip().startswith(body):
        return True
    return body in partial[-TAIL:].rstrip()


def _starts_over(partial: str, body: str) -> bool:
    beginning = partial.strip()
    if len(beginning) < OVER:
        return False  # so short a beginning is an overlap of its whole length
    return body.startswith(beginning[: max(OVER, min(len(beginning), len(body), 2 * OVER))])


def _skip(partial: str, head: str, lead: int) -> int:
    for trimmed in dict.fromkeys((partial, partial.rstrip())):
        for start in dict.fromkeys((0, lead)):
            least = _GLUED if partial[-1:].isalnum() and head[0].isalnum() else _APART
            if length := _overlap(trimmed, head[start:], least):
                return start + length + _shared_space(partial[len(trimmed) :], head[start + length :])
    return 0


def _shared_space(before: str, after: str) -> int:
    """Characters of white space that end the partial and follow the repeated piece too."""
    count = 0
    for mine, theirs in zip(before, after, strict=False):
        if mine != theirs:
            break
        count += 1
    return count


def _overlap(partial: str, head: str, least: int) -> int:
    """The length of the longest piece that ends `partial` and begins `head`, and is there twice by no accident."""
    tail = partial[-TAIL:]
    for length in range(min(len(tail), len(head)), least - 1, -1):
        if tail.endswith(head[:length]) and _is_no_accident(partial[:-length], head[:length], least):
            return length
    return 0


def _is_no_accident(before: str, piece: str, least: int) -> bool:
    if before.rstrip().endswith(piece.strip()):
        return False  # it was repeating itself already
    if len(piece) >= LONG and len(set(piece)) >= _KINDS:
        return True
    at_word = not before or not (before[-1].isalnum() and piece[0].isalnum())
    return at_word and sum(character.isalnum() for character in piece) >= least
