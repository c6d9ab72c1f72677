"""Sections one under the other, seen as one long run of rows."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from time import perf_counter
from typing import NamedTuple

from textual.strip import Strip

from tui.markdown.section import WINDOW_ONLY, Anchor, Row, Section, ViewStyles

_NOWHERE = range(0)


class Place(NamedTuple):
    """A place in the content, whatever the width: a section and where in it, and how many rows further down."""

    section: Section
    anchor: Anchor
    rows: int = 0


class SectionStack:
    """An ordered list of sections, with the row at which each begins. Heights are as of the last `measure`."""

    def __init__(self) -> None:
        self.sections: list[Section] = []
        self.height = 0
        self._tops: list[int] = []
        self._width = 0
        self._styles: ViewStyles | None = None
        self._code = (True, 0)
        self._replaced_from: int | None = None

    def replace(self, sections: Sequence[Section]) -> None:
        """Show these sections instead; those that were there already keep their layout."""
        known = {id(section) for section in self.sections}
        kept = sum(old is new for old, new in zip(self.sections, sections, strict=False))
        self._replaced_from = self._tops[kept] if kept < len(self._tops) else self.height
        self.sections = list(sections)
        for section in self.sections:
            if id(section) not in known:
                self._introduce(section)
        self.measure()

    def _introduce(self, section: Section) -> None:
        if self._styles is not None:
            section.restyle(self._styles)
        if self._width:
            section.resize(self._width)
        section.show_code(*self._code)

    def resize(self, width: int) -> None:
        """Lay all out for `width` cells."""
        self._width = width
        for section in self.sections:
            section.resize(width)
        self.measure()

    def restyle(self, styles: ViewStyles) -> None:
        """Draw all with these styles."""
        self._styles = styles
        for section in self.sections:
            section.restyle(styles)

    def show_code(self, wrap: bool, left: int) -> None:
        """Wrap wide code, or show it from cell `left` on."""
        self._code = (wrap, left)
        for section in self.sections:
            section.show_code(wrap, left)

    def measure(self) -> None:
        """Take in the sections' heights."""
        top = 0
        self._tops.clear()
        for section in self.sections:
            self._tops.append(top)
            top += section.height
        self.height = top

    @property
    def pending(self) -> bool:
        """Whether any section has work waiting."""
        return any(section.pending for section in self.sections)

    def work(self, deadline: float, window: range) -> bool:
        """Let sections work, those in the rows `window` first, all others until the deadline; True if more waits.

        From the end up: where the view follows the end, that is what grows, and what is on show once all is read.
        """
        visible = range(*self._between(window)) if window else _NOWHERE
        more = False
        for index in reversed(visible):
            top = self._tops[index]
            more |= self._work_on(index, deadline, range(window.start - top, window.stop - top))
        if deadline != WINDOW_ONLY:
            more |= self._work_elsewhere(deadline, visible)
        self.measure()
        return more

    def _work_elsewhere(self, deadline: float, visible: range) -> bool:
        worked = more = False
        for index in reversed(range(len(self.sections))):
            if index in visible or not self.sections[index].pending:
                continue
            if worked and perf_counter() >= deadline:
                return True
            worked = True
            more |= self._work_on(index, deadline, _NOWHERE)
        return more

    def _work_on(self, index: int, deadline: float, rows: range) -> bool:
        section = self.sections[index]
        return section.pending and section.work(deadline, rows)

    def _between(self, window: range) -> tuple[int, int]:
        return max(bisect_right(self._tops, window.start) - 1, 0), bisect_right(self._tops, window.stop - 1)

    def take_dirty(self) -> int | None:
        """The first row that may have changed since the last call, or None."""
        firsts = [self._replaced_from]
        self._replaced_from = None
        for top, section in zip(self._tops, self.sections, strict=True):
            if (row := section.take_dirty()) is not None:
                firsts.append(top + row)
        return min((row for row in firsts if row is not None), default=None)

    def at(self, y: int) -> tuple[Section, int]:
        """The section of row `y` (0 ≤ y < height), and the row within it."""
        index = bisect_right(self._tops, y) - 1
        return self.sections[index], y - self._tops[index]

    def top_of(self, section: Section) -> int:
        """The row at which a section of the stack begins. Raises ValueError if it is not there."""
        for top, candidate in zip(self._tops, self.sections, strict=True):
            if candidate is section:
                return top
        raise ValueError("the section is not in the stack")

    def strip(self, y: int) -> Strip:
        """Row `y` ready to draw."""
        section, row = self.at(y)
        return section.strip(row)

    def strips(self, rows: range) -> Iterator[Strip]:
        """Rows ready to draw, as far as there are any."""
        y, end = max(rows.start, 0), min(rows.stop, self.height)
        index = max(bisect_right(self._tops, y) - 1, 0)
        while y < end:
            top, section = self._tops[index], self.sections[index]
            stop = min(top + section.height, end)
            for row in range(y - top, stop - top):
                yield section.strip(row)
            y = max(y, stop)
            index += 1

    def row(self, y: int) -> Row:
        """What row `y` says; an empty row beyond the end."""
        if not 0 <= y < self.height:
            return Row("")
        section, row = self.at(y)
        return section.row(row)

    def place(self, y: int) -> Place | None:
        """The content at row `y`, or None where there is none."""
        if not self.height:
            return None
        section, row = self.at(min(max(y, 0), self.height - 1))
        anchor = section.anchor(row)
        return Place(section, anchor, row - section.row_at(anchor))

    def row_of(self, place: Place | None) -> int | None:
        """The row where that content is now, or None if it is gone."""
        if place is None:
            return None
        try:
            top = self.top_of(place.section)
        except ValueError:
            return None
        return top + min(place.section.row_at(place.anchor) + place.rows, max(place.section.height - 1, 0))
