"""The application: theme, clipboard, journal, and the main screen. The work is done elsewhere."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar

from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen

from tui.engine.answer import Answer
from tui.engine.events import Event
from tui.keymap import COMMANDS, key_label
from tui.screens.main import MainScreen
from tui.settings import Settings
from tui.style_files import style_files
from tui.terminal.clipboard import Clipboard
from tui.terminal.keys import install_key_fixes
from tui.workspace import Connect, Tab, Workspace

QUIT_WITHIN = 2.0  # seconds between two ctrl+c that quit


def connect(endpoint, timeouts):  # type: ignore[no-untyped-def] # typed by Connect; the import must wait
    """The default way to a client: runs in a thread, because it imports `openai`."""
    from tui.providers.client import async_client

    return async_client(endpoint, timeouts)


class StreamTUI(App[None]):
    """Streams in tabs. `prompts` start at once, each in a tab of its own."""

    TITLE = "streamtui"
    CSS_PATH: ClassVar = style_files()
    COMMAND_PALETTE_BINDING = "ctrl+p"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "quit", "quit", show=False, priority=True),
        Binding("ctrl+c", "stop_or_quit", "stop", show=False, system=True),
    ]

    def __init__(
        self,
        settings: Settings,
        prompts: Sequence[str] = (),
        *,
        client_factory: Connect = connect,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        install_key_fixes()
        super().__init__()
        self.settings = settings
        self.prompts = prompts
        self.workspace = Workspace(settings, client_factory, clock=clock)
        self.routes = Clipboard(self._write_terminal)
        self.allowed_in_clear: set[str] = set()  # endpoints whose key may cross the network in clear, this time
        self._last_interrupt = float("-inf")

    def get_default_screen(self) -> MainScreen:
        """The main screen."""
        return MainScreen(self.workspace, self.prompts)

    def on_mount(self) -> None:
        """Take the theme, and end well when the terminal or the system says so."""
        if self.settings.theme:
            self.theme = self.settings.theme
        loop = asyncio.get_running_loop()
        for name in ("SIGTERM", "SIGHUP"):
            if hasattr(signal, name) and not self.is_headless:
                number = getattr(signal, name)
                loop.add_signal_handler(number, self.exit, None, 128 + number)

    def action_stop_or_quit(self) -> None:
        """Ctrl+C with nothing selected: stop the stream; else a hint, and twice quits."""
        screen = self.screen
        now = self.workspace.clock()
        if isinstance(screen, MainScreen) and screen.tab.busy:
            screen.action_stop()
        elif now - self._last_interrupt < QUIT_WITHIN:
            self.exit()
        else:
            self._last_interrupt = now
            self.notify("Press ctrl+c once more to quit.", timeout=QUIT_WITHIN)

    def copy_to_clipboard(self, text: str) -> None:
        """Every copy that Textual itself makes takes our routes."""
        self._clipboard = text
        screen = self.screen_stack[0]
        assert isinstance(screen, MainScreen), "the main screen is always at the bottom"  # noqa: S101 - an invariant
        screen.copy("selection", text)

    def _write_terminal(self, data: str) -> None:
        if self._driver is not None:
            self._driver.write(data)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Every action of the main screen, by name."""
        main = self.screen_stack[0]
        for command in COMMANDS:
            if command.palette:
                keys = f" ({key_label(command.keys)})" if command.keys else ""
                yield SystemCommand(
                    command.title, command.help + keys, lambda c=command: main.call_later(main.run_action, c.action)
                )
        yield SystemCommand("Quit", "Stop all streams and leave", self.exit)

    # -- what is kept

    def record(self, answer: Answer, event: Event) -> None:
        """Hand an event to the journal."""

    def save_turn(self, tab: Tab, answer: Answer) -> None:
        """Tell the journal that an answer begins."""

    def save_tabs(self) -> None:
        """Tell the journal which tabs are open."""
