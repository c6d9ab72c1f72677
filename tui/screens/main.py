"""The main screen: tabs, the conversation in front, the status line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.css.query import NoMatches
from textual.screen import Screen
from textual.widgets import Footer

from tui.engine.answer import Answer
from tui.engine.events import Event
from tui.keymap import COMMANDS, key_label
from tui.screens.confirm import ConfirmScreen
from tui.screens.copying import Copying
from tui.screens.text_view import TextScreen
from tui.settings import Endpoint
from tui.widgets.conversation_pane import ConversationPane
from tui.widgets.failure_banner import Action
from tui.widgets.find_bar import FindBar
from tui.widgets.frame_clock import FrameClock
from tui.widgets.prompt import Prompt, size_label
from tui.widgets.status_bar import StatusBar
from tui.widgets.tab_bar import TabBar
from tui.widgets.transcript import Transcript
from tui.workspace import Tab, Workspace

if TYPE_CHECKING:
    from tui.app import StreamTUI

BEAT = 0.2  # seconds between two looks at clocks and spinners while something streams


def _bindings() -> list[BindingType]:
    bindings: list[BindingType] = [
        Binding(
            command.keys,
            command.action,
            command.footer or command.title,
            show=bool(command.footer),
            key_display=key_label(command.keys),
            priority=command.first,
        )
        for command in COMMANDS
        if command.keys
    ]
    bindings += [Binding(f"alt+{n}", f"go_to_tab({n})", f"tab {n}", show=False, priority=True) for n in range(1, 10)]
    return [*bindings, Binding("ctrl+w", "close_tab", "close tab", show=False)]


class MainScreen(Copying, Screen[None]):
    """Everything that is on the screen but dialogs. Panes are made when their tab is first shown."""

    BINDINGS: ClassVar[list[BindingType]] = _bindings()

    def __init__(self, workspace: Workspace, prompts: Sequence[str] = ()) -> None:
        super().__init__()
        self.workspace = workspace
        self.found: list[Endpoint] = []  # local servers
        self.history: list[str] = []  # prompts that were sent, oldest first; shared by all tabs
        self._prompts = prompts
        self._states: dict[str, str] = {}  # tab id → the state that is shown
        self._frames = FrameClock(self, self._frame)
        workspace.record = self._record

    def compose(self) -> ComposeResult:
        """Tabs, panes, status, keys."""
        yield TabBar(self.workspace)
        yield Container(id="panes")
        yield StatusBar(self.workspace)
        yield Footer(show_command_palette=False)

    async def on_mount(self) -> None:
        """Open the first tab, or one for each prompt, all streaming at once."""
        self._beat = self.set_interval(BEAT, self._on_beat, pause=True)
        tabs = [self.workspace.open() for _ in self._prompts or [""]]
        await self.show_tab(tabs[0])
        for tab, prompt in zip(tabs, self._prompts, strict=False):
            self.send(tab, prompt)

    # -- tabs

    @property
    def tab(self) -> Tab:
        """The tab in front."""
        assert self.workspace.active is not None, "a tab is always open"  # noqa: S101 - an invariant, not input
        return self.workspace.active

    @property
    def pane(self) -> ConversationPane:
        """The page in front."""
        return self._pane(self.tab)

    def _pane(self, tab: Tab) -> ConversationPane:
        return self.query_one(f"#pane-{tab.id}", ConversationPane)

    async def show_tab(self, tab: Tab) -> None:
        """Bring a tab to the front; what is on its screen first."""
        self.workspace.select(tab)
        try:
            pane = self._pane(tab)
        except NoMatches:
            pane = ConversationPane(tab, history=self.history)
            await self.query_one("#panes").mount(pane)
        for other in self.query(ConversationPane):
            other.display = other is pane
        pane.refresh_state(self.workspace.clock(), self.found)
        pane.prompt.focus()
        self.show_state()
        self.save_tabs()

    def show_state(self) -> None:
        """Look again at tabs and status."""
        self.query_one(TabBar).refresh()
        self.query_one(StatusBar).refresh()
        self._frames.wake()

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
        for pane in self.query(f"#pane-{tab.id}"):
            await pane.remove()
        self.workspace.close(tab)
        self._states.pop(tab.id, None)
        await self.show_tab(self.workspace.active or self.workspace.open(like=tab))

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
        """Tell the journal which tabs are open."""
        self.streamtui.save_tabs()

    @property
    def streamtui(self) -> StreamTUI:
        """The app, by its own type."""
        return cast("StreamTUI", self.app)

    # -- streams

    @on(Prompt.Submitted)
    def _prompt_submitted(self, event: Prompt.Submitted) -> None:
        tab = self.tab
        if not event.text.strip():
            self.notify("Type a prompt first.", timeout=3)
        elif tab.busy:
            self.notify(
                "This tab is still streaming: escape stops it, ctrl+n opens another tab. Your prompt stays here.", timeout=5
            )
        else:
            event.prompt.sent()
            self.history.append(event.text)
            self.send(tab, event.text)

    def send(self, tab: Tab, prompt: str) -> None:
        """Ask `prompt` in `tab`, unless the key would cross the network in clear and the person minds."""
        if not tab.endpoint.key_in_clear or tab.endpoint.name in self.streamtui.allowed_in_clear:
            self._start(tab, tab.conversation.ask(prompt)[1])
            return

        def decide(agreed: bool | None) -> None:
            if agreed:
                self.streamtui.allowed_in_clear.add(tab.endpoint.name)
                self._start(tab, tab.conversation.ask(prompt)[1])
            else:
                self._pane(tab).prompt.set_value(prompt)

        question = f"{tab.endpoint.base_url} is plain http: your key would cross the network unencrypted. Send it all the same?"
        self.app.push_screen(ConfirmScreen(question, "Send", "Don't send"), decide)

    def _start(self, tab: Tab, answer: Answer) -> None:
        self.streamtui.save_turn(tab, answer)
        self.run_worker(self.workspace.stream(tab, answer), group=tab.id, exclusive=True, name=f"stream {tab.id}")
        if tab is self.workspace.active:
            self.pane.transcript.follow()
        self._state_changed(tab)

    def _record(self, tab: Tab, answer: Answer, event: Event) -> None:
        self.streamtui.record(answer, event)
        if tab is self.workspace.active:
            self._frames.wake()
        if self._states.get(tab.id) != answer.state or answer.retrying is not None or answer.stall is not None:
            self._state_changed(tab)

    def _state_changed(self, tab: Tab) -> None:
        self._states[tab.id] = tab.state
        if not self.is_mounted:
            return
        if tab is self.workspace.active:
            self.pane.refresh_state(self.workspace.clock(), self.found)
        elif not tab.busy:
            tab.unread = True
        self._beat.resume()
        self.show_state()

    def _on_beat(self) -> None:
        self.query_one(TabBar).tick += 1
        self.query_one(StatusBar).refresh()
        self.pane.refresh_state(self.workspace.clock(), self.found)
        failure = self.tab.answer.failure if self.tab.answer else None
        if not self.workspace.busy and (failure is None or failure.retry_after is None):
            self._beat.pause()

    def _frame(self, deadline: float) -> bool:
        return self.pane.frame(deadline)

    def action_stop(self) -> None:
        """Stop the visible stream; its text stays."""
        find = self.pane.query_one(FindBar)
        if find.display:
            find.action_close()
        elif self.pane.prompt.leave_edit():
            pass
        elif self.tab.busy:
            self.workers.cancel_group(self, self.tab.id)

    def action_retry(self) -> None:
        """Ask again; the old answer stays as an alternative."""
        if self._idle_turn("retry"):
            self._start(self.tab, self.tab.conversation.retry())

    def action_continue(self) -> None:
        """Ask for the rest."""
        if not self._idle_turn("continue"):
            return
        if not self.tab.conversation.turns[-1].reply.can_continue:
            self.notify("There is nothing to continue: only an answer that broke off or was cut can be continued.", timeout=4)
            return
        self._start(self.tab, self.tab.conversation.continue_answer())

    def action_edit(self) -> None:
        """Take the last prompt back into the prompt, to change and resend it."""
        if self._idle_turn("edit"):
            prompt = self.pane.prompt
            prompt.edit(self.tab.conversation.turns[-1].prompt)
            prompt.focus()

    @on(Prompt.Edited)
    def _prompt_edited(self, event: Prompt.Edited) -> None:
        if event.text.strip() and not self.tab.busy:
            event.prompt.sent()
            self._start(self.tab, self.tab.conversation.edit_last(event.text)[1])

    @on(Prompt.EditLast)
    def _edit_last(self) -> None:
        if self.tab.conversation.turns and not self.tab.busy:
            self.action_edit()

    def action_alternative(self, by: int) -> None:
        """Show another answer to the last prompt."""
        if self.tab.conversation.turns and not self.tab.busy:
            self.tab.conversation.select_alternative(by)
            self._state_changed(self.tab)

    def _idle_turn(self, wish: str) -> bool:
        if self.tab.busy:
            self.notify(f"Still streaming: escape stops it, then {wish}.", timeout=4)
        elif not self.tab.conversation.turns:
            self.notify(f"There is nothing to {wish} yet.", timeout=3)
        else:
            return True
        return False

    @on(Action.Pressed)
    async def _banner_action(self, event: Action.Pressed) -> None:
        await self.run_action(event.name)

    # -- prompt

    @on(Prompt.HugePaste)
    def _huge_paste(self, event: Prompt.HugePaste) -> None:
        def decide(agreed: bool | None) -> None:
            if agreed:
                event.prompt.insert_chip(event.text)

        size = size_label(len(event.text.encode("utf-8", "replace")))
        self.app.push_screen(ConfirmScreen(f"The paste is {size}. Keep it?", "Keep it", "Drop it"), decide)

    @on(Prompt.ChipOpened)
    def _chip_opened(self, event: Prompt.ChipOpened) -> None:
        self.app.push_screen(TextScreen(event.label, event.text))

    # -- reading

    @property
    def transcript(self) -> Transcript:
        """The conversation's view in front."""
        return self.pane.transcript

    def action_scroll(self, how: str) -> None:
        """Scroll the conversation, wherever the focus is."""
        getattr(self.transcript, f"action_scroll_{how}" if how in ("up", "down", "home", "end") else f"action_{how}")()

    def action_wrap_code(self) -> None:
        """Wrap long lines of code, or cut them."""
        wrapped = self.transcript.toggle_wrap_code()
        self.notify(
            "Long lines of code wrap." if wrapped else "Long lines of code are cut: left and right scroll them.", timeout=2
        )

    def action_find(self) -> None:
        """Open the line to find text."""
        self.pane.query_one(FindBar).open()

    @on(FindBar.Changed)
    def _find_changed(self, event: FindBar.Changed) -> None:
        self.transcript.find(event.text)
        self._show_hits()

    @on(FindBar.Step)
    def _find_step(self, event: FindBar.Step) -> None:
        (self.transcript.find_next if event.by > 0 else self.transcript.find_previous)()
        self._show_hits()

    @on(FindBar.Closed)
    def _find_closed(self) -> None:
        self.transcript.find("")
        self.pane.prompt.focus()

    def _show_hits(self) -> None:
        self.pane.query_one(FindBar).count(*self.transcript.hits)

    def action_find_next(self) -> None:
        """Go to the next hit."""
        self.post_message(FindBar.Step(1))

    def action_find_previous(self) -> None:
        """Go to the previous hit."""
        self.post_message(FindBar.Step(-1))

    # -- dialogs

    def action_help(self) -> None:
        """Show all keys."""
        from tui.screens.help import HelpScreen

        self.app.push_screen(HelpScreen())

    def action_theme(self) -> None:
        """Choose a theme."""
        self.app.action_change_theme()

    def action_model(self) -> None:
        """Choose the endpoint and model of this tab."""
        from tui.screens.model_picker import ModelPicker

        tab = self.tab

        def choose(choice: tuple[Endpoint, str] | None) -> None:
            if choice is not None:
                tab.endpoint, tab.model = choice
                tab.conversation.model, tab.conversation.endpoint_name = tab.model, tab.endpoint.name
                self._state_changed(tab)
                self.save_tabs()

        self.app.push_screen(ModelPicker(self.workspace, tab), choose)
