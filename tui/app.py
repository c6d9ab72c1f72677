"""The application: theme, clipboard, journal, and the main screen. The work is done elsewhere."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from rich.console import RenderableType
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.filter import LineFilter
from textual.screen import Screen

from tui.keeping import Keeper
from tui.keymap import COMMANDS, key_label
from tui.safe_text import visible_line
from tui.screens.main import MainScreen
from tui.settings import Endpoint, Settings
from tui.storage.writer import Status
from tui.style_files import style_files
from tui.terminal.clipboard import Clipboard
from tui.terminal.keys import install_key_fixes
from tui.themes import DARK, THEMES
from tui.widgets.guard import Guard
from tui.workspace import Connect, Start, Workspace

if TYPE_CHECKING:
    from tui.recording.recorder import Recorder

Discover = Callable[[], Awaitable[list[Endpoint]]]
QUIT_WITHIN = 2.0  # seconds between two ctrl+c that quit


def connect(endpoint, timeouts, recorder=None):  # type: ignore[no-untyped-def] # typed by Connect; the import must wait
    """The default way to a client: runs in a thread, because it imports `openai`."""
    from tui.providers.client import async_client
    from tui.warm_up import warm_up

    try:
        return async_client(endpoint, timeouts, recorder)
    finally:
        warm_up()


async def discover() -> list[Endpoint]:
    """The default way to the servers on this machine."""
    from tui.providers.discovery import discover as ask_loopback

    return await ask_loopback()


class StreamTUI(App[None]):
    """Streams in tabs. `prompts` and `starts` are asked at once, each in a tab of its own."""

    TITLE = "streamtui"
    CSS_PATH: ClassVar = style_files()
    HORIZONTAL_BREAKPOINTS: list[tuple[int, str]] | None = [(0, "-narrow"), (76, "-wide")]  # noqa: RUF012 - typed so by Textual
    VERTICAL_BREAKPOINTS: list[tuple[int, str]] | None = [(0, "-low"), (12, "-short"), (20, "-high")]  # noqa: RUF012 - likewise
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
        starts: Sequence[Start] = (),
        client_factory: Connect | None = None,
        clock: Callable[[], float] = time.monotonic,
        discover: Discover = discover,
    ) -> None:
        install_key_fixes()
        super().__init__()
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = DARK.name
        self.settings = settings
        self.starts = [*map(Start, prompts), *starts]
        self.recorder = self._make_recorder(settings)
        self.workspace = Workspace(settings, client_factory or partial(connect, recorder=self.recorder), clock=clock)
        self.routes = Clipboard(self._write_terminal)
        self._loop: asyncio.AbstractEventLoop | None = None
        self.keeper = Keeper(settings.data_dir, save=settings.save, on_status=self._on_status)
        self.workspace.began = self.keeper.begins
        self._discover = discover
        self.allowed_in_clear: set[str] = set()  # endpoints whose key may cross the network in clear, this time
        self._last_interrupt = float("-inf")
        self._guard = Guard()

    def get_default_screen(self) -> MainScreen:
        """The main screen."""
        return MainScreen(self.workspace, self.starts)

    def on_mount(self) -> None:
        """Take the theme, and end well when the terminal or the system says so."""
        if self.settings.theme:
            self.theme = self.settings.theme
        loop = self._loop = asyncio.get_running_loop()
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

    def exit(self, result: None = None, return_code: int = 0, message: RenderableType | None = None) -> None:
        """End, and lose nothing that was typed."""
        if self.screen_stack:
            self.main_screen.save_draft()
        super().exit(result, return_code, message)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """What each line passes before it is drawn."""
        return [*super().get_line_filters(), self._guard]

    def copy_to_clipboard(self, text: str) -> None:
        """Every copy that Textual itself makes takes our routes."""
        self._clipboard = text
        self.main_screen.copy("selection", text)

    def _fatal_error(self) -> None:
        """End after an error of our own: say where it was, but no values, which may be keys or somebody's text."""
        from rich.segment import Segments
        from rich.traceback import Traceback

        self.bell()
        report = Traceback(show_locals=False, width=None)
        self._exit_renderables.append(Segments(self.console.render(report, self.console.options)))
        self._close_messages_no_wait()

    @property
    def main_screen(self) -> MainScreen:
        """The screen at the bottom."""
        screen = self.screen_stack[0]
        assert isinstance(screen, MainScreen), "the main screen is always at the bottom"  # noqa: S101 - an invariant
        return screen

    def _write_terminal(self, data: str) -> None:
        if self._driver is not None:
            self._driver.write(data)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Every action of the main screen, by name."""
        main = self.main_screen
        for command in COMMANDS:
            keys = f" ({key_label(command.keys)})" if command.keys else ""
            yield SystemCommand(
                command.title, command.help + keys, lambda c=command: main.call_later(main.run_action, c.action)
            )
        for number, tab in enumerate(self.workspace.tabs, 1):
            title = visible_line(tab.title).replace("[", r"\[")  # the palette takes markup
            yield SystemCommand(f"Go to tab {number}", title, lambda t=tab: main.call_later(main.show_tab, t))
        yield SystemCommand("Quit", "Stop all streams and leave", self.exit)

    # -- what is kept

    def _on_status(self, status: Status) -> None:
        """In the journal's thread: pass it on."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self.main_screen.show_saving, status)

    def _make_recorder(self, settings: Settings) -> Recorder | None:
        if settings.record is None:
            return None
        from tui.recording.recorder import Recorder

        return Recorder(settings.record, on_trouble=self._on_trouble)

    def _on_trouble(self, reason: str) -> None:
        """In the recorder's thread: pass it on."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._show_not_recording, reason)

    def _show_not_recording(self, reason: str) -> None:
        self.workspace.recording = False
        self.main_screen.show_state()
        self.notify(f"Not recording: {visible_line(reason)}. Streams go on.", severity="warning", markup=False)

    async def find_servers(self) -> list[Endpoint]:
        """The model servers on this machine."""
        return await self._discover()

    async def on_unmount(self) -> None:
        """Stop the streams, then write down what is not on disk yet."""
        running = list(self.workers)
        self.workers.cancel_all()
        await asyncio.gather(*(worker.wait() for worker in running), return_exceptions=True)
        await asyncio.to_thread(self.keeper.close)
        if self.recorder is not None:
            await asyncio.to_thread(self.recorder.close)
