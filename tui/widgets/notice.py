"""A bar between conversation and prompt: what happened or is asked, and ways on. Its parts are made when it is first shown."""

from __future__ import annotations

from typing import ClassVar

from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Static

from tui.safe_text import visible, visible_line


class Action(Static, can_focus=True):
    """One way on, by click, or by enter when it has the focus."""

    BINDINGS: ClassVar = [("enter", "press", "do it"), ("space", "press", "do it")]

    class Pressed(Message):
        """The person took it."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def __init__(self, name: str, label: str, key: str) -> None:
        super().__init__(f"{label} {key}", markup=False, classes="notice--action")
        self.means = name

    def on_click(self) -> None:
        """Take it."""
        self.action_press()

    def action_press(self) -> None:
        """Take it."""
        self.post_message(self.Pressed(self.means))


class Notice(Vertical):
    """Hidden until there is something to `tell`. Most tabs never have: their pages are made without the parts."""

    ACTIONS: ClassVar[tuple[tuple[str, str, str], ...]] = ()
    """(what it means, label, key) of each way on."""

    def __init__(self) -> None:
        super().__init__(classes="notice")
        self.display = False
        self._heading: Static | None = None

    def tell(self, title: str, detail: str) -> None:
        """Show this, made safe to show; hide where there is no title."""
        self.display = bool(title)
        if not title:
            return
        if self._heading is None:
            self._heading, self._small = (Static("", markup=False, classes=f"notice--{part}") for part in ("title", "detail"))
            self.actions = [Action(*action) for action in self.ACTIONS]
            self.ways = Horizontal(*self.actions, classes="notice--actions")
            self.mount(self._heading, self._small, self.ways)
        self._heading.update(visible_line(title))
        self._small.update(visible(detail))
        self._small.set_class(not detail, "-empty")
