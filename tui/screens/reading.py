"""The main screen's reading: scrolling, finding, wrapping."""

from __future__ import annotations

from textual import events, on

from tui.screens.links import Following
from tui.widgets.find_bar import FindBar
from tui.widgets.transcript import Transcript


class Reading(Following):
    """What the person does to read; it works wherever the focus is."""

    def on_key(self, event: events.Key) -> None:
        """Who types while the conversation has the focus, after a click on it, means the prompt; but for keys that it has."""
        if event.is_printable and event.character and self._prompt_is_meant(event.key):
            event.stop()
            self.pane.prompt.insert(event.character)

    def on_paste(self, event: events.Paste) -> None:
        """Likewise."""
        if self._prompt_is_meant("paste"):
            event.stop()
            self.pane.prompt.post_message(events.Paste(event.text))

    def _prompt_is_meant(self, key: str) -> bool:
        meant = self.focused is self.transcript and key not in self.active_bindings
        if meant:
            self.set_focus(self.pane.prompt)
        return meant

    def action_scroll(self, how: str) -> None:
        """Scroll the conversation, wherever the focus is."""
        getattr(self.transcript, f"action_{how}" if how.startswith("page") else f"action_scroll_{how}")()

    def action_wrap_code(self) -> None:
        """Wrap long lines of code, or cut them."""
        if self.transcript.toggle_wrap_code():
            self.notify("Long lines of code wrap.", timeout=2)
        else:
            self.notify("Long lines of code are cut. ← → scroll them (in an empty prompt), or shift and the wheel.", timeout=4)

    def action_turn_folds(self) -> None:
        """Open or fold what the last turn thought and called."""
        if not self.transcript.turn_folds():
            self.notify("Nothing folds here: no thoughts, no tool calls.", timeout=3)

    def action_find(self) -> None:
        """Open the line to find text."""
        self.pane.query_one(FindBar).open()

    @on(FindBar.Changed)
    def _find_changed(self, event: FindBar.Changed) -> None:
        self.transcript.find(event.text)

    @on(FindBar.Step)
    def _find_step(self, event: FindBar.Step) -> None:
        (self.transcript.find_next if event.by > 0 else self.transcript.find_previous)()

    @on(FindBar.Closed)
    def _find_closed(self) -> None:
        self.transcript.find("")
        self.set_focus(self.pane.prompt)

    @on(Transcript.FindUpdated)
    def _show_hits(self, event: Transcript.FindUpdated) -> None:
        self.pane.query_one(FindBar).count(*event.hits)

    def action_find_next(self) -> None:
        """Go to the next hit."""
        self._step(1)

    def action_find_previous(self) -> None:
        """Go to the previous hit."""
        self._step(-1)

    def _step(self, by: int) -> None:
        if self.pane.query_one(FindBar).display:
            self.post_message(FindBar.Step(by))
        else:
            self.action_find()  # what to find is not known yet
