"""All conversations that were saved: found by their words, opened, renamed, exported, deleted for good."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from tui.engine.conversation import Conversation
from tui.keeping import Keeper, NotRead, Saved
from tui.safe_text import visible_line
from tui.screens.ask_line import AskLineScreen
from tui.screens.confirm import ConfirmScreen
from tui.screens.save_file import SaveFileScreen

HINT = "enter opens · f2 renames · alt+m exports Markdown · alt+j JSON · alt+delete deletes for good"


def line(saved: Saved) -> Content:
    """One conversation: its title, when, how much; and where the words were found."""
    summary = saved.summary
    when = datetime.fromtimestamp(summary.updated).astimezone().strftime("%Y-%m-%d %H:%M")
    size = f"{summary.turns} turn{'s' * (summary.turns != 1)}"
    elsewhere = "  open in another window" if summary.open_elsewhere else ""
    parts: list[Content | str | tuple[str, str]] = [
        (visible_line(summary.title) or "untitled", "bold"),
        (f"  {when}  {visible_line(summary.model)}  {size}{elsewhere}", "$text-muted"),
    ]
    if saved.snippet:
        parts.append("\n  ")
        parts += [(visible_line(piece), "$text-accent bold" if hit else "$text-muted") for piece, hit in saved.snippet]
    return Content.assemble(*parts)


class ConversationsScreen(ModalScreen[Conversation | None]):
    """Choose a conversation to open; None if the person leaves."""

    BINDINGS: ClassVar = [
        ("escape,alt+o", "leave", "leave"),
        ("down", "move(1)", "down"),
        ("up", "move(-1)", "up"),
        ("f2", "rename", "rename"),
        ("alt+m", "export('md')", "export as Markdown"),
        ("alt+j", "export('json')", "export as JSON"),
        ("alt+delete,alt+d", "delete", "delete for good"),
    ]

    def __init__(self, keeper: Keeper, open_here: Mapping[str, Conversation]) -> None:
        """`open_here`: the conversations of this window's tabs, by id."""
        super().__init__()
        self._keeper, self._open_here = keeper, open_here
        self._shown: Sequence[Saved] = ()

    def compose(self) -> ComposeResult:
        """Search over list."""
        with Vertical(classes="dialog -tall -wide"):
            yield Static("Conversations", classes="dialog--title")
            yield Input(placeholder="words to find, in titles, prompts and answers")
            yield OptionList()
            yield Static(HINT, classes="dialog--hint", markup=False)

    def on_mount(self) -> None:
        """List them."""
        self._search("")

    @on(Input.Changed)
    def _words_changed(self, event: Input.Changed) -> None:
        self._search(event.value)

    @work(exclusive=True, group="search")
    async def _search(self, words: str) -> None:
        try:
            found = await asyncio.to_thread(self._keeper.conversations, words)
        except NotRead as error:
            self._say(f"The conversations can't be read: {error}")
            return
        self._shown = found
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options([Option(line(saved)) for saved in found])
        options.highlighted = 0 if found else None
        self._say(HINT if found else "Nothing was found." if words.strip() else "Nothing has been saved yet.")

    def _say(self, text: str) -> None:
        self.query_one(".dialog--hint", Static).update(text)

    @property
    def _chosen(self) -> Saved | None:
        place = self.query_one(OptionList).highlighted
        return self._shown[place] if place is not None and place < len(self._shown) else None

    def action_move(self, by: int) -> None:
        """Move the highlight from the search line."""
        options = self.query_one(OptionList)
        (options.action_cursor_down if by > 0 else options.action_cursor_up)()

    def action_leave(self) -> None:
        """Open nothing."""
        self.dismiss(None)

    @on(Input.Submitted)
    @on(OptionList.OptionSelected)
    async def _open(self) -> None:
        if (conversation := await self._load()) is not None:
            self.dismiss(conversation)

    async def _load(self) -> Conversation | None:
        if self._chosen is None:
            return None
        return await asyncio.to_thread(self._keeper.load, self._chosen.summary.id)

    def action_rename(self) -> None:
        """Give the highlighted one another title."""
        chosen = self._chosen
        if chosen is None:
            return

        async def rename(title: str | None) -> None:
            if title:
                if (conversation := self._open_here.get(chosen.summary.id)) is not None:
                    conversation.title = title
                await asyncio.to_thread(self._keeper.rename, chosen.summary.id, title)
                self._search(self.query_one(Input).value)

        self.app.push_screen(AskLineScreen("Rename the conversation", visible_line(chosen.summary.title)), rename)

    def action_delete(self) -> None:
        """Delete the highlighted one for good."""
        chosen = self._chosen
        if chosen is None:
            return
        if chosen.summary.id in self._open_here or chosen.summary.open_elsewhere:
            self.notify("It is open in a tab: close that first.", severity="warning")
            return

        async def delete(agreed: bool | None) -> None:
            if agreed:
                await asyncio.to_thread(self._keeper.delete, chosen.summary.id)
                self._search(self.query_one(Input).value)

        question = f"Delete “{visible_line(chosen.summary.title)}” for good? It can't be brought back."
        self.app.push_screen(ConfirmScreen(question, "Delete", "Keep"), delete)

    async def action_export(self, ending: str) -> None:
        """Write the highlighted one to a file."""
        conversation = await self._load()
        if conversation is None:
            return

        async def export(path: Path | None) -> None:
            if path is None:
                return
            try:
                await asyncio.to_thread(self._keeper.export, conversation, path, as_json=ending == "json")
            except OSError as error:
                self.notify(f"Not exported: {error.strerror or error}: {path}", severity="error", markup=False)
            else:
                self.notify(f"Exported to {path}.", markup=False)

        suggestion = str(Path.cwd() / f"conversation.{ending}")
        self.app.push_screen(SaveFileScreen("Export the conversation as", suggestion), export)
