"""Leave to run a tool, asked for on the terminal: never on standard input, which may be part of the prompt."""

from __future__ import annotations

import asyncio
import json
import os
import threading
from collections.abc import Callable
from contextlib import suppress

from tui.engine.tool_run import Decision
from tui.printing import say
from tui.safe_text import visible, visible_line
from tui.tools.results import clipped
from tui.tools.rounds import Wanted

_SHOWN = 2_000  # characters of the arguments
_QUESTION = "Run it? y yes, a always in this conversation, n no, or say why not: "
_NOBODY = "nobody could be asked, because there is no terminal."


def open_terminal() -> int:
    """A file descriptor of the terminal that the program was started from. Raises OSError if there is none."""
    return os.open("/dev/tty", os.O_RDWR | getattr(os, "O_NOCTTY", 0))


class TerminalLeave:
    """Asks about one call after the other; where there is no terminal, all are declined."""

    def __init__(self, open_: Callable[[], int] = open_terminal) -> None:
        self._open = open_

    async def __call__(self, wanted: Wanted) -> Decision:
        """What the person decides about a call."""
        name = wanted.tool.name
        try:
            terminal = self._open()
        except OSError:
            say(f"the tool {visible_line(name)} was not run: there is no terminal to ask on; --yes {name} allows it")
            return Decision(run=False, reason=_NOBODY)
        _forget_typed(terminal)
        _tell(terminal, _asked(wanted))
        return decided(await _line(terminal))


def decided(line: str) -> Decision:
    """What a line says; nothing at all is no."""
    answer = line.strip()
    match answer.lower():
        case "y" | "yes":
            return Decision(run=True)
        case "a" | "always":
            return Decision(run=True, always=True)
        case "" | "n" | "no":
            return Decision(run=False)
    return Decision(run=False, reason=answer)


def _asked(wanted: Wanted) -> str:
    summary = f": {wanted.tool.summary}" if wanted.tool.summary else ""
    lines = [f"The model wants to run {wanted.tool.name}{summary}"]
    lines += [f"  {name} = {_value(value)}" for name, value in wanted.arguments.items()]
    return "\n" + "\n".join(visible_line(clipped(line, _SHOWN)) for line in lines) + "\n" + visible(_QUESTION)


def _value(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _forget_typed(terminal: int) -> None:
    """What was typed before the question is no answer to it."""
    with suppress(ImportError, OSError):
        import termios

        with suppress(termios.error):
            termios.tcflush(terminal, termios.TCIFLUSH)


def _tell(terminal: int, text: str) -> None:
    with suppress(OSError):
        os.write(terminal, text.encode("utf-8", "replace"))


async def _line(terminal: int) -> str:
    """One line, "" at the end of input. Read in a thread, which nobody waits for when the question is dropped."""
    loop = asyncio.get_running_loop()
    read: asyncio.Future[str] = loop.create_future()

    def deliver(text: str) -> None:
        if not read.done():
            read.set_result(text)

    def work() -> None:
        text = b""
        with suppress(OSError):
            while not text.endswith(b"\n") and (piece := os.read(terminal, 4096)):
                text += piece
        with suppress(OSError):
            os.close(terminal)
        with suppress(RuntimeError):  # the loop was closed meanwhile
            loop.call_soon_threadsafe(deliver, text.decode("utf-8", "replace"))

    threading.Thread(target=work, name="answer from the terminal", daemon=True).start()
    return await read
