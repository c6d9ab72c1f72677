"""The tabs in one line: number, state, title. A click goes to one; a middle click closes it."""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from tui.safe_text import visible_line
from tui.workspace import BROKEN, SIGNS, Tab, Workspace

SPINNER = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
TITLE_WIDTH = 24
NARROW_TITLE = 6


class TabBar(Widget):
    """One line that shows every open tab, and `+` for one more."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "tab-bar--tab",
        "tab-bar--active",
        "tab-bar--unread",
        "tab-bar--broken",
        "tab-bar--new",
    }

    tick: reactive[int] = reactive(0)  # the spinner's place

    class Selected(Message):
        """The person wants this tab in front."""

        def __init__(self, tab: Tab) -> None:
            super().__init__()
            self.tab = tab

    class CloseRequested(Message):
        """The person wants this tab gone."""

        def __init__(self, tab: Tab) -> None:
            super().__init__()
            self.tab = tab

    class NewRequested(Message):
        """The person wants one more tab."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self.workspace = workspace
        self._hits: list[tuple[int, int, Tab | None]] = []  # (first cell, past the last cell, tab or None for +)

    def label(self, number: int, tab: Tab, width: int) -> str:
        """What one tab says: its number, the sign of its state, its title."""
        sign = self._sign(tab)
        if tab is self.workspace.active:
            width = max(width, NARROW_TITLE)
        title = visible_line(tab.title) if width else ""
        if cell_len(title) > width:
            title = set_cell_size(title, width - 1).rstrip() + "…"
        return f" {number} {sign} {title} " if title else f" {number} {sign} "

    def _sign(self, tab: Tab) -> str:
        if tab.busy and tab.state != "asking":
            return SPINNER[self.tick % len(SPINNER)]
        return "●" if tab.unread and tab.state == "complete" else SIGNS[tab.state]

    def _labels(self, room: int) -> list[tuple[Tab, str]]:
        """Labels that fit: with shorter titles, else with none but the front tab's, else a run of tabs around that."""
        for width in (*range(TITLE_WIDTH, NARROW_TITLE - 1, -1), 0):
            labels = [(tab, self.label(number, tab, width)) for number, tab in enumerate(self.workspace.tabs, 1)]
            if sum(cell_len(text) for _, text in labels) <= room:
                return labels
        place = next((place for place, (tab, _) in enumerate(labels) if tab is self.workspace.active), 0)
        first = last = place
        used = cell_len(labels[place][1]) + 2  # for the marks that there are more
        while True:
            more = [at for at in (last + 1, first - 1) if 0 <= at < len(labels) and used + cell_len(labels[at][1]) <= room]
            if not more:
                return labels[first : last + 1]
            used += cell_len(labels[more[0]][1])
            first, last = min(first, more[0]), max(last, more[0])

    def _style(self, tab: Tab) -> Style:
        if tab is self.workspace.active:
            name = "tab-bar--active"
        elif tab.state in BROKEN:
            name = "tab-bar--broken"
        else:
            name = "tab-bar--unread" if tab.unread else "tab-bar--tab"
        return self.get_component_rich_style(name)

    def render_line(self, y: int) -> Strip:
        """The one line."""
        width = self.size.width
        self._hits.clear()
        segments: list[Segment] = []
        x = 0
        labels = self._labels(width - 3)
        if labels and labels[0][0] is not self.workspace.tabs[0]:
            segments.append(Segment("‹", self.get_component_rich_style("tab-bar--tab")))
            self._hits.append((0, 1, self._beside(labels[0][0], -1)))
            x = 1
        for tab, text in labels:
            segments.append(Segment(text, self._style(tab)))
            self._hits.append((x, x + cell_len(text), tab))
            x += cell_len(text)
        if labels and labels[-1][0] is not self.workspace.tabs[-1]:
            segments.append(Segment("›", self.get_component_rich_style("tab-bar--tab")))
            self._hits.append((x, x + 1, self._beside(labels[-1][0], 1)))
            x += 1
        segments.append(Segment(" + ", self.get_component_rich_style("tab-bar--new")))
        self._hits.append((x, x + 3, None))
        return Strip(segments).adjust_cell_length(width, self.rich_style).crop(0, width)

    def _beside(self, tab: Tab, by: int) -> Tab:
        tabs = self.workspace.tabs
        return tabs[tabs.index(tab) + by]

    def on_click(self, event: events.Click) -> None:
        """Go to the tab under the pointer, close it, or open one."""
        for start, end, tab in self._hits:
            if start <= event.x < end:
                if tab is None:
                    self.post_message(self.NewRequested())
                elif event.button == 2:
                    self.post_message(self.CloseRequested(tab))
                else:
                    self.post_message(self.Selected(tab))
                return
