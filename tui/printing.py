"""Standard output and standard error, as `ask`, `models` and the command line use them."""

from __future__ import annotations

import os
import re
import sys

from tui.safe_text import SafeStream, visible
from tui.usage import UsageError

_surrogate = re.compile("[\ud800-\udfff]").search


def exact(text: str) -> str:
    """`text` with its surrogate pairs joined; half a pair, which UTF-8 can't say, becomes U+FFFD."""
    if _surrogate(text) is None:
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


class ExactStream:
    """`exact`, for text that comes in pieces: a pair may be cut in two."""

    def __init__(self) -> None:
        self._half = ""

    def feed(self, text: str, final: bool = False) -> str:
        """What can be written now."""
        text = self._half + text
        self._half = ""
        if text and not final and "\ud800" <= text[-1] <= "\udbff":
            text, self._half = text[:-1], text[-1]
        return exact(text)


class Printer:
    """Writes text to standard output as it arrives: made safe for a terminal, exact for all else."""

    def __init__(self) -> None:
        self._to_person = on_terminal()
        self._stream: SafeStream | ExactStream = SafeStream() if self._to_person else ExactStream()
        self._last = ""

    def write(self, text: str, final: bool = False) -> None:
        """Write a piece. Raises what `write` raises."""
        if ready := self._stream.feed(text, final):
            write(ready)
            self._last = ready[-1]

    def end(self, rest: str) -> None:
        """Write what is left; on a terminal the last line is ended."""
        self.write(rest, final=True)
        if self._to_person and self._last not in ("", "\n"):
            write("\n")


def write(text: str) -> None:
    """Write to standard output at once. Raises BrokenPipeError if nobody reads it any more, UsageError if it takes nothing."""
    if sys.stdout is None:
        raise UsageError("standard output is closed")
    try:
        sys.stdout.buffer.write(exact(text).encode())  # UTF-8 whatever the locale, and no newlines of the platform's own
        sys.stdout.flush()
    except BrokenPipeError:
        _leave_output()
        raise
    except OSError as error:
        _leave_output()
        raise UsageError(f"standard output can't be written: {error.strerror or error}") from None


def _leave_output() -> None:
    """Let the interpreter end without complaining about a standard output that takes nothing more."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def on_terminal() -> bool:
    """Whether standard output is a terminal, which obeys what it is sent."""
    return sys.stdout is not None and sys.stdout.isatty()


def say(text: str) -> None:
    """One remark on standard error, made safe. That nobody can hear it stops nothing."""
    if sys.stderr is None:
        return
    try:
        sys.stderr.write(f"streamtui: {visible(text)}\n")
        sys.stderr.flush()
    except OSError:
        pass


def sentences(*parts: str) -> str:
    """The parts that are not empty, each ended by a full stop unless it ends itself."""
    return " ".join(part if part.endswith((".", "!", "?", "…")) else f"{part}." for part in parts if part)
