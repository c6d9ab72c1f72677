"""One line to find text in the conversation. Its parts are made when it is first opened."""

from __future__ import annotations

from typing import ClassVar

from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static

from tui.widgets.letting_go import let_go


class Words(Input):
    """What to find."""

    def on_unmount(self) -> None:
        """Leave nothing behind."""
        let_go(self)


class Label(Static):
    """Not a part of what is read: a selection that is dragged across it stays in the conversation."""

    ALLOW_SELECT = False


class FindBar(Horizontal):
    """Hidden until asked for. Enter is next, escape closes."""

    BINDINGS: ClassVar = [("escape", "close", "close"), ("up", "step(-1)", "previous"), ("down", "step(1)", "next")]

    class Changed(Message):
        """Look for `text`."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Step(Message):
        """Go to the next hit (1) or the previous one (-1)."""

        def __init__(self, by: int) -> None:
            super().__init__()
            self.by = by

    class Closed(Message):
        """The person is done."""

    def __init__(self) -> None:
        super().__init__()
        self.display = False
        self._words: Words | None = None

    def open(self) -> None:
        """Show it, ready to type."""
        if self._words is None:
            self._words, self._count = Words(compact=True), Label("", classes="find--count")
            self.mount(Label("find ", classes="find--label"), self._words, self._count)
        elif not self.display and self._words.value:
            self.post_message(self.Changed(self._words.value))  # what was looked for last
        self.display = True
        self.screen.set_focus(self._words)  # at once: what is typed behind the key is for it
        self._words.action_select_all()

    def count(self, place: int, hits: int) -> None:
        """Say how many there are, and which one is shown (from 1)."""
        if self._words is not None:
            self._count.update(f" {place}/{hits} " if hits else " none ")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Look as it is typed."""
        event.stop()
        self.post_message(self.Changed(event.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter is next."""
        event.stop()
        self.post_message(self.Step(1))

    def action_step(self, by: int) -> None:
        """Next or previous."""
        self.post_message(self.Step(by))

    def action_close(self) -> None:
        """Hide it."""
        self.display = False
        self.post_message(self.Closed())
