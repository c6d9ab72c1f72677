"""One tab's page: the conversation, its banner, its prompt. Made when the tab is first shown."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from textual.app import ComposeResult
from textual.containers import Vertical

from tui.settings import Endpoint
from tui.widgets.approval_bar import ApprovalBar
from tui.widgets.failure_banner import FailureBanner
from tui.widgets.find_bar import FindBar
from tui.widgets.prompt import Prompt
from tui.widgets.transcript import Transcript
from tui.widgets.welcome import Welcome
from tui.workspace import Tab


class ConversationPane(Vertical):
    """The page of one tab. `frame` draws what is new; nothing else here reads the stream."""

    def __init__(
        self, tab: Tab, *, history: Sequence[str], wake: Callable[[], None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(id=f"pane-{tab.id}")
        self.tab = tab
        self._history = history
        self._wake, self._clock = wake, clock

    def compose(self) -> ComposeResult:
        """The conversation over banner and prompt."""
        yield Welcome()
        yield Transcript(self.tab.conversation, wake=self._wake, clock=self._clock)
        yield FindBar()
        yield FailureBanner()
        yield ApprovalBar()
        yield Prompt(self.tab.draft, earlier=self._history, last=self._last_prompt)

    def _last_prompt(self) -> str | None:
        turn = self.tab.conversation.last
        return turn.prompt if turn and not self.tab.busy else None

    @property
    def transcript(self) -> Transcript:
        """The conversation's view."""
        return self.query_one(Transcript)

    @property
    def prompt(self) -> Prompt:
        """Where this tab's prompt is written."""
        return self.query_one(Prompt)

    def refresh_state(self, now: float, found: list[Endpoint]) -> None:
        """Show the banner, the welcome or the conversation, as the state has it now."""
        empty = not self.tab.conversation.turns
        welcome = self.query_one(Welcome)
        if welcome.display != empty:
            welcome.display = empty
            self.transcript.display = not empty
        if empty:
            welcome.show(self.tab.endpoint, found)
        last = self.tab.conversation.last
        self.query_one(FailureBanner).show(last.reply if last else None, now)
        self.query_one(ApprovalBar).show(self.tab.asks, now)

    def frame(self, deadline: float) -> bool:
        """Draw what arrived since the last frame, until `deadline`; True if more waits."""
        return self.transcript.pull(deadline)
