"""The footer: the keys that matter most, made from the key table. A click does what the key does."""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual import events
from textual.strip import Strip
from textual.widget import Widget

from tui.keymap import COMMANDS, key_label

ENTRIES: tuple[tuple[str, str, str], ...] = (
    ("prompt_submit", "enter", "send"),
    *((command.action, key_label(command.keys).lower(), command.footer) for command in COMMANDS if command.footer),
)


class KeyBar(Widget):
    """One line; what does not fit is left out at the right, and help comes last but always."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"key-bar--key", "key-bar--text"}

    def __init__(self) -> None:
        super().__init__()
        self._hits: list[tuple[int, int, str]] = []

    def _fitting(self, room: int) -> list[tuple[str, str, str]]:
        entries = list(ENTRIES)
        while len(entries) > 1 and sum(cell_len(key) + cell_len(text) + 3 for _, key, text in entries) > room:
            entries.pop(-2)
        return entries

    def render_line(self, y: int) -> Strip:
        """The one line."""
        key_style, text_style = (self.get_component_rich_style(f"key-bar--{name}") for name in ("key", "text"))
        self._hits.clear()
        segments = [Segment(" ", text_style)]
        x = 1
        for action, key, text in self._fitting(self.size.width - 1):
            segments += [Segment(key, key_style), Segment(f" {text}  ", text_style)]
            end = x + cell_len(key) + cell_len(text) + 1
            self._hits.append((x, end, action))
            x = end + 2
        return Strip(segments).adjust_cell_length(self.size.width, text_style)

    async def on_click(self, event: events.Click) -> None:
        """Do what the key under the pointer does."""
        for start, end, action in self._hits:
            if start <= event.x < end:
                await self.run_action(f"screen.{action}")
                return
