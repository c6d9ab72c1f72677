"""The prompt: a text area that grows, remembers what was sent, and folds large pastes into chips."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import events
from textual.actions import SkipAction
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.timer import Timer
from textual.widgets import TextArea
from textual.widgets.text_area import EditResult

from tui.terminal.keys import NEWLINE_KEYS
from tui.widgets.chips import CHIP_OVER, Chips, Location, byte_size
from tui.widgets.letting_go import let_go

ASK_OVER = 4_000_000  # bytes of a paste before the person is asked
PLACEHOLDER = "Ask anything"
EDITING = "Editing the last prompt: enter resends it, esc leaves it"
BLINK_FOR = 5.0  # seconds without a key before the cursor stops blinking: an idle app does nothing


class Prompt(TextArea):
    """Where a prompt is written. `Submitted` carries it whole, chips expanded."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "send", priority=True),
        Binding(NEWLINE_KEYS, "newline", "new line", show=False, priority=True),
        Binding("alt+z", "redo", "redo", show=False),
        Binding("up", "cursor_up", show=False),
        Binding("down", "cursor_down", show=False),
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

    def __init__(self, draft: str = "", *, earlier: Sequence[str] = (), last: Callable[[], str | None] = lambda: None) -> None:
        """`earlier`: prompts that were sent, from old to new; `last` tells the one that can be edited and resent now."""
        super().__init__(soft_wrap=True, show_line_numbers=False, compact=True, tab_behavior="focus")
        self.placeholder = PLACEHOLDER
        self.highlight_cursor_line = False
        self.earlier = earlier
        self._last = last
        self._place = 0  # how far back in the history; 0 is what is being written
        self._unsent = ""
        self._editing = False
        self._taken = ""  # the prompt that is edited
        self.chips = Chips()
        self._rest: Timer | None = None
        if draft:
            self.restore(draft)

    # -- what it holds

    @property
    def value(self) -> str:
        """The prompt whole, every chip replaced by what was pasted."""
        return self.chips.expand(self.text)

    @property
    def draft(self) -> str:
        """What stands in it, chips and all, as one text that `restore` takes."""
        return self.chips.pack(self.text)

    def restore(self, draft: str) -> None:
        """Bring a draft back as it was; of a plain text that is large, a chip."""
        text = self.chips.unpack(draft)
        if self.chips.texts:
            self.load_text(text)
            self.move_cursor(self.document.end)
        else:
            self.set_value(text)

    def set_value(self, text: str) -> None:
        """Replace what is there; a large text becomes a chip."""
        self.chips.clear()
        if byte_size(text) > CHIP_OVER:
            self.load_text("")
            self.insert_chip(text)
        else:
            self.load_text(text)
        self.move_cursor(self.document.end)

    def begin_edit(self, text: str) -> None:
        """Take a sent prompt back: enter resends it, escape gives what was being written back."""
        if not self._editing:
            self._unsent, self._editing = self.draft, True
        self._taken = text
        self.set_value(text)
        self.placeholder = "Edit the last prompt"
        self.border_title = EDITING
        self.add_class("-editing")

    def leave_edit(self) -> bool:
        """Give up editing; False if nothing was edited."""
        if not self._editing:
            return False
        unsent = self._unsent
        self.sent()
        self.restore(unsent)
        return True

    def insert_chip(self, text: str) -> None:
        """Put a chip for `text` at the cursor."""
        self.insert(self.chips.add(text))

    def chip_at(self, location: Location) -> str | None:
        """The label of the chip at a place in the text."""
        return self.chips.at(self.document.get_line(location[0]), location[1])

    # -- keys

    def action_submit(self) -> None:
        """Send it, with what was typed before: these keys overtake letters that came in the same burst."""
        self.call_later(lambda: self.post_message((self.Edited if self._editing else self.Submitted)(self, self.value)))

    def action_newline(self) -> None:
        """Break the line at the cursor."""
        self.call_later(self.insert, "\n")

    def action_open_chip(self) -> None:
        """Show what the chip at the cursor holds, else the first one."""
        label = self.chip_at(self.cursor_location) or next((name for name in self.chips.texts if name in self.text), None)
        if label is None:
            self.notify("No pasted text stands in the prompt.", timeout=3)
        else:
            self.post_message(self.ChipOpened(self, label, self.chips.texts[label]))

    def action_cursor_left(self, select: bool = False) -> None:
        """Go left; in an empty prompt the key is the conversation's, for long lines of code."""
        if not self.text:
            raise SkipAction
        super().action_cursor_left(select)

    def action_cursor_right(self, select: bool = False) -> None:
        """Go right, likewise."""
        if not self.text:
            raise SkipAction
        super().action_cursor_right(select)

    def action_cursor_up(self, select: bool = False) -> None:
        """Go up a line. From the first one: take the last prompt back into an empty prompt, else go back in the history."""
        if select or not self.cursor_at_first_line:
            super().action_cursor_up(select)
        elif self._editing:
            self._leave_edit_for_history()
        elif not self.text and not self._place and (last := self._last()):
            self.begin_edit(last)
        elif self._place < len(self.earlier):
            self._recall(self._place + 1)

    def _leave_edit_for_history(self) -> None:
        taken = self._taken
        if self.text == taken and self.earlier:
            self.leave_edit()
            self._recall(2 if self.earlier[-1] == taken and len(self.earlier) > 1 else 1)

    def action_cursor_down(self, select: bool = False) -> None:
        """Go down a line, or forward in the history from the last one."""
        if select or not self.cursor_at_last_line or not self._place:
            super().action_cursor_down(select)
        else:
            self._recall(self._place - 1)

    def _recall(self, place: int) -> None:
        if self._place == 0:
            self._unsent = self.draft
        self._place = place
        if place:
            self.set_value(self.earlier[-place])
        else:
            self.restore(self._unsent)

    def sent(self) -> None:
        """Empty it, after what it held was taken."""
        self._place, self._unsent, self._editing = 0, "", False
        self.placeholder = PLACEHOLDER
        self.border_title = None
        self.remove_class("-editing")
        self.chips.clear()
        self.load_text("")

    # -- pastes

    async def _on_paste(self, event: events.Paste) -> None:
        size = byte_size(event.text)
        if size <= CHIP_OVER:
            return  # Textual calls the text area's own, too
        event.stop()
        event.prevent_default()
        text = event.text.replace("\r\n", "\n").replace("\r", "\n")
        if size > ASK_OVER:
            self.post_message(self.HugePaste(self, text))
        else:
            self.insert_chip(text)

    def on_click(self, event: events.Click) -> None:
        """Twice on a chip opens it."""
        location = self.get_target_document_location(event)
        if event.chain == 2 and self.chip_at(location) is not None:
            self.move_cursor(location)
            self.action_open_chip()

    # -- a chip is edited as one character would be

    def _whole(self, start: Location, end: Location) -> tuple[Location, Location]:
        """The range, with the chips that it cuts taken in; an empty one moves behind the chip that it is in."""
        first, last = sorted((start, end))
        empty = first == last
        lines = [self.document.get_line(row) for row in (first[0], last[0])]
        first = first[0], self.chips.whole(lines[0], first[1], end=empty)
        return first, (last[0], self.chips.whole(lines[1], last[1], end=True))

    def _delete_via_keyboard(self, start: Location, end: Location) -> EditResult | None:
        return super()._delete_via_keyboard(*self._whole(start, end))

    def _replace_via_keyboard(self, insert: str, start: Location, end: Location) -> EditResult | None:
        return super()._replace_via_keyboard(insert, *self._whole(start, end))

    # -- the cursor

    def on_key(self) -> None:
        """Blink again, and rest after a while."""
        self._wake()

    def on_unmount(self) -> None:
        """Leave nothing behind."""
        let_go(self)

    def on_focus(self) -> None:
        """Blink, and rest after a while."""
        self._wake()

    def _wake(self) -> None:
        if self.app.animation_level == "none":
            return
        self.cursor_blink = True
        if self._rest is None:
            self._rest = self.set_timer(BLINK_FOR, self._stop_blinking)
        else:
            self._rest.reset()

    def _stop_blinking(self) -> None:
        self._rest = None
        self.cursor_blink = False
