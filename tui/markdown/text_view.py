"""Paragraphs and headings."""

from __future__ import annotations

import re
from bisect import bisect_right
from operator import itemgetter

from tui.markdown import inline
from tui.markdown.blocks import Block, Heading, Paragraph
from tui.markdown.cells import Piece, wrap
from tui.markdown.containers import Item, Note
from tui.markdown.definitions import looks_whole
from tui.markdown.gutter import inside_quote
from tui.markdown.palette import Ink
from tui.markdown.rows import Content, Run, cut_inside, text_runs
from tui.markdown.views import Setting, View, next_stamp

_task = re.compile(r"\[([ xX])\][ \t]+(?=\S)").match
_start = itemgetter(0)
_RULES = {1: "━", 2: "─"}


class _TextView(View):
    """Text that wraps, with inline markup."""

    __slots__ = ("_content", "_kept", "_picture", "_read", "_rows")
    name = ""

    def __init__(self, block: Block, index: int) -> None:
        super().__init__(block, index)
        self._content = inline.Inline("")
        self._rows: list[Piece] = []
        self._read = -1  # the block's version when it was parsed
        self._kept = 0  # rows that are as they were before the text grew
        self._picture = 0  # their stamp

    @property
    def missed(self) -> frozenset[str]:
        return self._content.missed

    def forget(self) -> None:
        super().forget()
        self._read = -1

    def _wrap(self, source: str, width: int, setting: Setting) -> int:
        kept = 0
        if self._read != self.block.version:
            before, self._content = self._content, self._parse(source, setting)
            self._read = self.block.version
            if width == self.width and not self.block.closed:
                kept = self._rows_within(self._content.same_up_to(before))
        start = self._rows[kept][0] if kept else 0
        self._rows[kept:] = wrap(self._content.text, width, start)
        self.height = len(self._rows)
        if not kept or kept < self._kept:
            self._picture = next_stamp()
        self._kept = kept
        return kept

    def _rows_within(self, length: int) -> int:
        """How many rows are the same whatever comes after so many characters: none of the last two, for a word may grow."""
        return max(bisect_right(self._rows, length, key=_start) - 2, 0)

    def row_stamp(self, y: int) -> int:
        return self._picture if y < self._kept else self.stamp

    def _parse(self, source: str, setting: Setting) -> inline.Inline:
        return setting.readings.parse(source, setting.references, growing=self.block.firm is not None or not self.block.closed)

    def row(self, y: int) -> Content:
        start, end = self._rows[y]
        joins, goes_on = None, False
        if y:
            gap = self._content.text[self._rows[y - 1][1] : start]
            joins = None if "\n" in gap else gap[:1]
            goes_on = joins is not None and cut_inside(self._content, start)
        elif self.block.joined:
            joins = " "
        return Content(text_runs(self._content, start, end, self.name), joins, 0, goes_on)

    def offset(self, y: int) -> int:
        return self._rows[min(y, len(self._rows) - 1)][0]

    def row_at(self, offset: int) -> int:
        return max(bisect_right(self._rows, offset, key=_start) - 1, 0)


class ParagraphView(_TextView):
    """A paragraph; in a list item its beginning may be a task's box."""

    __slots__ = ("_task", "name")
    block: Paragraph

    def __init__(self, block: Paragraph, index: int) -> None:
        super().__init__(block, index)
        self._task: bool | None = None
        self.name = "quote" if inside_quote(block.container) else "note-text" if isinstance(block.container, Note) else ""

    @property
    def task(self) -> bool | None:
        return self._task

    def _lay(self, width: int, setting: Setting) -> int:
        block, source = self.block, ""
        if self._read != block.version:
            source = block.source
            if not block.closed and _may_vanish(source):
                self.height, self._rows = 0, []
                return 0
            source = self._take_task(source)
        changed = self._wrap(source, width, setting)
        if block.closed and block.firm is None and not self.missed:
            block.drop()
        return changed

    def _take_task(self, source: str) -> str:
        container = self.block.container
        box = _task(source) if isinstance(container, Item) and container.head == self.index else None
        self._task = box[1] != " " if box else None
        return source[box.end() :] if box else source

    def offset(self, y: int) -> int:
        return super().offset(y) if self._rows else 0


class HeadingView(_TextView):
    """A heading; the first two levels are underlined all along."""

    __slots__ = ("name",)
    block: Heading

    def __init__(self, block: Heading, index: int) -> None:
        super().__init__(block, index)
        self.name = f"h{block.level}"

    def _lay(self, width: int, setting: Setting) -> int:
        self._wrap(self.block.source, width, setting)
        self.height += self.block.level in _RULES
        return 0

    def row(self, y: int) -> Content:
        if y < len(self._rows):
            return super().row(y)
        rule = _RULES[self.block.level] * self.width
        return Content([Run(rule, Ink(f"{self.name}-rule"))], indent=len(rule))

    @property
    def underlined(self) -> bool:
        return self.block.level in _RULES


def _may_vanish(source: str) -> bool:
    """Whether an open paragraph may turn out to be a definition, or a table's header: then it is not shown yet."""
    return (source[:1] == "|" and "\n" not in source) or (source[:1] == "[" and all(map(looks_whole, source.split("\n"))))
