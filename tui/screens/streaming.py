"""The main screen's streams: sending, stopping, and the ways on after an answer."""

from __future__ import annotations

from collections.abc import Callable

from textual import on

from tui.engine.answer import Answer
from tui.engine.events import ChoicePicked
from tui.engine.turn import Turn
from tui.screens.confirm import ConfirmScreen
from tui.screens.tab_screen import TabScreen
from tui.screens.text_view import TextScreen
from tui.widgets.chips import byte_size, size_label
from tui.widgets.find_bar import FindBar
from tui.widgets.notice import Action
from tui.widgets.prompt import Prompt
from tui.workspace import Tab, Workspace


class Streaming(TabScreen):
    """What the person does to streams."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self._unpermitted: dict[str, list[tuple[Callable[[], None], Callable[[], None]]]] = {}  # base URL → what waits

    @on(Prompt.Submitted)
    def _prompt_submitted(self, event: Prompt.Submitted) -> None:
        if self._may_ask(self.tab, event.text):
            event.prompt.sent()
            self.history.append(event.text)
            self.send(self.tab, event.text)

    def _may_ask(self, tab: Tab, text: str) -> bool:
        """Whether `text` can be asked in `tab` now; says so if not."""
        if not text.strip():
            self.notify("Type a prompt first.", timeout=3)
        elif tab.busy:
            self.notify(
                "This tab is still streaming: escape stops it, ctrl+n opens another tab. Your prompt stays here.", timeout=5
            )
        else:
            return True
        return False

    def begin(self, tab: Tab, prompt: str) -> None:
        """Ask `prompt` at the start of the app; of a replay once it can answer, so that its times are the recorded ones."""

        async def when_ready() -> None:
            await self.workspace.prepare(tab.endpoint)
            self.send(tab, prompt)

        if tab.endpoint.in_memory is None:
            self.send(tab, prompt)
        else:
            self.run_worker(when_ready(), name="replay")

    def send(self, tab: Tab, prompt: str) -> None:
        """Ask `prompt` in `tab`; it stays in the tab's prompt where the person does not want it sent."""

        def keep() -> None:
            tab.draft = prompt
            if tab.id in self.panes:
                self.panes[tab.id].prompt.set_value(prompt)
            self.keeper.draft(tab)

        self._permitted(tab, lambda: self.start(tab, tab.conversation.ask(prompt)[1]), keep)

    def _permitted(self, tab: Tab, go: Callable[[], None], leave: Callable[[], None] = lambda: None) -> None:
        """`go`, unless the key would cross the network in clear and the person, asked once, minds: then `leave`."""
        endpoint, allowed = tab.endpoint, self.streamtui.allowed_in_clear
        if not endpoint.key_in_clear or endpoint.base_url in allowed:
            go()
            return
        waiting = self._unpermitted.setdefault(endpoint.base_url, [])
        waiting.append((go, leave))
        if len(waiting) > 1:
            return  # the question stands already

        def decide(agreed: bool | None) -> None:
            if agreed:
                allowed.add(endpoint.base_url)
            for yes, no in self._unpermitted.pop(endpoint.base_url):
                (yes if agreed else no)()

        question = f"{endpoint.base_url} is plain http: your key would cross the network unencrypted. Send it all the same?"
        self.app.push_screen(ConfirmScreen(question, "Send", "Don't send"), decide)

    def start(self, tab: Tab, answer: Answer) -> None:
        """Run the stream of a new answer."""
        self.keeper.begins(tab, answer)
        self.run_worker(self.workspace.stream(tab, answer), group=tab.id, exclusive=True, name=f"stream {tab.id}")
        if tab is self.workspace.active and tab.id in self.panes:  # its page may still be in the making
            self.pane.transcript.follow()
        self.state_changed(tab)

    def action_prompt_submit(self) -> None:
        """Send what the prompt holds: enter, by mouse."""
        self.pane.prompt.action_submit()

    def action_stop(self) -> None:
        """Stop the visible stream; its text stays. Before that, leave what is open or selected."""
        find = self.pane.query_one(FindBar)
        if find.display:
            find.action_close()
        elif self.get_selected_text():
            self.clear_selection()
        elif self.pane.prompt.leave_edit():
            pass
        elif self.tab.busy:
            self.workers.cancel_group(self, self.tab.id)

    def action_retry(self) -> None:
        """Ask again; the old answer stays as an alternative."""
        if self._idle_turn("retry"):
            tab = self.tab
            self._permitted(tab, lambda: self.start(tab, tab.conversation.retry()))

    def action_continue(self) -> None:
        """Ask for the rest."""
        if not self._idle_turn("continue"):
            return
        if not self.tab.conversation.turns[-1].reply.can_continue:
            self.notify("There is nothing to continue: only an answer that broke off or was cut can be continued.", timeout=4)
            return
        tab = self.tab
        self._permitted(tab, lambda: self.start(tab, tab.conversation.continue_answer()))

    def action_edit(self) -> None:
        """Take the last prompt back into the prompt, to change and resend it."""
        if self._idle_turn("edit"):
            prompt = self.pane.prompt
            prompt.begin_edit(self.tab.conversation.turns[-1].prompt)
            self.set_focus(prompt)

    @on(Prompt.Edited)
    def _prompt_edited(self, event: Prompt.Edited) -> None:
        tab, text = self.tab, event.text
        if not self._may_ask(tab, text):
            return

        def resend() -> None:
            event.prompt.sent()
            self.history.append(text)
            self.start(tab, tab.conversation.edit_last(text)[1])

        self._permitted(tab, resend)

    def action_open_chip(self) -> None:
        """Show what a chip in the prompt holds."""
        self.pane.prompt.action_open_chip()

    def action_alternative(self, by: int, turn_id: str = "") -> None:
        """Show another answer to the last prompt, or to that of the turn named."""
        conversation, turn = self.tab.conversation, self._turn(turn_id)
        if turn is not None and not self.tab.busy:
            conversation.select_alternative(by, turn)
            self.keeper.changed(conversation, turn)
            self.state_changed(self.tab)

    def action_next_choice(self, turn_id: str = "") -> None:
        """Show the next of the choices that the server sent in one stream; it is the answer from now on."""
        turn = self._turn(turn_id)
        if turn is None or not turn.reply.can_pick:
            self.notify("There is no other choice: the server sent one answer.", timeout=3)
        elif not self.tab.busy:
            answer = turn.answer
            order = sorted(answer.choices)
            picked = order[(order.index(answer.first.index) + 1) % len(order)]
            answer.pick(picked)
            self.keeper.event(answer, ChoicePicked(picked))
            self.state_changed(self.tab)

    def _turn(self, turn_id: str) -> Turn | None:
        """The turn named, else the last one."""
        conversation = self.tab.conversation
        return next((turn for turn in conversation.turns if turn.id == turn_id), conversation.last)

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

    @on(Prompt.HugePaste)
    def _huge_paste(self, event: Prompt.HugePaste) -> None:
        def decide(agreed: bool | None) -> None:
            if agreed:
                event.prompt.insert_chip(event.text)

        size = size_label(byte_size(event.text))
        self.app.push_screen(ConfirmScreen(f"The paste is {size}. Keep it?", "Keep it", "Drop it"), decide)

    @on(Prompt.ChipOpened)
    def _chip_opened(self, event: Prompt.ChipOpened) -> None:
        self.app.push_screen(TextScreen(event.label, event.text))
