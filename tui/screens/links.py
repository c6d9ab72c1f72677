"""Opening links: only http, https and mailto, and after showing where they go."""

from __future__ import annotations

import asyncio
from pathlib import PurePath
from typing import ClassVar
from urllib.parse import urlsplit

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from tui.markdown.line_view import LineView
from tui.safe_text import visible_line
from tui.screens.copying import Copying

SCHEMES = frozenset(("http", "https", "mailto"))
_LONGEST = 400  # characters of an address that are shown
_IN_TERMINAL = frozenset(("www-browser", "links", "elinks", "lynx", "w3m"))


def is_safe(href: str) -> bool:
    """Whether a link may be opened at all."""
    try:
        return urlsplit(href).scheme.lower() in SCHEMES
    except ValueError:
        return False


def has_browser() -> bool:
    """Whether a browser can be started here; not one that would draw over this program. May run a program to find out."""
    import webbrowser

    try:
        name: str = getattr(webbrowser.get(), "name", "")  # what a platform registers need not have one
    except webbrowser.Error:
        return False
    return PurePath(name).name not in _IN_TERMINAL


class LinkScreen(ModalScreen[str | None]):
    """Shows where a link goes. Gives "open", "copy", or None."""

    BINDINGS: ClassVar = [
        ("escape,n", "answer('')", "leave"),
        ("y", "answer('open')", "open"),
        ("c", "answer('copy')", "copy"),
        ("right,down", "app.focus_next", "next"),
        ("left,up", "app.focus_previous", "previous"),
    ]

    def __init__(self, href: str) -> None:
        super().__init__()
        self.href = href

    def compose(self) -> ComposeResult:
        """The address over what can be done with it."""
        with Vertical(classes="dialog"):
            yield Static(f"Open this link?\n{visible_line(self.href)[:_LONGEST]}", markup=False, classes="dialog--text")
            with Horizontal(classes="dialog--buttons"):
                yield Button("Open", id="open", variant="primary")
                yield Button("Copy", id="copy")
                yield Button("Leave", id="leave")

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Take the answer."""
        self.action_answer(event.button.id or "")

    def action_answer(self, answer: str) -> None:
        """Take the answer by key."""
        self.dismiss(answer if answer in ("open", "copy") else None)


class Following(Copying):
    """The main screen's links."""

    @on(LineView.LinkActivated)
    def _link(self, event: LineView.LinkActivated) -> None:
        href = event.href
        if not is_safe(href):
            self.notify(f"Not opened: {visible_line(href)[:200]}", severity="warning", markup=False)
            return

        def decide(answer: str | None) -> None:
            if answer == "open":
                self.run_worker(self._open(href), group="link")
            elif answer == "copy":
                self.copy("link", href)

        self.app.push_screen(LinkScreen(href), decide)

    async def _open(self, href: str) -> None:
        # in a thread: some browsers are waited for
        if await asyncio.to_thread(has_browser):
            await asyncio.to_thread(self.app.open_url, href)
        else:
            self.notify("No browser was found on this machine.", timeout=4)
            self.copy("link", href)
