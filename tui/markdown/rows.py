"""Rows before they have colours: what the drawings of blocks are made of."""

from __future__ import annotations

from typing import NamedTuple

from rich.segment import Segment
from textual.strip import Strip

from tui.markdown.cells import width
from tui.markdown.inline import Inline
from tui.markdown.palette import Ink, Palette
from tui.markdown.section import CodeBlock, Link, Row, Target


class Run(NamedTuple):
    """Some characters of a row in one ink, and where they lead to."""

    text: str
    ink: Ink
    what: Link | CodeBlock | None = None


class Content(NamedTuple):
    """A row: its runs; as in `section.Row`, what joins it to the row above and how much of it is decoration."""

    runs: list[Run]
    joins: str | None = None
    indent: int = 0
    goes_on: bool = False  # the first link is the rest of the last one above


BLANK = Content([])


def text_runs(content: Inline, start: int, end: int, name: str = "") -> list[Run]:
    """Characters [start, end) of inline text, as runs of the kind `name`."""
    runs: list[Run] = []
    at = start
    for span in content.spans:
        if span.end <= start:
            continue
        if span.start >= end:
            break
        if span.start > at:
            runs.append(Run(content.text[at : span.start], Ink(name)))
        at = max(span.start, start)
        stop = min(span.end, end)
        runs.append(Run(content.text[at:stop], Ink(name, span.bits), Link(span.href) if span.href else None))
        at = stop
    if at < end:
        runs.append(Run(content.text[at:end], Ink(name)))
    return runs


def cut_inside(content: Inline, offset: int) -> bool:
    """Whether a link goes across this offset."""
    return any(span.href and span.start < offset < span.end for span in content.spans)


def to_strip(runs: list[Run], palette: Palette, cells: int) -> Strip:
    """The row in colours, cut to `cells`."""
    strip = Strip([Segment(run.text, palette[run.ink]) for run in runs if run.text])
    return strip if strip.cell_length <= cells else strip.crop(0, cells)


def to_row(prefix: list[Run], content: Content, decoration: int) -> Row:
    """What the row says; `decoration` counts the characters of the prefix that are not copied."""
    runs = prefix + content.runs
    text = "".join(run.text for run in runs)
    indent = decoration
    if decoration == sum(len(run.text) for run in prefix):
        indent += content.indent
    targets: list[Target] = []
    cell = 0
    for run in runs:
        size = width(run.text)
        if run.what is not None:
            last = targets[-1] if targets else None
            if last and last.end == cell and last.what == run.what:
                targets[-1] = last._replace(end=cell + size)
            else:
                targets.append(Target(cell, cell + size, run.what, content.goes_on and not targets))
        cell += size
    return Row(text, content.joins, indent, tuple(targets))
