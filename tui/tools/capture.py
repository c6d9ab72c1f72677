"""What tools print: it would spoil a screen, or an answer on standard output. Its lines are taken for progress."""

from __future__ import annotations

import sys
from typing import Any, TextIO, cast

from tui.tools.reporting import listener


class Redirect:
    """Standard output or error of the whole program: passes on all that no tool writes."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write, or where a tool does, tell its last line to whoever listens."""
        hear = listener.get()
        if hear is None:
            return self._stream.write(text)
        lines = text.split("\n")
        if said := next((line.strip() for line in reversed(lines) if line.strip()), ""):
            hear(said)
        return len(text)

    def flush(self) -> None:
        """Flush what is passed on."""
        self._stream.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def capture() -> None:
    """Take what tools print from here on. It stays so: a tool that was given up may print at any time."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is not None and not isinstance(stream, Redirect):
            setattr(sys, name, cast("TextIO", Redirect(stream)))
