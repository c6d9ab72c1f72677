"""Where to save a text."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static


class SaveFileScreen(ModalScreen[Path | None]):
    """Asks for a path. A file that exists is named, and replaced only at the second enter."""

    BINDINGS: ClassVar = [("escape", "leave", "leave")]

    def __init__(self, title: str, suggestion: str) -> None:
        super().__init__()
        self._heading, self._suggestion = title, suggestion
        self._asked: Path | None = None

    def compose(self) -> ComposeResult:
        """One line to write in."""
        with Vertical(classes="dialog"):
            yield Static(self._heading, classes="dialog--title", markup=False)
            yield Input(self._suggestion)
            yield Static("enter saves · esc leaves", classes="dialog--hint", markup=False)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take the path."""
        if not event.value.strip():
            return
        path = Path(event.value.strip()).expanduser()
        if path.exists() and path != self._asked:
            self._asked = path
            self.query_one(".dialog--hint", Static).update("That file exists. Enter once more replaces it.")
            return
        self.dismiss(path)

    def action_leave(self) -> None:
        """Save nothing."""
        self.dismiss(None)
