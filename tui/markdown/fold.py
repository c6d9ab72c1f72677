"""A section that folds: rows that always show, and a body under them, behind a bar, that shows while it is open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui.markdown.section import Anchor, CatchesUp, HasCode, Row, Section, ViewStyles
from tui.markdown.sections import RowSection

BAR = "│ "
_MOST_STRIPS = 400


class Subdued(Mapping[str, Style]):
    """Styles in one quiet colour: what tells them apart is their weight and slant alone."""

    def __init__(self, styles: Mapping[str, Style], quiet: Style) -> None:
        self._styles = styles
        self._quiet = Style(color=quiet.color)

    def __getitem__(self, name: str) -> Style:
        return self._styles[name] + self._quiet

    def __iter__(self):  # type: ignore[no-untyped-def] # what Mapping wants
        return iter(self._styles)

    def __len__(self) -> int:
        return len(self._styles)


class FoldSection:
    """`head` over a foldable `body`. A folded body is not laid out, so it costs nothing however long it grows.

    `quiet` names the component class whose colour the whole body takes; `bar` is the class of the bar.
    """

    def __init__(self, head: RowSection, body: Section, *, bar: str, quiet: str | None = None) -> None:
        self.head, self.body = head, body
        self._bar_class, self._quiet = bar, quiet
        self._bar = Segment(BAR)
        self._is_open = False
        self._turned = False
        self._strips: dict[int, tuple[Strip, Strip]] = {}

    @property
    def is_open(self) -> bool:
        """Whether the body shows."""
        return self._is_open

    def turn(self, *, open: bool) -> None:  # noqa: A002 - says it best
        """Open or fold it."""
        if open != self._is_open:
            self._is_open = open
            self._turned = True

    @property
    def code_blocks(self) -> Sequence[str]:
        """The code blocks of an open body."""
        return self.body.code_blocks if self._is_open and isinstance(self.body, HasCode) else ()

    def catch_up(self) -> None:
        """Show the end of an open body first."""
        if isinstance(self.body, CatchesUp):
            self.body.catch_up()

    # the section

    @property
    def height(self) -> int:
        return self.head.height + (self.body.height if self._is_open else 0)

    @property
    def pending(self) -> bool:
        return self._is_open and self.body.pending

    def resize(self, width: int) -> None:
        self.head.resize(width)
        self.body.resize(max(width - len(BAR), 1))
        self._strips.clear()

    def restyle(self, styles: ViewStyles) -> None:
        self.head.restyle(styles)
        self._bar = Segment(BAR, styles[self._bar_class])
        self._strips.clear()
        if self._quiet is not None:
            quiet = styles[self._quiet]
            styles = replace(styles, rich=Subdued(styles.rich, quiet), base=styles.base + Style(color=quiet.color))
        self.body.restyle(styles)

    def show_code(self, wrap: bool, left: int) -> None:
        self.body.show_code(wrap, left)

    def work(self, deadline: float, window: range) -> bool:
        if not self._is_open:
            return False
        top = self.head.height
        return self.body.work(deadline, range(window.start - top, window.stop - top) if window else window)

    def take_dirty(self) -> int | None:
        top = self.head.height
        body = self.body.take_dirty() if self._is_open else None
        firsts = [self.head.take_dirty(), top if self._turned else None, None if body is None else top + body]
        self._turned = False
        return min((row for row in firsts if row is not None), default=None)

    def strip(self, y: int) -> Strip:
        top = self.head.height
        return self.head.strip(y) if y < top else self._inset(y - top)

    def _inset(self, y: int) -> Strip:
        strip = self.body.strip(y)
        known = self._strips.get(y)
        if known is not None and known[0] is strip:
            return known[1]
        if len(self._strips) >= _MOST_STRIPS:
            self._strips.clear()
        inset = Strip([self._bar, *strip], strip.cell_length + len(BAR))
        self._strips[y] = (strip, inset)
        return inset

    def row(self, y: int) -> Row:
        top = self.head.height
        if y < top:
            return self.head.row(y)
        row = self.body.row(y - top)
        by = len(BAR)
        targets = tuple(target._replace(start=target.start + by, end=target.end + by) for target in row.targets)
        return row._replace(text=BAR + row.text, indent=row.indent + by, targets=targets)

    def anchor(self, y: int) -> Anchor:
        """Rows of the head count up to -1, so that they come before all that is in the body."""
        top = self.head.height
        return (y - top, 0) if y < top else self.body.anchor(y - top)

    def row_at(self, anchor: Anchor) -> int:
        top = self.head.height
        if anchor[0] < 0:
            return max(top + anchor[0], 0)
        return top + self.body.row_at(anchor) if self._is_open else top - 1
