"""The line view: a conversation on one widget, to read, select from, search in, and follow links in."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from rich.cells import cell_len
from rich.style import Style
from textual import events
from textual.actions import SkipAction
from textual.binding import Binding, BindingType
from textual.geometry import Offset
from textual.message import Message

from tui.markdown import targets
from tui.markdown.overlay import Span
from tui.markdown.palette import COMPONENT_CLASSES as MARKDOWN_CLASSES
from tui.markdown.section import Action, CodeBlock, HasCode, Link, Section
from tui.markdown.targets import Spot
from tui.markdown.wide_code import WideCode


class LineView(WideCode, can_focus=True, inherit_bindings=False):
    """Shows sections. The app gets `LinkActivated` and `CopyCode`, and decides."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "line-view--target",
        "line-view--hover",
        "line-view--more",
        *MARKDOWN_CLASSES,
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "scroll_up", "Up", show=False),
        Binding("down,j", "scroll_down", "Down", show=False),
        Binding("pageup", "page_up", "Page up", show=False),
        Binding("pagedown,space", "page_down", "Page down", show=False),
        Binding("home,g,ctrl+home", "scroll_home", "Beginning", show=False),
        Binding("end,G,ctrl+end", "scroll_end", "End", show=False),
        Binding("left", "scroll_left", "Code left", show=False),
        Binding("right", "scroll_right", "Code right", show=False),
        Binding("tab", "target(1)", "Next link", show=False),
        Binding("shift+tab", "target(-1)", "Previous link", show=False),
        Binding("enter", "activate", "Open link", show=False),
    ]

    class LinkActivated(Message):
        """The person follows a link."""

        def __init__(self, view: LineView, href: str) -> None:
            super().__init__()
            self.view = view
            self.href = href

        @property
        def control(self) -> LineView:
            """The view."""
            return self.view

    class CopyCode(Message):
        """The person wants this code block; `number` counts from 1 within `section`."""

        def __init__(self, view: LineView, section: Section, number: int, text: str) -> None:
            super().__init__()
            self.view = view
            self.section = section
            self.number = number
            self.text = text

        @property
        def control(self) -> LineView:
            """The view."""
            return self.view

    def __init__(self, *, wake: Callable[[], None] | None = None, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(wake=wake, id=id)
        self._spot: Spot | None = None
        self._hover: Spot | None = None  # as it is drawn
        self._mouse: Offset | None = None  # where it rests, also while the text moves under it
        self._pressed: Offset | None = None

    # what lies over the rows

    def _overlays(self, window: range) -> dict[int, list[Span]]:
        spans = super()._overlays(window)
        self._hover = self._under_mouse()
        for spot, name in ((self._hover, "hover"), (self._spot, "target")):
            if spot is not None:
                self._lay_target(spans, spot, name)
        return spans

    def _under_mouse(self) -> Spot | None:
        return None if self._mouse is None else targets.target_at(self.stack, *self.row_at(self._mouse))

    def _lay_target(self, spans: dict[int, list[Span]], spot: Spot, name: str) -> None:
        for y, target in targets.parts(self.stack, spot):
            spans.setdefault(y, []).append(Span(target.start, target.end, self._style(name)))

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"line-view--{name}", partial=True)

    def _mark(self) -> tuple[str, Style] | None:
        if not self.more_below or self.following:
            return None
        return f" ↓ {self.more_below:,} more ", self.get_component_rich_style("line-view--more")

    # frames

    def _rows_changed(self, first: int) -> None:
        super()._rows_changed(first)
        spot = self._spot
        if spot is not None and spot.target not in self.stack.row(spot.y).targets:
            self._spot = None

    def _did_rewrap(self) -> None:
        super()._did_rewrap()
        self._spot = None

    # the mouse

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Remember where, to tell a click from a drag."""
        self._pressed = event.offset

    async def on_click(self, event: events.Click) -> None:
        """Once: the target or the mark. Twice: the word. Three times: the line."""
        event.prevent_default()  # Textual's own would select the whole conversation
        if event.offset != self._pressed:
            return
        if self._on_mark(event.offset):
            self.follow()
            return
        cell, y = self.row_at(event.offset)
        if event.chain == 1:
            await self._activate(targets.target_at(self.stack, cell, y))
        elif y < self.stack.height:
            self.select_around(cell, y, event.chain)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Light up what can be clicked."""
        self._mouse = event.offset
        if (spot := self._under_mouse()) != self._hover:
            self.styles.pointer = "default" if spot is None else "pointer"
            self._redraw_overlays()

    def on_leave(self) -> None:
        """Nothing is under the mouse."""
        self._mouse = None
        if self._hover is not None:
            self._redraw_overlays()

    def _on_mark(self, offset: Offset) -> bool:
        mark = self._mark()
        cell, y = self.row_at(offset)
        return mark is not None and y == self.window.stop - 1 and self._columns - cell_len(mark[0]) <= cell < self._columns

    async def _activate(self, spot: Spot | None) -> None:
        match spot.target.what if spot else None:
            case Link(href):
                self.post_message(self.LinkActivated(self, href))
            case CodeBlock(number, text) if spot is not None:
                self.post_message(self.CopyCode(self, self.stack.at(spot.y)[0], number, text))
            case Action(action):
                await self.run_action(action)

    # keys

    def action_scroll_up(self) -> None:
        """Scroll up by a line."""
        self.scroll_rows(-1)

    def action_scroll_down(self) -> None:
        """Scroll down by a line."""
        self.scroll_rows(1)

    def action_page_up(self) -> None:
        """Scroll up by a page."""
        self.scroll_pages(-1)

    def action_page_down(self) -> None:
        """Scroll down by a page."""
        self.scroll_pages(1)

    def action_scroll_home(self) -> None:
        """Go to the beginning."""
        self.scroll_to(y=0, animate=False)

    def action_scroll_end(self) -> None:
        """Go to the end, and follow it."""
        self.follow()

    def action_target(self, by: int) -> None:
        """Go to the next or previous link or code label; past the last one the focus moves on."""
        window = self.window
        seen = self._spot is not None and self._spot.y in window
        spot = targets.step(
            self.stack, self._spot if seen else None, by, window.start if by > 0 else min(window.stop, self.stack.height) - 1
        )
        self._spot = spot
        self._redraw_overlays()
        if spot is None:
            raise SkipAction
        self.reveal(spot.y)

    async def action_activate(self) -> None:
        """Follow the link that the cursor is on."""
        if self._spot is None:
            raise SkipAction
        await self._activate(self._spot)

    # code

    def code_blocks(self) -> list[CodeBlock]:
        """All code blocks, from top to bottom."""
        return [
            CodeBlock(number, text)
            for section in self.stack.sections
            if isinstance(section, HasCode)
            for number, text in enumerate(section.code_blocks, 1)
        ]
