"""What is kept of the open tabs, and how it comes back at the next start. Plain Python, over the journal and the history."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tui.engine.answer import Answer
from tui.engine.conversation import Conversation
from tui.engine.events import Kept, ToolRunNoted
from tui.engine.tool_run import RunProgress
from tui.engine.turn import Turn
from tui.storage.changes import OpenTab
from tui.storage.export import to_json, to_markdown
from tui.storage.history import History, HistoryError, Summary
from tui.storage.instances import SavedTab
from tui.storage.journal import Journal
from tui.storage.writer import Status
from tui.workspace import Tab, Workspace


@dataclass(frozen=True, slots=True)
class Restored:
    """One tab that comes back. An empty conversation is None: its draft is all there is."""

    saved: SavedTab
    conversation: Conversation | None


@dataclass(frozen=True, slots=True)
class Saved:
    """One saved conversation in the list: its summary, and where the words were found, as (piece, whether it is a hit)."""

    summary: Summary
    snippet: Sequence[tuple[str, bool]] = ()


class NotRead(Exception):  # noqa: N818 - it says what happened
    """The saved conversations can't be read; the text says why."""


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

    def changed(self, conversation: Conversation, turn: Turn | None = None) -> None:
        """A turn, else the last one, changed: another alternative is shown, or a seam was decided."""
        turn = turn or conversation.last
        if turn:
            self.journal.conversation(conversation)
            self.journal.turn(conversation, turn)

    def event(self, answer: Answer, event: Kept) -> None:
        """Something happened in a stream, or to a tool that was called."""
        if not (isinstance(event, ToolRunNoted) and isinstance(event.event, RunProgress)):  # how it ended is what is kept
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

    def conversations(self, words: str = "") -> list[Saved]:
        """Saved conversations that hold all `words`; without any, all of them, the last used first. Raises NotRead."""
        if not self.saves:
            return []
        self.journal.flush()
        try:
            if words.strip():
                return [Saved(found.summary, found.snippet) for found in self.history.search(words)]
            return [Saved(summary) for summary in self.history.conversations()]
        except HistoryError as error:
            raise NotRead(str(error)) from error

    def load(self, conversation_id: str) -> Conversation | None:
        """A saved conversation, whole; None if it is gone or can't be read. Waits for the disk."""
        return self._load(conversation_id)

    def rename(self, conversation_id: str, title: str) -> None:
        """Give a saved conversation another title. Waits for the disk."""
        self.journal.rename(conversation_id, title)
        self.journal.flush()

    def delete(self, conversation_id: str) -> None:
        """Delete a conversation for good. Waits for the disk."""
        self.journal.delete(conversation_id)
        self.journal.flush()

    def export(self, conversation: Conversation, path: Path, *, as_json: bool) -> None:
        """Write a conversation to a file. Raises OSError."""
        text = to_json(conversation) if as_json else to_markdown(conversation)[0]
        path.write_text(text, encoding="utf-8", errors="replace")

    def close(self) -> None:
        """Write what waits, and end."""
        self.journal.close()
