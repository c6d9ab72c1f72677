"""The views of a document's blocks, one under the other: which rows each has, at the current width."""

from __future__ import annotations

from bisect import bisect_right
from time import perf_counter

from tui.markdown.blocks import Block, Empty, Fence, Heading, Html, Indented, Paragraph, Rule, Table
from tui.markdown.code_view import CodeView, HtmlView
from tui.markdown.containers import Container
from tui.markdown.readings import Readings
from tui.markdown.table_view import TableView
from tui.markdown.text_view import HeadingView, ParagraphView
from tui.markdown.views import EmptyView, RuleView, Setting, View

_VIEWS: dict[type[Block], type[View]] = {
    Empty: EmptyView,
    Rule: RuleView,
    Paragraph: ParagraphView,
    Heading: HeadingView,
    Html: HtmlView,
    Fence: CodeView,
    Indented: CodeView,
    Table: TableView,
}
_NARROWEST = 16  # cells that a block's text gets at least, if the view has them: its gutter is cut off


class Layout:
    """Views by number, `tops` the row at which each begins (with the blank row above it), and what is not laid out yet."""

    def __init__(self) -> None:
        self.views: list[View] = []
        self.tops: list[int] = []
        self.height = 0
        self.width = 80
        self.setting = Setting()
        self.dirty: int | None = None
        self._stale = 0  # views from here on may be laid out for another width
        self._long: list[CodeView] = []  # code of which a part may have no colours yet when it comes into view
        self._loading: list[CodeView] = []  # code whose lexer is on its way
        self._by_label: dict[str, set[int]] = {}

    # what changes

    def update(self, blocks: list[Block], first: int, stop: int) -> None:
        """Take in blocks [first, stop), the only ones that changed, and those that are gone."""
        if len(self.views) > len(blocks):
            self.touch(self._top(len(blocks)))
            del self.views[len(blocks) :]
            self._stale = min(self._stale, len(blocks))
        for index in range(first, stop):
            block = blocks[index]
            if index == len(self.views):
                self.views.append(_VIEWS[type(block)](block, index))
            elif self.views[index].block is not block:
                self.views[index] = _VIEWS[type(block)](block, index)
            self._lay(index)
        if first <= self._stale:
            self._stale = max(self._stale, stop)
        self.place(first)

    def resize(self, width: int) -> None:
        """All views must be laid out again; until then their heights are those of the old width."""
        if width != self.width:
            self.width = width
            self._stale = 0
            self.touch(0)

    def define(self, labels: list[str]) -> None:
        """These labels have definitions now: blocks that looked for one in vain must be laid out again."""
        if labels:
            self.setting.readings = Readings()
        for label in labels:
            for index in self._by_label.pop(label, ()):
                if index < len(self.views) and label in self.views[index].missed:
                    self.views[index].forget()
                    self._stale = min(self._stale, index)

    def show_code(self, wrap: bool, left: int) -> None:
        """Wrap code, or show it from cell `left` on."""
        if (wrap, left) == (self.setting.wrap_code, self.setting.code_left):
            return
        self.setting.wrap_code, self.setting.code_left = wrap, left
        for view in self.views:
            if isinstance(view, CodeView):
                view.forget()
                self._stale = min(self._stale, view.index)
        self.touch(0)

    # laying out

    @property
    def stale(self) -> bool:
        """Whether views wait to be laid out."""
        return self._stale < len(self.views)

    @property
    def uncoloured(self) -> bool:
        """Whether there is code that takes long to lex."""
        if self._long:
            self._long = [view for view in self._long if view.long and self._has(view)]
        return bool(self._long)

    @property
    def loading(self) -> bool:
        """Whether lexers are on their way, or have come and were not taken yet."""
        return bool(self._loading)

    def take_lexers(self) -> None:
        """Draw code whose lexer has come anew."""
        for view in [view for view in self._loading if view.ready]:
            self._loading.remove(view)
            if self._has(view):
                view.touch()
                self.touch(self.tops[view.index])

    def _has(self, view: View) -> bool:
        return view.index < len(self.views) and self.views[view.index] is view

    def lay_window(self, window: range) -> None:
        """Lay out what is in these rows, whatever it costs."""
        if not self.stale or not self.views:
            return
        first, stop = self.between(window)
        stop = max(stop, first)
        for index in range(first, stop):
            self._lay(index)
        self.place(first)

    def lay_rest(self, deadline: float) -> None:
        """Lay out what waits, until the deadline."""
        first = index = self._stale
        while index < len(self.views):
            self._lay(index)
            index += 1
            if perf_counter() >= deadline:
                break
        self._stale = index
        self.place(first)

    def between(self, window: range) -> tuple[int, int]:
        """(first, stop) of the views in these rows."""
        if not window:
            return 0, 0
        return max(bisect_right(self.tops, max(window.start, 0)) - 1, 0), bisect_right(self.tops, max(window.stop - 1, -1))

    def _lay(self, index: int) -> None:
        view = self.views[index]
        room = max(self.width - view.block.container.indent, min(self.width, _NARROWEST))
        known = index < len(self.tops)
        changed = view.lay(room, self.setting)
        if changed is None:
            return
        if known:
            self.touch(self.tops[index] + (changed and changed + self.gap(index)))
        if isinstance(view, CodeView):
            if view.long and view not in self._long:
                self._long.append(view)
            if not view.ready and view not in self._loading:
                self._loading.append(view)
        for label in view.missed:
            self._by_label.setdefault(label, set()).add(index)

    def place(self, first: int) -> None:
        """Find out anew where the views from `first` on stand."""
        tops = self.tops
        top = self._top(first)
        del tops[first:]
        for index in range(first, len(self.views)):
            tops.append(top)
            view = self.views[index]
            top += view.height + self.gap(index)
        if top != self.height:
            self.touch(min(top, self.height))
            self.height = top

    def gap(self, index: int) -> int:
        """Blank rows above a view."""
        view = self.views[index]
        block = view.block
        if not view.height or block.joined or not self.tops[index] or self.views[index - 1].underlined:
            return 0
        return 0 if block.spacing is not None and not block.spacing.loose else 1

    def _top(self, index: int) -> int:
        return self.tops[index] if index < len(self.tops) else self.height

    def touch(self, row: int) -> None:
        """Rows from here on may differ."""
        self.dirty = row if self.dirty is None else min(self.dirty, row)

    # finding

    def find(self, y: int) -> tuple[int, int]:
        """(number of the view that has row `y`, row within it; negative in the blank row above it)."""
        index = bisect_right(self.tops, y) - 1
        return index, y - self.tops[index] - self.gap(index)

    def around_gap(self, index: int) -> Container:
        """The container that the blank row above a view is in."""
        container, before = self.views[index].block.container, self.views[index - 1].block.container
        while container is not before and container.parent is not None:
            if before.level > container.level and before.parent is not None:
                before = before.parent
            else:
                container = container.parent
        return container
