"""All keys, made from the table that makes the bindings."""

from __future__ import annotations

from itertools import groupby
from textwrap import wrap
from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from tui.keymap import COMMANDS, WIDGET_KEYS, key_label

GROUPS = ("Prompt", "Stream", "Tools", "Copy", "Tabs", "Read", "App")


def rows() -> list[tuple[str, str, str]]:
    """(group, keys, what they do), in the order of the page."""
    found = [
        (command.group, ", ".join(key_label(key) for key in command.keys.split(",") if key) or "palette", command.help)
        for command in COMMANDS
    ]
    found += [(group, ", ".join(key_label(key) for key in keys.split(", ")), text) for group, keys, text in WIDGET_KEYS]
    return sorted(found, key=lambda row: GROUPS.index(row[0]))


def page(width: int) -> Content:
    """The page as styled text, `width` cells wide: what a key does stays in its own column."""
    table = rows()
    column = min(max(cell_len(keys) for _, keys, _ in table), max(width // 2 - 4, 8))
    parts: list[Content | str | tuple[str, str]] = []
    for group, entries in groupby(table, key=lambda row: row[0]):
        parts += ["\n" if parts else "", (group, "bold $text-accent"), "\n"]
        for _, keys, text in entries:
            first, *rest = wrap(text, max(width - column - 4, 10))
            parts += ["  ", (keys.ljust(column), "bold"), f"  {first}\n", *(f"{' ' * (column + 4)}{line}\n" for line in rest)]
    return Content.assemble(*parts)


class Page(Static):
    """The page, laid out for the width that it has."""

    def on_resize(self, event: events.Resize) -> None:
        """Lay it out."""
        self.update(page(event.size.width))


class HelpScreen(ModalScreen[None]):
    """F1."""

    BINDINGS: ClassVar = [("escape,f1,q", "dismiss", "close")]

    def compose(self) -> ComposeResult:
        """One scrolling page."""
        with Vertical(classes="dialog -tall -wide"):
            yield Static("Keys", classes="dialog--title")
            with VerticalScroll():
                yield Page()
            yield Static("esc closes · ctrl+p finds every action by name", classes="dialog--hint")

    def on_mount(self) -> None:
        """Let the arrow keys scroll it."""
        self.query_one(VerticalScroll).focus()
