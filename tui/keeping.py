"""What is kept of the open tabs, and how it comes back at the next start. Plain Python, over the journal and the history."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tui.engine.answer import Answer
from tui.engine.conversation import Conversation
from tui.engine.events import Event
from tui.storage.changes import OpenTab
from tui.storage.history import History, HistoryError
from tui.storage.instances import SavedTab
from tui.storage.journal import Journal
from tui.storage.writer import Status
from tui.workspace import Tab, Workspace


@dataclass(frozen=True, slots=True)
class Restored:
    """One tab that comes back. An empty conversation is None: its draft is all there is."""

    saved: SavedTab
    conversation: Conversation | None


class Keeper:
    """Tells the journal what happens to tabs; with `save=False` nothing is kept. `on_status` runs in the writer's thread."""

    def __init__(self, data_dir: Path, *, save: bool = True, on_status: Callable[[Status], None] = lambda status: None) -> None:
        self.saves = save
        self.journal = Journal(data_dir, save=save, on_status=on_status)
        self.history = History(data_dir, self.journal.instance)

    def begins(self, tab: Tab, answer: Answer) -> None:
        """An answer was asked for."""
        conversation = tab.conversation
        self.journal.conversation(conversation)
        self.journal.turn(conversation, conversation.turn_with(answer))

    def changed(self, conversation: Conversation) -> None:
        """The last turn changed: another alternative is shown, or a seam was decided."""
        if conversation.last:
            self.journal.conversation(conversation)
            self.journal.turn(conversation, conversation.last)

    def event(self, answer: Answer, event: Event) -> None:
        """Something happened in a stream."""
        self.journal.event(answer.id, event)

    def draft(self, tab: Tab) -> None:
        """What stands unsent in a tab's prompt changed."""
        self.journal.draft(tab.conversation.id, tab.draft)

    def tabs(self, workspace: Workspace) -> None:
        """Which tabs are open, or which one is in front, changed."""
        self.journal.tabs(
            [
                OpenTab(tab.conversation.id, tab.model or "", tab.endpoint.name, tab is workspace.active)
                for tab in workspace.tabs
            ]
        )

    def restore(self) -> tuple[list[Restored], list[str]]:
        """(tabs of instances that no longer run, earlier prompts from old to new). Waits for the disk: call it in a thread."""
        if not self.saves:
            return [], []
        restored = [Restored(saved, self._load(saved.conversation)) for saved in self.journal.claim_tabs()]
        return restored, self.earlier_prompts()

    def _load(self, conversation_id: str) -> Conversation | None:

        try:
            conversation = self.history.load(conversation_id)
        except HistoryError:
            return None  # what can't be read is said by the journal's status
        if conversation is not None:
            self.journal.conversation(conversation)
        return conversation

    def earlier_prompts(self) -> list[str]:
        """Prompts of all conversations, from old to new. Waits for the disk."""

        try:
            return self.history.prompts() if self.saves else []
        except HistoryError:
            return []

    def close(self) -> None:
        """Write what waits, and end."""
        self.journal.close()
