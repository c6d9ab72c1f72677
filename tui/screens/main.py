"""The main screen: tabs, the conversation in front, the status line."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.timer import Timer

from tui.engine.answer import Answer
from tui.engine.conversation import Conversation
from tui.engine.events import Kept
from tui.keeping import Restored
from tui.keymap import COMMANDS
from tui.safe_text import visible_line
from tui.screens.approving import Approving
from tui.screens.confirm import ConfirmScreen
from tui.screens.copying import Copying
from tui.screens.reading import Reading
from tui.screens.streaming import Streaming
from tui.settings import Endpoint
from tui.storage.writer import Status
from tui.widgets.key_bar import KeyBar
from tui.widgets.prompt import Prompt
from tui.widgets.status_bar import StatusBar
from tui.widgets.tab_bar import TabBar
from tui.widgets.transcript import Transcript
from tui.workspace import Start, Tab, Workspace

BEAT = 0.2  # seconds between two looks at clocks and spinners while something streams


def _bindings() -> list[BindingType]:
    bindings: list[BindingType] = [
        Binding(command.keys, command.action, command.title, show=False, priority=command.first)
        for command in COMMANDS
        if command.keys
    ]
    bindings += [Binding(f"alt+{n}", f"go_to_tab({n})", f"tab {n}", show=False, priority=True) for n in range(1, 10)]
    return [*bindings, Binding("ctrl+w", "close_tab", "close tab", show=False)]


class MainScreen(Streaming, Approving, Reading, Copying):
    """Everything that is on the screen but dialogs. Panes are made when their tab is first shown."""

    BINDINGS: ClassVar[list[BindingType]] = _bindings()

    def __init__(self, workspace: Workspace, starts: Sequence[Start] = ()) -> None:
        super().__init__(workspace)
        self._starts = starts
        self._draft_timer: Timer | None = None
        self._states: dict[str, str] = {}  # tab id → the state that is shown
        workspace.record = self._record
        workspace.changed = self.state_changed

    def compose(self) -> ComposeResult:
        """Tabs, panes, status, keys."""
        yield TabBar(self.workspace)
        yield Container(id="panes")
        yield StatusBar(self.workspace)
        yield KeyBar()

    async def on_mount(self) -> None:
        """Open the first tab, or one for each start, all streaming at once."""
        self._beat = self.set_interval(BEAT, self._on_beat, pause=True)
        tabs = [self.workspace.open(start.conversation, endpoint=start.endpoint) for start in self._starts or [Start("")]]
        await self.show_tab(tabs[0])
        for tab, start in zip(tabs, self._starts, strict=False):
            self.begin(tab, start.prompt)
        self.call_after_refresh(lambda: self.run_worker(self._start_up(tabs), name="start up"))

    # -- what is kept

    async def _start_up(self, tabs: list[Tab]) -> None:
        """After the first frame: saved tabs come back, `openai` is imported, local servers are looked for."""
        if self.workspace.settings.new:
            self.history[:0] = await asyncio.to_thread(self.keeper.earlier_prompts)
        else:
            await self._restore(*await asyncio.to_thread(self.keeper.restore), tabs)
        self.save_tabs()
        await self.workspace.prepare(self.tab.endpoint)
        self.found = await self.streamtui.find_servers()
        self.pane.refresh_state(self.workspace.clock(), self.found)

    async def _restore(self, restored: list[Restored], prompts: list[str], tabs: list[Tab]) -> None:
        self.history[:0] = prompts
        if not restored:
            return
        front: Tab | None = None
        for place, item in enumerate(restored):
            tab = self.workspace.reopen(item.conversation, item.saved.endpoint_name, item.saved.model, place)
            tab.draft = item.saved.draft
            front = tab if item.saved.active else front
        first = tabs[0]
        unused = not self._starts and not first.conversation.turns and not self.panes[first.id].prompt.text
        if unused and first in self.workspace.tabs:
            await self.show_tab(front or self.workspace.tabs[0])
            await self._close_now(first)
        else:
            self.show_state()

    @on(Prompt.Changed)
    def _draft_changed(self) -> None:
        if self._draft_timer is not None:
            self._draft_timer.stop()
        self._draft_timer = self.set_timer(0.3, self.save_draft)

    def save_draft(self) -> None:
        """Keep what stands unsent in the prompt in front."""
        tab = self.workspace.active
        if tab is None or tab.id not in self.panes:
            return
        draft = self.panes[tab.id].prompt.draft
        if draft != tab.draft:
            tab.draft = draft
            self.keeper.draft(tab)

    @on(Transcript.Settled)
    def _seam_settled(self, event: Transcript.Settled) -> None:
        self.keeper.changed(event.conversation)

    def show_saving(self, status: Status) -> None:
        """Say it when nothing is saved any more, and when it is again."""
        self.query_one(StatusBar).saving = None if status.saving else status.reason
        self.query_one(StatusBar).refresh()
        if self.keeper.saves and (said := visible_line(status.reason)):
            words = f"{said[0].upper()}{said[1:]}." if status.saving else f"Not saving: {said}. Streams go on."
            self.notify(words, severity="warning", markup=False)

    # -- tabs

    async def show_tab(self, tab: Tab) -> None:
        """Bring a tab to the front; what is on its screen first."""
        if (pane := await self.page(tab)) is None:
            return
        self.save_draft()
        self.workspace.select(tab)
        for other in self.panes.values():
            other.display = other is pane
        pane.refresh_state(self.workspace.clock(), self.found)
        self.set_focus(pane.prompt)  # at once: what is typed right behind the key is for this tab
        pane.transcript.catch_up()
        self.show_state()
        self.show_now()
        self.save_tabs()

    def show_state(self) -> None:
        """Look again at tabs and status."""
        self.query_one(TabBar).refresh()
        self.query_one(StatusBar).refresh()
        self.frames.wake()

    @on(TabBar.Selected)
    async def _tab_selected(self, event: TabBar.Selected) -> None:
        await self.show_tab(event.tab)

    @on(TabBar.NewRequested)
    async def action_new_tab(self) -> None:
        """Open an empty conversation with this tab's endpoint and model."""
        await self.show_tab(self.workspace.open(like=self.tab))

    @on(TabBar.CloseRequested)
    async def _close_requested(self, event: TabBar.CloseRequested) -> None:
        self.close_tab(event.tab)

    def action_close_tab(self) -> None:
        """Close the tab in front."""
        self.close_tab(self.tab)

    def close_tab(self, tab: Tab) -> None:
        """Close a tab; ask first while it streams."""

        async def close(agreed: bool | None) -> None:
            if agreed:
                await self._close_now(tab)

        if tab.busy:
            self.app.push_screen(
                ConfirmScreen("This tab is still streaming. Stop it and close the tab?", "Stop and close"), close
            )
        else:
            self.call_later(close, True)

    async def _close_now(self, tab: Tab) -> None:
        self.workers.cancel_group(self, tab.id)
        if self.workspace.tabs == [tab]:
            self.workspace.open(like=tab)  # there is always one in front
        self.workspace.close(tab)
        await self.show_tab(self.tab)
        self._states.pop(tab.id, None)
        if pane := self.panes.pop(tab.id, None):
            # laid out before the next drawing, which would find widgets that have lost their styles
            self.refresh(layout=True)
            await pane.remove()

    async def action_next_tab(self) -> None:
        """Go right."""
        await self._go(self.workspace.step(1))

    async def action_previous_tab(self) -> None:
        """Go left."""
        await self._go(self.workspace.step(-1))

    async def action_go_to_tab(self, number: int) -> None:
        """Go to a tab by its number, from 1."""
        if number <= len(self.workspace.tabs):
            await self._go(self.workspace.tabs[number - 1])

    async def _go(self, tab: Tab | None) -> None:
        if tab is not None and tab is not self.workspace.active:
            await self.show_tab(tab)

    def save_tabs(self) -> None:
        """Keep which tabs are open."""
        self.keeper.tabs(self.workspace)

    # -- streams

    def _record(self, tab: Tab, answer: Answer, event: Kept) -> None:
        self.keeper.event(answer, event)
        if tab is self.workspace.active:
            self.frames.wake()
        if self._states.get(tab.id) != answer.state or answer.retrying is not None or answer.stall is not None:
            self.state_changed(tab)

    def state_changed(self, tab: Tab) -> None:
        """Show a new state of `tab`: its label, and in front its banner and status."""
        self._states[tab.id] = tab.state
        if not self.is_attached or not self.app.is_running:
            return
        if tab is self.workspace.active and tab.id in self.panes:
            self.pane.refresh_state(self.workspace.clock(), self.found)
        elif not tab.busy or tab.state == "asking":
            tab.unread = True
        self.announce(tab)
        self._beat.resume()
        self.show_state()

    def _on_beat(self) -> None:
        if self.app.animation_level != "none":
            self.query_one(TabBar).tick += 1
        self.query_one(StatusBar).refresh()
        if self.tab.id in self.panes:
            self.pane.refresh_state(self.workspace.clock(), self.found)
            if self.transcript.ticks:
                self.frames.wake()
        failure = self.tab.answer.failure if self.tab.answer else None
        if not self.workspace.busy and (failure is None or failure.retry_after is None):
            self._beat.pause()

    # -- dialogs

    def action_help(self) -> None:
        """Show all keys."""
        from tui.screens.help import HelpScreen

        self.app.push_screen(HelpScreen())

    def action_theme(self) -> None:
        """Choose a theme."""
        self.app.action_change_theme()

    def action_conversations(self) -> None:
        """Find, open, rename, export or delete what was saved."""
        from tui.screens.conversations import ConversationsScreen

        async def reopen(conversation: Conversation | None) -> None:
            self.show_state()
            if conversation is None:
                return
            is_open = next((tab for tab in self.workspace.tabs if tab.conversation.id == conversation.id), None)
            await self.show_tab(is_open or self.workspace.open(conversation))

        open_here = {tab.conversation.id: tab.conversation for tab in self.workspace.tabs}
        self.app.push_screen(ConversationsScreen(self.keeper, open_here), reopen)

    def action_model(self) -> None:
        """Choose the endpoint and model of this tab."""
        from tui.screens.model_picker import ModelPicker

        tab = self.tab

        def choose(choice: tuple[Endpoint, str] | None) -> None:
            if choice is not None:
                self.workspace.move(tab, *choice)
                self.state_changed(tab)
                self.save_tabs()

        self.app.push_screen(ModelPicker(self.workspace, tab), choose)
