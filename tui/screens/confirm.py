"""One question, two answers."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Static


class ConfirmScreen(ModalScreen[bool]):
    """Asks `question`; True if the person agrees. Escape is no."""

    BINDINGS: ClassVar = [
        ("escape,n", "answer(False)", "no"),
        ("y", "answer(True)", "yes"),
        ("left,right,up,down", "app.focus_next", "other"),
    ]

    def __init__(self, question: str, yes: str = "Yes", no: str = "No") -> None:
        super().__init__()
        self.question, self.yes, self.no = question, yes, no

    def compose(self) -> ComposeResult:
        """The question over its two answers."""
        with Vertical(classes="dialog"):
            yield Static(self.question, markup=False, classes="dialog--text")
            with Horizontal(classes="dialog--buttons"):
                yield Button(self.yes, id="yes", variant="primary")
                yield Button(self.no, id="no")

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Take the answer."""
        self.dismiss(event.button.id == "yes")

    def action_answer(self, agrees: bool) -> None:
        """Take the answer by key."""
        self.dismiss(agrees)
