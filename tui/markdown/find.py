"""Search in the rows of a stack: hits across wrapped rows, kept up to date as text arrives."""

from __future__ import annotations

import re
from bisect import bisect_left
from time import perf_counter
from typing import NamedTuple

from rich.cells import cell_len

from tui.markdown.overlay import cells
from tui.markdown.section import Row
from tui.markdown.selection import line_rows
from tui.markdown.stack import SectionStack


class Piece(NamedTuple):
    """The part of a hit that is on one row: cells [start, end), fewer where the line is cut and it is out of view.

    `cell` is then where it begins in the whole line.
    """

    y: int
    start: int
    end: int
    cell: int | None = None


Hit = tuple[Piece, ...]


class Finder:
    """All hits of one query, in order. A query in small letters finds capitals too."""

    def __init__(self, stack: SectionStack) -> None:
        self._stack = stack
        self._pattern: re.Pattern[str] | None = None
        self._by_row: dict[int, list[tuple[int, Piece]]] = {}
        self._scanned = 0
        self.query = ""
        self.hits: list[Hit] = []
        self.current: int | None = None

    def start(self, query: str) -> None:
        """Look for `query` from the beginning; an empty one finds nothing."""
        self.query = query
        words = r"\s+".join(re.escape(word) for word in query.split())
        self._pattern = re.compile(words, re.IGNORECASE if query == query.lower() else 0) if words else None
        self.current = None
        self.forget_from(0)

    def forget_from(self, y: int) -> None:
        """Rows from `y` on changed: look there again at the next scan."""
        if self._pattern is None and not self.hits:
            return
        y = min(y, self._scanned, self._stack.height)
        if y:
            # a line is searched whole, so a change in the middle of one takes in its first row
            y = line_rows(self._stack, min(y, self._stack.height - 1))[0]
        while self.hits and self.hits[-1][-1].y >= y:
            self.hits.pop()
        while self._by_row and next(reversed(self._by_row)) >= y:  # rows are in order, as hits are
            self._by_row.popitem()
        self._scanned = y

    def scan(self, deadline: float) -> bool:
        """Look on until the deadline (perf_counter seconds); True if rows are left."""
        if self._pattern is None:
            return False
        count = 0
        while self._scanned < self._stack.height:
            self._scanned = self._search_line(self._pattern, self._scanned)
            count += 1
            if count % 16 == 0 and perf_counter() >= deadline:
                break
        more = self._scanned < self._stack.height
        if not more and self.current is not None and self.current >= len(self.hits):
            self.current = len(self.hits) - 1 if self.hits else None
        return more

    def _search_line(self, pattern: re.Pattern[str], first: int) -> int:
        stack = self._stack
        row = stack.row(first)
        rows = [(first, 0, row)]
        text = row.cut.text if row.cut else row.text[row.indent :].rstrip()
        y = first + 1
        while y < stack.height and (row := stack.row(y)).joins is not None:
            text += row.joins or ""
            rows.append((y, len(text), row))
            text += row.text[row.indent :].rstrip()
            y += 1
        for match in pattern.finditer(text):
            if rows[0][2].cut is not None:
                self._add((_piece_of_cut(first, rows[0][2], match.start(), match.end()),))
                continue
            pieces = tuple(
                Piece(at, *cells(row.text, row.indent + max(match.start() - offset, 0), row.indent + match.end() - offset))
                for at, offset, row in rows
                if match.end() > offset and match.start() < offset + len(row.text) - row.indent
            )
            self._add(pieces)
        return y

    def _add(self, hit: Hit) -> None:
        if hit:
            for piece in hit:
                self._by_row.setdefault(piece.y, []).append((len(self.hits), piece))
            self.hits.append(hit)

    def reaches(self, y: int) -> bool:
        """Whether a hit at row `y` or below was seen, or there is none."""
        return self._scanned >= self._stack.height or (bool(self.hits) and self.hits[-1][0].y >= y)

    def on_row(self, y: int) -> list[tuple[bool, Piece]]:
        """The pieces of hits on row `y`, each with whether it belongs to the current hit."""
        return [(index == self.current, piece) for index, piece in self._by_row.get(y, ())]

    def step(self, by: int, from_row: int) -> Hit | None:
        """Make the next (1) or previous (-1) hit current, round and round; where none is, the first from `from_row` on."""
        if not self.hits:
            return None
        if self.current is None:
            at = bisect_left(self.hits, from_row, key=lambda hit: hit[0].y)
            self.current = (at if by > 0 else at - 1) % len(self.hits)
        else:
            self.current = (min(self.current, len(self.hits) - 1) + by) % len(self.hits)
        return self.hits[self.current]


def _piece_of_cut(y: int, row: Row, start: int, end: int) -> Piece:
    cut = row.cut
    assert cut is not None  # noqa: S101 - the caller's promise
    first, last = (row.indent + min(max(place, cut.start), cut.end) - cut.start for place in (start, end))
    seen = cut.start <= start and end <= cut.end
    return Piece(y, *cells(row.text, first, last), None if seen else cell_len(cut.text[:start]))
