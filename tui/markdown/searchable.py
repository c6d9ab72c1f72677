"""A viewport whose text can be searched, while it grows."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import ClassVar

from textual.message import Message

from tui.markdown.find import Finder, Hit
from tui.markdown.overlay import Span
from tui.markdown.selectable import Selectable

_AT_ONCE = 0.010  # seconds of looking that a key waits for
_BREATH = 0.004  # seconds for keys between two such slices


class Searchable(Selectable):
    """Finds text, lights the hits up, and steps through them."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"line-view--hit", "line-view--current-hit"}

    class FindUpdated(Message, namespace="line_view"):
        """`hits` changed: (which one is current, from 1, or 0; how many there are)."""

        def __init__(self, view: Searchable, hits: tuple[int, int]) -> None:
            super().__init__()
            self.view = view
            self.hits = hits

        @property
        def control(self) -> Searchable:
            """The view."""
            return self.view

    def __init__(self, *, wake: Callable[[], None] | None = None, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(wake=wake, id=id)
        self._finder = Finder(self.stack)
        self._hits_told = (0, 0)
        self._searching = False  # whether a slice is due
        self._sought_from: int | None = None  # the row from which on the first hit is still sought

    def _overlays(self, window: range) -> dict[int, list[Span]]:
        spans = super()._overlays(window)
        self._lay_hits(spans, window)
        return spans

    def _lay_hits(self, spans: dict[int, list[Span]], window: range) -> None:
        if self._finder.hits:
            for y in window:
                for current, piece in self._finder.on_row(y):
                    style = self.get_component_rich_style(f"line-view--{'current-hit' if current else 'hit'}")
                    spans.setdefault(y, []).append(Span(piece.start, piece.end, style))

    def _rows_changed(self, first: int) -> None:
        self._finder.forget_from(first)

    def _work_more(self, deadline: float) -> bool:
        more = self._finder.scan(deadline)
        if self._sought_from is not None and self._finder.reaches(self._sought_from):
            self._step(1, self._sought_from)
        self._tell_hits()
        if more and not self._searching:
            self._searching = True
            self.set_timer(_BREATH, self._search_on)
        return more

    def _search_on(self) -> None:
        """A slice between frames, which have little time for it."""
        self._searching = False
        self._rows = None
        self._work_more(perf_counter() + _AT_ONCE)
        self._redraw()

    def find(self, query: str) -> int:
        """Highlight all places where `query` stands, and go to the first on or below the screen; "" ends it.

        Returns how many there are, as far as was looked at once: `hits` and `FindUpdated` tell of the rest of a long text.
        """
        self._finder.start(query)
        self._sought_from = self.window.start
        self._rows = None
        self._work_more(perf_counter() + _AT_ONCE)
        self._redraw()
        return len(self._finder.hits)

    def find_next(self) -> None:
        """Go to the next hit."""
        self._step(1, self.window.start)

    def find_previous(self) -> None:
        """Go to the hit before."""
        self._step(-1, self.window.start)

    def _step(self, by: int, from_row: int) -> None:
        self._sought_from = None
        self._go_to(self._finder.step(by, from_row))

    @property
    def hits(self) -> tuple[int, int]:
        """(which hit is the current one, from 1, or 0; how many there are)."""
        current = self._finder.current
        return (0 if current is None else current + 1), len(self._finder.hits)

    def _go_to(self, hit: Hit | None) -> None:
        self._rows = None
        if hit is not None:
            self.reveal(hit[0].y)
            if hit[0].cell is not None:
                self._reveal_cell(hit[0].cell)
        self._redraw()
        self._tell_hits()

    def _reveal_cell(self, cell: int) -> None:
        """For subclasses: bring this cell of a line that is cut into view."""

    def _tell_hits(self) -> None:
        place, count = self.hits
        if place <= count and self.hits != self._hits_told:  # else it is not reached again yet
            self._hits_told = self.hits
            self.post_message(self.FindUpdated(self, self.hits))
