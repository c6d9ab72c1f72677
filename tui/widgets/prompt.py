"""The prompt: a text area that grows, remembers what was sent, and folds large pastes into chips."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import TextArea

from tui.terminal.keys import NEWLINE_KEYS

CHIP_OVER = 20_000  # bytes of a paste before it becomes a chip
ASK_OVER = 4_000_000  # bytes of a paste before the person is asked
PLACEHOLDER = "Ask anything"
BLINK_FOR = 5.0  # seconds without a key before the cursor stops blinking: an idle app does nothing


def size_label(size: int) -> str:
    """`size` bytes, for people."""
    return f"{size / 1_000_000:.1f} MB" if size >= 1_000_000 else f"{size / 1000:.0f} kB"


def chip_label(text: str, number: int) -> str:
    """What stands in the prompt for a large paste; `number` tells two alike apart."""
    lines = text.count("\n") + 1
    mark = f" #{number}" if number > 1 else ""
    return f"[pasted {lines:,} line{'s' * (lines != 1)}, {size_label(len(text.encode('utf-8', 'replace')))}{mark}]"


class Prompt(TextArea):
    """Where a prompt is written. `Submitted` carries it whole, chips expanded."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "send", priority=True),
        Binding(NEWLINE_KEYS, "newline", "new line", show=False, priority=True),
        Binding("alt+z", "redo", "redo", show=False),
        Binding("up", "cursor_up", show=False),
        Binding("down", "cursor_down", show=False),
        Binding("f4", "open_chip", "open a pasted chip", show=False),
    ]

    class Submitted(Message):
        """The person sends `text`."""

        def __init__(self, prompt: Prompt, text: str) -> None:
            super().__init__()
            self.prompt = prompt
            self.text = text

        @property
        def control(self) -> Prompt:
            """The prompt that was sent."""
            return self.prompt

    class HugePaste(Message):
        """A paste so large that the person is asked first; `prompt.insert_chip(text)` takes it."""

        def __init__(self, prompt: Prompt, text: str) -> None:
            super().__init__()
            self.prompt = prompt
            self.text = text

    class EditLast(Message):
        """Up was pressed in an empty prompt that has no history of its own."""

    class Edited(Message):
        """The person resends the last prompt as `text`."""

        def __init__(self, prompt: Prompt, text: str) -> None:
            super().__init__()
            self.prompt = prompt
            self.text = text

    class ChipOpened(Message):
        """The person wants to see what a chip holds."""

        def __init__(self, prompt: Prompt, label: str, text: str) -> None:
            super().__init__()
            self.prompt = prompt
            self.label = label
            self.text = text

    def __init__(self, draft: str = "", *, earlier: Sequence[str] = (), id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(soft_wrap=True, show_line_numbers=False, compact=True, tab_behavior="focus", id=id)
        self.placeholder = PLACEHOLDER
        self.highlight_cursor_line = False
        self.earlier = earlier
        self._place = 0  # how far back in the history; 0 is what is being written
        self._unsent = ""
        self._editing = False
        self._chips: dict[str, str] = {}
        self._last_key = 0
        if draft:
            self.set_value(draft)

    # -- what it holds

    @property
    def value(self) -> str:
        """The prompt whole, every chip replaced by what was pasted."""
        text = self.text
        if not self._chips:
            return text
        pattern = "|".join(re.escape(label) for label in self._chips)
        return re.sub(pattern, lambda match: self._chips[match[0]], text)

    def set_value(self, text: str) -> None:
        """Replace what is there; a large text becomes a chip."""
        self._chips.clear()
        if len(text) > CHIP_OVER:
            self.load_text("")
            self.insert_chip(text)
        else:
            self.load_text(text)
        self.move_cursor(self.document.end)

    def begin_edit(self, text: str) -> None:
        """Take a sent prompt back: enter resends it, escape gives what was being written back."""
        if not self._editing:
            self._unsent, self._editing = self.value, True
        self.set_value(text)
        self.placeholder = "Edit the last prompt"
        self.add_class("-editing")

    def leave_edit(self) -> bool:
        """Give up editing; False if nothing was edited."""
        if not self._editing:
            return False
        unsent = self._unsent
        self.sent()
        self.set_value(unsent)
        return True

    def insert_chip(self, text: str) -> None:
        """Put a chip for `text` at the cursor."""
        number = 1
        while (label := chip_label(text, number)) in self._chips:
            number += 1
        self._chips[label] = text
        self.insert(label)

    @property
    def _chip_at_cursor(self) -> str | None:
        row, column = self.cursor_location
        line = self.document.get_line(row)
        for label in self._chips:
            start = line.find(label)
            if start >= 0 and start <= column <= start + len(label):
                return label
        return next(iter(self._chips), None) if len(self._chips) == 1 else None

    # -- keys

    def action_submit(self) -> None:
        """Send it."""
        self.post_message((self.Edited if self._editing else self.Submitted)(self, self.value))

    def action_newline(self) -> None:
        """Break the line at the cursor."""
        self.insert("\n")

    def action_open_chip(self) -> None:
        """Show what the chip at the cursor holds."""
        label = self._chip_at_cursor
        if label is not None:
            self.post_message(self.ChipOpened(self, label, self._chips[label]))

    def action_cursor_up(self, select: bool = False) -> None:
        """Go up a line, or back in the history from the first one."""
        if select or not self.cursor_at_first_line:
            super().action_cursor_up(select)
        elif self._place < len(self.earlier):
            self._recall(self._place + 1)
        elif not self.text:
            self.post_message(self.EditLast())

    def action_cursor_down(self, select: bool = False) -> None:
        """Go down a line, or forward in the history from the last one."""
        if select or not self.cursor_at_last_line or not self._place:
            super().action_cursor_down(select)
        else:
            self._recall(self._place - 1)

    def _recall(self, place: int) -> None:
        if self._place == 0:
            self._unsent = self.value
        self._place = place
        self.set_value(self.earlier[-place] if place else self._unsent)

    def sent(self) -> None:
        """Empty it, after what it held was taken."""
        self._place, self._unsent, self._editing = 0, "", False
        self.placeholder = PLACEHOLDER
        self.remove_class("-editing")
        self._chips.clear()
        self.load_text("")

    # -- pastes

    async def _on_paste(self, event: events.Paste) -> None:
        size = len(event.text.encode("utf-8", "replace"))
        if size <= CHIP_OVER:
            await super()._on_paste(event)
            return
        event.stop()
        event.prevent_default()
        text = event.text.replace("\r\n", "\n").replace("\r", "\n")
        if size > ASK_OVER:
            self.post_message(self.HugePaste(self, text))
        else:
            self.insert_chip(text)

    # -- the cursor

    def on_key(self) -> None:
        """Blink again, and rest after a while."""
        self._wake()

    def on_focus(self) -> None:
        """Blink, and rest after a while."""
        self._wake()

    def _wake(self) -> None:
        self._last_key += 1
        if self.app.animation_level != "none":
            self.cursor_blink = True
            self.set_timer(BLINK_FOR, lambda seen=self._last_key: self._rest(seen))

    def _rest(self, seen: int) -> None:
        if seen == self._last_key:
            self.cursor_blink = False
