"""Rounds of a reply: what the model says and calls before it is told the tools' results, and what follows.

A round is one stream, or several where it was continued; only its last stream can hold tool calls. Each round is one message
of the assistant's, followed by one message for every tool that was to run.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tui.engine.answer import Answer, ToolCall
from tui.engine.json_values import values


@dataclass(frozen=True, slots=True)
class Round:
    """Its streams, each with the characters at its beginning that repeat what was there; None while that is undecided."""

    steps: tuple[tuple[Answer, int | None], ...]

    @property
    def answer(self) -> Answer:
        """Its last stream."""
        return self.steps[-1][0]

    @property
    def text(self) -> str:
        """Its text, joined at the seams. What is undecided is not in it yet."""
        return "".join(answer.text[skip:] for answer, skip in self.steps if skip is not None)

    @property
    def said(self) -> str:
        """The text, else the refusal; never the reasoning."""
        text = self.text
        return text if text.strip() else "".join(answer.refusal for answer, _ in self.steps)

    @property
    def calls(self) -> list[ToolCall]:
        """The calls that somebody meant to run."""
        return [call for call in self.answer.tool_calls if call.run is not None]


def rounds_of(steps: Sequence[tuple[Answer, int | None]]) -> list[Round]:
    """The rounds that these streams make."""
    found: list[Round] = []
    start = 0
    for place, (answer, _) in enumerate(steps, 1):
        if answer.tool_calls or place == len(steps):
            found.append(Round(tuple(steps[start:place])))
            start = place
    return found


def glued(texts: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each text with what goes before it, so that it begins after a blank line; nothing goes before a text that is empty."""
    before = ""
    for text in texts:
        ends = len(before) - len(before.rstrip("\n"))
        yield ("\n" * max(2 - ends, 0) if before and text else ""), text
        before = text or before


def is_whole(answer: Answer, call: ToolCall) -> bool:
    """Whether all of a call's arguments arrived. In a stream that broke off, nothing at all is not known to be all.

    Not even of a call that others follow: a server may name all its calls before it sends the arguments of the first.
    """
    arguments = call.arguments.text
    return values(arguments)[1] if arguments.strip() else answer.state == "complete"


def is_open(call: ToolCall) -> bool:
    """Whether nobody tried to run this call yet, or it was stopped before it ended."""
    return call.run is None or call.run.state == "cancelled"
