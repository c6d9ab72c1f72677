"""Rows before they have colours: what the drawings of blocks are made of."""

from __future__ import annotations

from bisect import bisect_right
from operator import attrgetter
from typing import NamedTuple

from rich.segment import Segment
from textual.strip import Strip

from tui.markdown.cells import cut, width
from tui.markdown.inline import Inline
from tui.markdown.palette import Ink, Palette
from tui.markdown.section import CodeBlock, Cut, Link, Row, Target


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
    cut: Cut | None = None


BLANK = Content([])
_end = attrgetter("end")


def text_runs(content: Inline, start: int, end: int, name: str = "") -> list[Run]:
    """Characters [start, end) of inline text, as runs of the kind `name`."""
    runs: list[Run] = []
    at = start
    spans = content.spans
    for place in range(bisect_right(spans, start, key=_end), len(spans)):
        span = spans[place]
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
    place = bisect_right(content.spans, offset, key=_end)
    return place < len(content.spans) and content.spans[place].href is not None and content.spans[place].start < offset


class Drawn(NamedTuple):
    """A whole row, no wider than the view: what it is made of, its width, and what a `section.Row` says of it."""

    runs: list[Run]
    size: int
    indent: int
    joins: str | None
    goes_on: bool
    cut: Cut | None

    def strip(self, palette: Palette) -> Strip:
        """The row in colours."""
        return Strip([Segment(run.text, palette[run.ink]) for run in self.runs if run.text], self.size)

    def row(self) -> Row:
        """What the row says."""
        text = "".join(run.text for run in self.runs)
        return Row(text, self.joins, min(self.indent, len(text)), tuple(_targets(self.runs, self.goes_on)), self.cut)


def drawn(prefix: list[Run], content: Content, decoration: int, cells: int) -> Drawn:
    """A row of what stands left of it and what it holds; `decoration` characters of the former are not worth copying."""
    if decoration == sum(len(run.text) for run in prefix):
        decoration += content.indent
    runs = prefix + content.runs
    size = sum([width(run.text) for run in runs])
    if size > cells:
        runs = _cropped(runs, cells)
        size = sum([width(run.text) for run in runs])
    return Drawn(runs, size, decoration, content.joins, content.goes_on, content.cut)


def _cropped(runs: list[Run], cells: int) -> list[Run]:
    kept: list[Run] = []
    for run in runs:
        size = width(run.text)
        if size > cells:
            end = cut(run.text, 0, cells) if cells else 0
            if width(run.text[:end]) <= cells:
                kept.append(run._replace(text=run.text[:end]))
            break
        kept.append(run)
        cells -= size
    return kept


def _targets(runs: list[Run], goes_on: bool) -> list[Target]:
    targets: list[Target] = []
    cell = 0
    for run in runs:
        size = width(run.text)
        if run.what is not None and size:
            last = targets[-1] if targets else None
            if last and last.end == cell and last.what == run.what:
                targets[-1] = last._replace(end=cell + size)
            else:
                targets.append(Target(cell, cell + size, run.what, goes_on and not targets))
        cell += size
    return targets
