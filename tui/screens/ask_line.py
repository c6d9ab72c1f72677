"""One line to fill in."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static


class AskLineScreen(ModalScreen[str | None]):
    """Asks for a line; None if the person leaves it. An empty one is `empty`, by default as if it were left."""

    BINDINGS: ClassVar = [("escape", "leave", "leave")]

    def __init__(self, title: str, value: str = "", *, empty: str | None = None) -> None:
        super().__init__()
        self._heading, self._value, self._empty = title, value, empty

    def compose(self) -> ComposeResult:
        """The line under its title."""
        with Vertical(classes="dialog"):
            yield Static(self._heading, classes="dialog--title", markup=False)
            yield Input(self._value)
            yield Static("enter takes it · esc leaves", classes="dialog--hint", markup=False)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take it."""
        self.dismiss(event.value.strip() or self._empty)

    def action_leave(self) -> None:
        """Take nothing."""
        self.dismiss(None)
