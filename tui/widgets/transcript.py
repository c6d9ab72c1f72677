"""The conversation as one line view: it pulls from the answers, at frame rate, what is new since its last frame."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from tui.engine.conversation import Conversation
from tui.markdown.line_view import LineView
from tui.markdown.palette import COMPONENT_CLASSES as MARKDOWN_CLASSES
from tui.widgets.folds import Folds
from tui.widgets.turn_view import TurnView


class Transcript(LineView):
    """All turns of a conversation. `pull` is called by the frame clock while this tab is in front, and by nobody else."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "transcript--who",
        "transcript--prompt",
        "transcript--note",
        "transcript--mark",
        "transcript--call",
        "transcript--busy",
        "transcript--good",
        "transcript--bad",
        *MARKDOWN_CLASSES,
    }

    BINDINGS: ClassVar[list[BindingType]] = [Binding("y", "screen.copy_answer", "Copy the answer", show=False)]

    class Settled(Message):
        """A seam was decided: the journal must know the last turn again."""

        def __init__(self, conversation: Conversation) -> None:
            super().__init__()
            self.conversation = conversation

    def __init__(
        self, conversation: Conversation, *, wake: Callable[[], None] | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(wake=wake)
        self.conversation = conversation
        self.folds = Folds()
        self._clock = clock
        self._views: list[TurnView] = []
        self._turned = 0  # the folds' version that is on show

    def pull(self, deadline: float) -> bool:
        """Take in what arrived and draw it, until `deadline` (perf_counter seconds); True if more waits."""
        self._take_in()
        return self.frame(deadline)

    def catch_up(self) -> None:
        """Draw what came while this was hidden, what is on the screen first; the frames do the rest."""
        self._take_in()
        super().catch_up()

    def _take_in(self) -> None:
        if self.conversation.settle():
            self.post_message(self.Settled(self.conversation))
        if self._sync():
            self.set_sections([section for view in self._views for section in view.sections])

    def _sync(self) -> bool:
        turns = self.conversation.turns
        changed = len(self._views) != len(turns)
        # only the last turn grows; earlier ones are looked at by identity alone
        for place, turn in enumerate(turns):
            last = place == len(turns) - 1
            if place < len(self._views) and self._views[place].fits(turn, last=last):
                continue
            self._views[place : place + 1] = [TurnView(turn, self.folds, self._clock, last=last)]
            changed = True
        del self._views[len(turns) :]
        if self.folds.version != self._turned:
            self._turned = self.folds.version
            for view in self._views[:-1]:
                view.update()
        return (bool(self._views) and self._views[-1].update()) or changed

    @property
    def ticks(self) -> bool:
        """Whether a running time is on show, so that it must be looked at again though nothing arrives."""
        return bool(self._views) and self._views[-1].ticks

    def action_turn_fold(self, number: int) -> None:
        """Open a fold, or close it."""
        self.folds.turn(number)
        self.wake()

    def turn_folds(self) -> bool:
        """Open all that folds in the last turn, or close it; False where nothing does."""
        keys = self._views[-1].fold_keys if self._views else set()
        if keys:
            self.folds.turn_all(keys)
            self.wake()
        return bool(keys)
