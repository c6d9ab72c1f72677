"""A window on a stack of sections: it lays them out by frames, scrolls, and keeps to the end.

What arrives costs what it adds: growing changes the virtual size without a layout pass, only rows on the screen are made, a row
that is the same `Strip` as before is not drawn again, and a frame goes straight to the terminal.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf
from time import perf_counter

from textual.geometry import Size
from textual.reactive import var
from textual.widget import Widget

from tui.markdown.canvas import Canvas, Frame
from tui.markdown.row_screen import RowScreen
from tui.markdown.section import WINDOW_ONLY, CatchesUp, Section, ViewStyles
from tui.markdown.stack import Place
from tui.markdown.view_styles import look_up

FRAME_BUDGET = 0.003  # seconds of our own work in one frame
_FIRST_BUDGET = 0.010  # the same where nothing of the text is on the screen yet, or little
_SHOWN_EVERY = 0.030  # seconds: work that is not done by then is shown half done
_MARGIN_RIGHT = 1  # a cell between the text and the scrollbar; padding in the CSS would be on the scrollbar's other side
_SETTLE_ROUNDS = 3  # laying out what is on the screen may bring other rows onto it, seldom more than once


class Viewport(RowScreen):
    """Shows the rows of `stack`. Whoever changes a section calls `wake`, and `frame` follows.

    `wake` is the frame clock's; without one the view clocks itself.
    """

    following: var[bool] = var(True)
    """Whether the view keeps to the end as it grows."""

    more_below: var[int] = var(0)
    """Rows below the last visible one."""

    def __init__(self, *, wake: Callable[[], None] | None = None, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.wake = wake or self._wake_self
        self._awake = False
        self._shown_at = -inf
        self._styles: ViewStyles | None = None
        self.set_reactive(Widget.show_vertical_scrollbar, True)  # always there: saves a second layout

    # sections

    @property
    def sections(self) -> Sequence[Section]:
        """What is shown, from top to bottom."""
        return tuple(self.stack.sections)

    def set_sections(self, sections: Sequence[Section]) -> None:
        """Show these. Those shown already stay as they are; where one was replaced the place on the screen is kept."""
        place = self._hold()
        self.stack.replace(sections)
        self._settle(place)
        self.wake()

    def append_section(self, *sections: Section) -> None:
        """Show more at the end."""
        self.set_sections([*self.stack.sections, *sections])

    # frames

    def frame(self, deadline: float) -> bool:
        """Take in what is new, until `deadline` (perf_counter seconds); True if work is left.

        It is drawn once all of it is in, and every now and then before: of a burst, most frames are work alone.
        """
        if not self._columns:
            return False
        now = perf_counter()
        more = self._advance(deadline)
        changed = self.stack.take_dirty()
        if changed is not None:
            self._rows_changed(changed)
        more |= self._work_more(deadline)
        if not more or now - self._shown_at >= _SHOWN_EVERY:
            self._shown_at = now
            self._redraw(now=True)
        return more

    def catch_up(self) -> None:
        """Take in what came while nobody looked, what is on the screen first; the frames do the rest."""
        self._ends_first()
        self.frame(perf_counter() + _FIRST_BUDGET)

    def _ends_first(self) -> None:
        for section in self.stack.sections:
            if section.pending and isinstance(section, CatchesUp):
                section.catch_up()

    def _rows_changed(self, first: int) -> None:
        """For subclasses: rows from `first` on may differ from the last frame's."""

    def _work_more(self, deadline: float) -> bool:
        """For subclasses: what else is done in slices."""
        return False

    def _wake_self(self) -> None:
        if not self._awake and self.is_attached:
            self._awake = True
            self.call_later(self._frame_by_itself)

    def _frame_by_itself(self) -> None:
        self._awake = False
        if self.frame(perf_counter() + FRAME_BUDGET):
            self._awake = True
            self.set_timer(3 * FRAME_BUDGET, self._frame_by_itself)

    # layout

    def _hold(self) -> Place | None:
        """What to keep in place: the content at the top, or nothing where the view follows the end."""
        selecting = self.is_attached and self.screen._selecting  # noqa: SLF001 - a drag must not have its text pulled away
        if self.following and not selecting:
            return None
        return self.stack.place(round(self.scroll_y))

    def _advance(self, deadline: float) -> bool:
        """Let sections work until the deadline; what is on the screen is complete afterwards. True if more waits."""
        place = self._hold()
        height = self.stack.height
        more = self.stack.work(deadline, self.window)
        self._settle(place)
        for _ in range(_SETTLE_ROUNDS):
            if self.stack.height == height or not more:
                break
            height = self.stack.height
            self.stack.work(WINDOW_ONLY, self.window)
            self._settle(place)
        return more and self.stack.pending

    def _settle(self, place: Place | None) -> None:
        """Take the new heights over: virtual size, scroll position, scrollbar; none of it asks for a layout."""
        self.set_reactive(Widget.virtual_size, Size(self._columns, self.stack.height))
        end = self.max_scroll_y
        row = end if place is None else self.stack.row_of(place)
        top = min(round(self.scroll_y) if row is None else row, end)
        self.set_reactive(Widget.scroll_y, float(top))
        self.set_reactive(Widget.scroll_target_y, float(top))
        self._scroll_changed()

    def _scroll_changed(self) -> None:
        below = max(self.stack.height - self.window.stop, 0)
        if below != self.more_below:
            self.more_below = below
        self._rows = None

    def _size_updated(self, size: Size, virtual_size: Size, container_size: Size, layout: bool = True) -> bool:
        following = self.following
        resized = super()._size_updated(size, virtual_size, container_size, layout)
        if size:
            self.following = following or self.following
            self._fit(size)
        return resized

    def _fit(self, size: Size) -> None:
        """Lay out for a new size, at once as far as it is seen."""
        gutter = self.styles.gutter
        columns = max(size.width - gutter.width - self.scrollbar_size_vertical - _MARGIN_RIGHT, 1)
        lines = size.height - gutter.height
        if (columns, lines) == (self._columns, self._lines):
            return
        place = self._hold()
        first = not self._columns
        self._lines = lines
        if columns != self._columns:
            self._columns = columns
            self.stack.resize(columns)
        self._restyle()
        self._settle(place)
        if first:
            self._ends_first()
        self._advance(perf_counter() + _FIRST_BUDGET if first else WINDOW_ONLY)
        self._did_rewrap()
        self.wake()

    def _did_rewrap(self) -> None:
        """For subclasses: the width has changed."""

    # styles

    def on_mount(self) -> None:
        """Look up the styles."""
        self._restyle()

    def notify_style_update(self) -> None:
        """Follow the theme. Called for less, too: only what really changed is made anew."""
        super().notify_style_update()
        if self.is_attached:
            self._restyle()

    def _restyle(self) -> None:
        styles = look_up(self, self._styles)
        filters = tuple(self.get_line_filters())
        frame = Frame(self.styles.gutter.left, self._columns, _MARGIN_RIGHT, styles.base, filters, self.background_colors[1])
        if frame != self._canvas.frame or styles is not self._styles:
            self._canvas = Canvas(frame)
            self._rows = None
        if styles is not self._styles:
            self._styles = styles
            self.stack.restyle(styles)
            self._advance(WINDOW_ONLY)
            self.wake()

    # scrolling

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """The person scrolled (a frame scrolls past this)."""
        if not self._columns:
            return
        if round(old_value) == round(new_value):
            self._bar.position = new_value
            return
        self.following = round(new_value) >= self.max_scroll_y
        self._scroll_changed()
        if self.stack.pending:
            self._advance(WINDOW_ONLY)
            self.wake()  # long code that came into view gets its colours by frames
        self._redraw()

    def scroll_rows(self, rows: int) -> None:
        """Scroll down by so many rows; up, if negative."""
        self.scroll_to(y=round(self.scroll_target_y) + rows, animate=False)

    def scroll_pages(self, pages: int) -> None:
        """Scroll by screenfuls, keeping two rows for orientation."""
        self.scroll_rows(pages * max(self._lines - 2, 1))

    def follow(self) -> None:
        """Show the end and keep to it."""
        self.following = True
        self.scroll_to(y=self.max_scroll_y, animate=False)

    def reveal(self, y: int) -> None:
        """Bring row `y` onto the screen, if it is not there, with some rows of context above; and keep it, whatever arrives."""
        self.following = False
        if y not in self.window:
            self.scroll_to(y=y - self._lines // 3, animate=False)
