"""A Markdown document that grows: text in, rows out, at a cost that is the new text's alone."""

from __future__ import annotations

import math
import re
from time import perf_counter

from textual.strip import Strip

from tui.markdown.block_tree import Mark
from tui.markdown.blocks import Fence, Indented
from tui.markdown.code_view import CodeView
from tui.markdown.gutter import gutter
from tui.markdown.layout import Layout
from tui.markdown.palette import Palette
from tui.markdown.parser import BlockParser
from tui.markdown.rows import BLANK, Drawn, drawn
from tui.markdown.section import WINDOW_ONLY, Anchor, Row, ViewStyles
from tui.markdown.source import Line, Source

_MOST_STRIPS = 400
_LINES_A_LOOK = 8  # lines between two looks at the clock
_TEXT_A_LOOK = 1024  # characters, likewise

_Stamp = tuple[int, int, int]  # versions of the row's view and of the styles, and the width

# a line that could still become many things: it is not shown before it is clear which
_unclear = re.compile(
    r"[ \t>]*(?:(?:[-+*]|\d{1,9}[.)]|\[\^[^\]]*\]:)[ \t]+)*"
    r"(?:[-=*_#+`~|:<\[\]!\\&> \t]*|\d{1,9}[.)]?|(?:`{3,}|~{3,})[^`]*|\[\^?[^\]]*\]?)"
).fullmatch


class Document:
    """A document that grows by `append` until `finish`. Neither costs more than the text's length; `work` does the rest.

    Where the text was cut, and which widths it had before, leaves no trace in the finished picture.
    """

    def __init__(self, text: str = "") -> None:
        self._source = Source()
        self._parser = BlockParser()
        self._layout = Layout()
        self._palette: Palette | None = None
        self._trial: Mark | None = None  # set while the last line on show is not whole
        self._reading = False
        self._ending = self._ended = False
        self._defined = 0
        self._strips: dict[tuple[int, int], tuple[_Stamp, Strip]] = {}
        self._blank = Strip([], 0)
        if text:
            self.append(text)
            self.finish()

    # text

    def append(self, text: str) -> None:
        """Add text at the end. Raises ValueError after `finish`."""
        if self._ending:
            raise ValueError("the document is finished")
        if text:
            self._source.append(text)
            self._reading = True

    def finish(self) -> None:
        """No text will follow."""
        if not self._ending:
            self._ending = self._reading = True

    @property
    def finished(self) -> bool:
        """Whether all text is there."""
        return self._ending

    @property
    def code_blocks(self) -> list[str]:
        """The exact text of each code block that is on show, in order."""
        return [block.text for block in self._parser.blocks if isinstance(block, (Fence, Indented))]

    @property
    def reading(self) -> bool:
        """Whether text waits to be read."""
        return self._reading

    @property
    def unread(self) -> str:
        """The text that waits to be read; where that begins within a code block, after the line that opened it."""
        return self._parser.open_fence + self._source.unread

    @property
    def blocks(self) -> int:
        """How many blocks are on show."""
        return len(self._layout.views)

    # the section

    @property
    def height(self) -> int:
        """Rows, as far as the text is read."""
        return self._layout.height

    @property
    def pending(self) -> bool:
        """Whether text waits to be read, or rows to be laid out or to get their colours."""
        return self._reading or self._layout.stale or self._layout.uncoloured or self._layout.loading

    def resize(self, width: int) -> None:
        """Lay out for this many cells."""
        self._layout.resize(max(width, 1))

    def restyle(self, styles: ViewStyles) -> None:
        """Draw with these styles."""
        self._palette = Palette(styles)
        self._layout.dirty = 0

    def show_code(self, wrap: bool, left: int) -> None:
        """Wrap wide code, or show it from cell `left` on."""
        self._layout.show_code(wrap, left)

    def work(self, deadline: float, window: range) -> bool:
        """Lay out the rows of the window, then read on, lay out and highlight until the deadline; True if more waits."""
        self._layout.lay_window(window)
        if deadline == WINDOW_ONLY:
            return self.pending
        if self._reading:
            self._read(deadline)
        if self._layout.stale:
            self._layout.lay_rest(deadline)
        waits = self._highlight(deadline, window)
        return waits or self._reading or self._layout.stale or self._layout.loading

    def take_dirty(self) -> int | None:
        """The first row that may have changed."""
        dirty, self._layout.dirty = self._layout.dirty, None
        return dirty

    # reading

    def _read(self, deadline: float) -> None:
        if self._trial is not None:
            self._parser.rollback(self._trial)
            self._trial = None
        done = self._read_lines(deadline)
        while done and self._source.take_in(final=self._ending):
            done = self._read_lines(deadline)
        if done:
            self._reading = False
            self._read_rest()
        # an open paragraph is parsed whole: not before the text that is there is in
        self._update(len(self._parser.blocks) - (not done and self._parser.in_paragraph))

    def _read_lines(self, deadline: float) -> bool:
        """Read whole lines until the deadline; whether there are no more of them."""
        parser, count, size = self._parser, 0, 0
        while (line := self._source.next(parser.in_paragraph)) is not None:
            parser.feed(line)
            count += 1
            size += len(line.text)
            if count >= _LINES_A_LOOK or size >= _TEXT_A_LOOK:
                count = size = 0
                if perf_counter() >= deadline:
                    return False
                self._update(len(parser.blocks) - parser.in_paragraph)
        return True

    def _read_rest(self) -> None:
        """Take in the line that is not whole: for good at the end, else on trial."""
        rest = self._source.rest()
        if self._ending:
            if rest.text:
                self._parser.feed(rest)
            self._source.skip_rest()
            self._parser.finish()
            self._define()
        else:
            self._define()
            if rest.text and not self._is_unclear(rest):
                self._trial = self._parser.mark()
                self._parser.feed(rest)

    def _is_unclear(self, line: Line) -> bool:
        return not line.goes_on and _unclear(line.text[:200]) is not None

    def _define(self) -> None:
        new = self._parser.definitions[self._defined :]
        self._defined = len(self._parser.definitions)
        if new:
            self._update(len(self._parser.blocks))
            references = self._layout.setting.references
            self._layout.define([definition.label for definition in new if references.add(definition)])

    def _update(self, stop: int) -> None:
        """Lay out blocks that changed, up to `stop`."""
        parser = self._parser
        if parser.changed_from < stop or stop < len(self._layout.views):
            self._layout.update(parser.blocks, min(parser.changed_from, len(self._layout.views)), stop)
            parser.changed_from = stop

    # highlighting

    def _highlight(self, deadline: float, window: range) -> bool:
        """Colour the code in the window, and what has just come; True if the deadline came first."""
        layout = self._layout
        layout.take_lexers()
        first, stop = layout.between(window)
        views = layout.views[first:stop]
        if layout.views and window.stop >= layout.tops[-1] and layout.views[-1] not in views:
            views.append(layout.views[-1])
        waits = False
        for view in views:
            if isinstance(view, CodeView) and (view.ready or deadline == math.inf):
                waits |= self._colour(view, deadline, window)
        return waits

    def _colour(self, view: CodeView, deadline: float, window: range) -> bool:
        top = self._layout.tops[view.index] + self._layout.gap(view.index)
        last = min(max(window.stop - top, 0), view.height - 2)
        if not view.block.closed:
            last = view.height - 2
        if view.unlexed(last) == 0:
            return False
        waits = view.lex(last, deadline)
        self._layout.touch(top)
        return waits

    # rows

    def strip(self, y: int) -> Strip:
        """Row `y` in colours."""
        if self._palette is None or not 0 <= y < self.height:
            return self._blank
        index, row = self._layout.find(y)
        view = self._layout.views[index]
        if isinstance(view, CodeView) and view.ready and view.soon_lexed(row):
            view.lex(row, math.inf)
        key, stamp = (index, row), (view.row_stamp(row), self._palette.version, self._layout.width)
        known = self._strips.get(key)
        if known is not None and known[0] == stamp:
            return known[1]
        strip = self._drawn(index, row).strip(self._palette)
        if known is not None and known[1] == strip:
            strip = known[1]  # the identical object says that nothing changed
        self._keep(key, stamp, strip)
        return strip

    def _keep(self, key: tuple[int, int], stamp: _Stamp, strip: Strip) -> None:
        if len(self._strips) >= _MOST_STRIPS:
            for old in list(self._strips)[: _MOST_STRIPS // 2]:
                del self._strips[old]
        self._strips.pop(key, None)
        self._strips[key] = (stamp, strip)

    def row(self, y: int) -> Row:
        """What row `y` says."""
        return self._drawn(*self._layout.find(y)).row()

    def _drawn(self, index: int, row: int) -> Drawn:
        """Row `row` of a block; negative: the blank row above it."""
        layout = self._layout
        view = layout.views[index]
        if row < 0:
            prefix, _ = gutter(layout.around_gap(index), None)
            return drawn(prefix, BLANK, sum(len(run.text) for run in prefix), layout.width)
        prefix, decoration = gutter(view.block.container, index if row == 0 else None, view.task)
        return drawn(prefix, view.row(row), decoration, layout.width)

    def anchor(self, y: int) -> Anchor:
        """Where row `y` begins: a block's number, and a place in it (-1: above it)."""
        index, row = self._layout.find(y)
        return index, self._layout.views[index].offset(row) if row >= 0 else -1

    def row_at(self, anchor: Anchor) -> int:
        """The row that shows this place."""
        index, offset = anchor
        layout = self._layout
        if index >= len(layout.views):
            return max(layout.height - 1, 0)
        view = layout.views[index]
        row = layout.tops[index]
        if offset >= 0 and view.height:
            row += layout.gap(index) + view.row_at(offset)
        return min(row, max(layout.height - 1, 0))
