"""The main screen's tools: the person decides about calls that wait."""

from __future__ import annotations

from tui.engine.tool_run import Decision
from tui.safe_text import visible_line
from tui.screens.ask_line import AskLineScreen
from tui.screens.tab_screen import TabScreen
from tui.screens.text_view import TextScreen
from tui.widgets.approval_bar import arguments_text
from tui.workspace import Ask, Tab


class Approving(TabScreen):
    """What the person does about tool calls that wait for leave."""

    def _ask(self) -> Ask | None:
        """What the bar in front asks about; says so if it asks nothing."""
        if self.tab.asks:
            return self.tab.asks[0]
        self.notify("No tool waits for you here.", timeout=3)
        return None

    def _decide(self, tab: Tab, ask: Ask, decision: Decision) -> None:
        if not ask.decision.done():  # the stream may have been stopped meanwhile
            ask.decision.set_result(decision)
        self.state_changed(tab)

    def action_run_tool(self) -> None:
        """Let the call run, this once."""
        if ask := self._ask():
            self._decide(self.tab, ask, Decision(run=True))

    def action_run_tool_always(self) -> None:
        """Let the call run, and all of this tool in this conversation."""
        if ask := self._ask():
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

    def action_show_tool(self) -> None:
        """Show all that the call would be given."""
        if ask := self._ask():
            self.app.push_screen(TextScreen(ask.call.name or "?", arguments_text(ask)))
