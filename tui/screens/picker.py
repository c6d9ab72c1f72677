"""A list to choose from, with a line that filters it; more may be added while it is open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static

from tui.safe_text import visible_line

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Entry(Generic[T]):
    """One line of the list: what it says, a quiet note behind it, and what choosing it gives."""

    label: str
    note: str
    value: T

    def content(self, number: int) -> Content:
        """The line; the first nine have a number, which is a key."""
        mark = f"{number} " if number <= 9 else "  "
        return Content.assemble(
            (mark, "$text-muted"), visible_line(self.label), ("  " + visible_line(self.note), "$text-muted")
        )


class PickerScreen(ModalScreen[T | None], Generic[T]):
    """Choose one of `entries`. None if the person leaves."""

    BINDINGS: ClassVar = [
        ("escape", "leave", "leave"),
        ("down,ctrl+n", "move(1)", "down"),
        ("up,ctrl+p", "move(-1)", "up"),
        *((f"alt+{number}", f"take({number})", f"take {number}") for number in range(1, 10)),
    ]

    def __init__(self, title: str, entries: Sequence[Entry[T]] = (), *, hint: str = "", free: str = "") -> None:
        """`free`: what a typed name that is in no line is called, e.g. "model"; without it only the lines can be chosen."""
        super().__init__()
        self._heading, self._hint, self._free = title, hint, free
        self._entries = list(entries)
        self._shown: list[Entry[T]] = []

    def compose(self) -> ComposeResult:
        """Filter over list."""
        with Vertical(classes="dialog -tall"):
            yield Static(self._heading, classes="dialog--title", markup=False)
            yield Input(placeholder="type to filter")
            yield OptionList()
            yield Static(self._hint, classes="dialog--hint", markup=False)

    def on_mount(self) -> None:
        """Show the lines."""
        self._refill("")

    def add(self, entries: Sequence[Entry[T]]) -> None:
        """Add lines at the end."""
        self._entries += entries
        self._refill(self.query_one(Input).value)

    def hint(self, text: str) -> None:
        """Change the small print."""
        self.query_one(".dialog--hint", Static).update(text)

    def choose(self, value: T) -> None:
        """The person takes a line."""
        self.dismiss(value)

    def replace(self, entries: Sequence[Entry[T]]) -> None:
        """Other lines in place of these; the same one stays highlighted."""
        self._entries = list(entries)
        self._refill(self.query_one(Input).value)

    def free_value(self, text: str) -> T | None:
        """What a typed name that is in no line means; None: nothing."""
        return None

    @on(Input.Changed)
    def _filter(self, event: Input.Changed) -> None:
        self._refill(event.value)

    def _refill(self, wanted: str) -> None:
        words = wanted.lower().split()
        self._shown = [entry for entry in self._entries if all(word in f"{entry.label} {entry.note}".lower() for word in words)]
        options = self.query_one(OptionList)
        keep = options.highlighted or 0
        options.clear_options()
        options.add_options([entry.content(number) for number, entry in enumerate(self._shown, 1)])
        if self._shown:
            options.highlighted = min(keep, len(self._shown) - 1)

    @on(Input.Submitted)
    def _submit(self) -> None:
        options = self.query_one(OptionList)
        if options.highlighted is not None and self._shown:
            self.choose(self._shown[options.highlighted].value)
        elif self._free and (value := self.free_value(self.query_one(Input).value.strip())) is not None:
            self.dismiss(value)

    @on(OptionList.OptionSelected)
    def _select(self, event: OptionList.OptionSelected) -> None:
        self.choose(self._shown[event.option_index].value)

    def action_move(self, by: int) -> None:
        """Move the highlight from the filter line."""
        options = self.query_one(OptionList)
        (options.action_cursor_down if by > 0 else options.action_cursor_up)()

    def action_take(self, number: int) -> None:
        """Choose by number."""
        if number <= len(self._shown):
            self.choose(self._shown[number - 1].value)

    def action_leave(self) -> None:
        """Choose nothing."""
        self.dismiss(None)
