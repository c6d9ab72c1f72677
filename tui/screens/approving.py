"""The main screen's tools: the person decides about calls that wait, and which tools there are."""

from __future__ import annotations

from tui.engine.tool_run import Decision
from tui.safe_text import visible_line
from tui.screens.ask_line import AskLineScreen
from tui.screens.tab_screen import TabScreen
from tui.screens.text_view import TextScreen
from tui.screens.tools_picker import LOAD, ToolsPicker
from tui.tools import ToolsError
from tui.widgets.approval_bar import ApprovalBar, arguments_text
from tui.widgets.failure_banner import whole_failure
from tui.workspace import Ask, Tab, Workspace


class Approving(TabScreen):
    """What the person does about tool calls that wait for leave, and about the tools of a tab."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self._announced: set[str] = set()  # hidden tabs of which it was said that they ask

    def announce(self, tab: Tab) -> None:
        """Say once of a hidden tab that it waits for the person, until it no longer does."""
        if tab.state != "asking":
            self._announced.discard(tab.id)
        elif tab is not self.workspace.active and tab.id not in self._announced:
            self._announced.add(tab.id)
            self.notify(f"{visible_line(tab.title)}: a tool waits for you.", timeout=5, markup=False)

    def _ask(self) -> Ask | None:
        """What the bar in front asks about; says so if it asks nothing."""
        if self.tab.asks:
            return self.tab.asks[0]
        self.notify("No tool waits for you here.", timeout=3)
        return None

    def _ask_to_decide(self) -> Ask | None:
        """The same, if the bar has been there long enough for this key, or click, to be about it."""
        ask = self._ask()
        if ask is None or self.pane.query_one(ApprovalBar).may_decide(ask, self.workspace.clock()):
            return ask
        self.notify("That came before you could read what is asked: once more.", timeout=3)
        return None

    def _decide(self, tab: Tab, ask: Ask, decision: Decision) -> None:
        if not ask.decision.done():  # the stream may have been stopped meanwhile
            ask.decision.set_result(decision)
        self.state_changed(tab)

    def action_run_tool(self) -> None:
        """Let the call run, this once."""
        if ask := self._ask_to_decide():
            self._decide(self.tab, ask, Decision(run=True))

    def action_run_tool_always(self) -> None:
        """Let the call run, and all of this tool in this conversation."""
        if ask := self._ask_to_decide():
            self._decide(self.tab, ask, Decision(run=True, always=True))

    def action_decline_tool(self) -> None:
        """Say no, and why; the model is told."""
        if (ask := self._ask()) is None:
            return
        tab = self.tab

        def decline(reason: str | None) -> None:
            if reason is not None:
                self._decide(tab, ask, Decision(run=False, reason=reason))

        name = visible_line(ask.call.name or "?")
        self.app.push_screen(AskLineScreen(f"Decline {name}: why? The model is told.", empty=""), decline)

    def action_show_whole(self) -> None:
        """Show all that the call would be given; without one, all that is known of what went wrong."""
        answer = self.tab.answer
        if self.tab.asks:
            ask = self.tab.asks[0]
            self.app.push_screen(TextScreen(visible_line(ask.call.name or "?"), arguments_text(ask)))
        elif answer is not None and answer.failure is not None:
            self.app.push_screen(TextScreen(f"{answer.state.capitalize()}", whole_failure(answer.failure)))
        else:
            self.notify("No tool waits for you here, and nothing went wrong.", timeout=3)

    def action_tools(self) -> None:
        """Show the tools of this tab; turn them on and off, load more."""
        tab = self.tab

        def load(source: str | None) -> None:
            if source == LOAD:
                self.action_load_tools()
            elif source is not None:
                self.run_worker(self._load_tools(tab, source), group="tools")

        self.app.push_screen(ToolsPicker(tab, lambda: self.state_changed(tab)), load)

    def action_load_tools(self) -> None:
        """Add the tools of a file or module to this tab."""
        tab = self.tab

        def load(source: str | None) -> None:
            if source is not None:
                self.run_worker(self._load_tools(tab, source), group="tools")

        self.app.push_screen(AskLineScreen("Tools from FILE.py or a module that you trust: its code is run"), load)

    async def _load_tools(self, tab: Tab, source: str) -> None:
        had = set(tab.tools.tools)
        try:
            await self.workspace.set_tools(tab, list(dict.fromkeys([*tab.tools.sources, source])))
        except ToolsError as error:
            self.notify(f"No tools were loaded: {visible_line(str(error))}", severity="error", markup=False)
            return
        names = ", ".join(visible_line(name) for name in tab.tools.tools if name not in had)
        self.notify(f"Tools loaded: {names or 'the same, read anew'}.", timeout=4, markup=False)
