"""A text to look at, whole: what a chip in the prompt holds."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static, TextArea

from tui.safe_text import visible


class TextScreen(ModalScreen[None]):
    """Read-only; its text can be selected and copied."""

    BINDINGS: ClassVar = [("escape,q", "dismiss", "close")]

    def __init__(self, title: str, text: str) -> None:
        super().__init__()
        self._heading, self._text = title, text

    def compose(self) -> ComposeResult:
        """The text under its title."""
        with Vertical(classes="dialog -tall"):
            yield Static(self._heading, classes="dialog--title", markup=False)
            yield TextArea(visible(self._text), read_only=True, soft_wrap=True, compact=True)
            yield Static("esc closes", classes="dialog--hint")
