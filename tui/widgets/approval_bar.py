"""The bar that asks for leave to run a tool: what would run with which arguments, and the ways to decide.

It never takes the focus, and nothing that is typed into the prompt decides: only its own keys and the mouse do.
"""

from __future__ import annotations

import json
from typing import ClassVar

from rich.cells import cell_len

from tui.safe_text import visible_line
from tui.widgets.notice import Notice
from tui.workspace import Ask

_LINES = 4  # of the arguments; the rest is shown whole on request
_CHARACTERS = 280
_REST = 40  # cells that are kept free to say how much more there is
_EDGE = 4  # cells beside the text: border, padding
_NARROWEST = 20  # cells that are reckoned with
READING_TIME = 0.4  # seconds


def arguments_text(ask: Ask) -> str:
    """The arguments as JSON for people."""
    return json.dumps(ask.arguments, indent=2, ensure_ascii=False, default=str)


def brief(text: str, width: int) -> str:
    """The beginning of a text, as much as has room in `width` cells, and how much more of it there is."""
    head = text[:_CHARACTERS].split("\n")[:_LINES]
    while len(head) > 1 and sum(_rows(line, width) for line in head) > _LINES:
        head.pop()
    shown = "\n".join([*head[:-1], head[-1][: _LINES * width - _REST] if _rows(head[-1], width) > _LINES else head[-1]])
    left = len(text) - len(shown)
    return text if left <= 0 else f"{shown} … and {left:,} more characters"


def _rows(line: str, width: int) -> int:
    return max(-(-cell_len(line) // width), 1)


class ApprovalBar(Notice):
    """Shown between conversation and prompt while a tool call waits for the person; hidden otherwise."""

    ACTIONS: ClassVar = (
        ("run_tool", "Run once", "alt+r"),
        ("run_tool_always", "Always this tool", "alt+a"),
        ("decline_tool", "Decline", "alt+d"),
        ("show_whole", "Show all", "alt+v"),
    )

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[Ask | None, int, int] = (None, 0, 0)
        self.since = 0.0  # when what it asks about now came up, on the clock of `show`

    def may_decide(self, ask: Ask, now: float) -> bool:
        """Whether it has asked about this for long enough to be read: a key meant for what was there before decides nothing.

        Nor does one that is held down: what comes too early starts the time anew.
        """
        if self._shown[0] is ask and now - self.since >= READING_TIME:
            return True
        self.since = now
        return False

    def show(self, asks: list[Ask], now: float) -> None:
        """Ask about the first of these; hidden without any. Costs nothing while that does not change."""
        ask = asks[0] if asks else None
        shown = ask, len(asks), self.app.size.width
        if shown == self._shown:
            return
        if ask is not self._shown[0]:
            self.since = now
        self._shown = shown
        if ask is None:
            self.tell("", "")
            return
        more = f"   ({len(asks) - 1} more after this one)" if len(asks) > 1 else ""
        said = [visible_line(ask.description)] if ask.description else []
        lines = [f"  {name}: {json.dumps(value, ensure_ascii=False, default=str)}" for name, value in ask.arguments.items()]
        text = brief("\n".join(lines), max(self.app.size.width - _EDGE, _NARROWEST))
        self.tell(f"? The model asks to run {ask.call.name or '?'}{more}", "\n".join([*said, text] if text else said))
