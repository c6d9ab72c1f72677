"""What the parts of the main screen share: the tab in front, its page, and the app."""

from __future__ import annotations

import asyncio
from typing import Protocol, cast

from tui.keeping import Keeper
from tui.settings import Endpoint
from tui.terminal.clipboard import Clipboard
from tui.widgets.conversation_pane import ConversationPane
from tui.widgets.frame_clock import FrameClock
from tui.widgets.quick_screen import QuickScreen
from tui.widgets.transcript import Transcript
from tui.workspace import Tab, Workspace


class Host(Protocol):
    """What the screens need of their app."""

    keeper: Keeper
    routes: Clipboard
    allowed_in_clear: set[str]  # endpoints whose key may cross the network in clear

    async def find_servers(self) -> list[Endpoint]:
        """The model servers on this machine."""


class TabScreen(QuickScreen):
    """A screen of tabs. Its parts (`streaming`, `reading`, `copying`) are classes of their own over this one."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self.workspace = workspace
        self.found: list[Endpoint] = []  # local servers
        self.history: list[str] = []  # prompts that were sent, oldest first; shared by all tabs
        self.panes: dict[str, ConversationPane] = {}  # tab id → its page, once it was shown
        self._mounting = asyncio.Lock()  # keys, messages and the start-up may all bring the same tab to the front
        self.frames = FrameClock(self, self._frame)

    @property
    def tab(self) -> Tab:
        """The tab in front."""
        assert self.workspace.active is not None, "a tab is always open"  # noqa: S101 - an invariant, not input
        return self.workspace.active

    @property
    def pane(self) -> ConversationPane:
        """The page in front."""
        return self.pane_of(self.tab)

    def pane_of(self, tab: Tab) -> ConversationPane:
        """The page of a tab. Raises KeyError if it was never shown."""
        return self.panes[tab.id]

    async def page(self, tab: Tab) -> ConversationPane | None:
        """The page of a tab, made when it is first asked for; None if the tab was closed meanwhile."""
        async with self._mounting:
            pane = self.panes.get(tab.id)
            if pane is None and tab in self.workspace.tabs:
                pane = ConversationPane(tab, history=self.history, wake=self.frames.wake, clock=self.workspace.clock)
                pane.display = False  # until it is its turn
                await self.query_one("#panes").mount(pane)
                self.panes[tab.id] = pane
            if pane is not None and tab not in self.workspace.tabs:
                self.panes.pop(tab.id, None)
                await pane.remove()
                return None
            return pane

    @property
    def transcript(self) -> Transcript:
        """The conversation's view in front."""
        return self.pane.transcript

    @property
    def streamtui(self) -> Host:
        """The app, as far as screens know it."""
        return cast("Host", self.app)

    @property
    def keeper(self) -> Keeper:
        """What keeps the tabs."""
        return self.streamtui.keeper

    def state_changed(self, tab: Tab) -> None:
        """Show a new state of `tab`."""
        raise NotImplementedError

    def _frame(self, deadline: float) -> bool:
        active = self.workspace.active
        return active is not None and active.id in self.panes and self.panes[active.id].frame(deadline)
