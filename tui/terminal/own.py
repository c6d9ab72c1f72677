"""The terminal for the app alone: what tools, and the programs that they start, write to standard output goes nowhere.

Python's own streams are captured where tools print (`tui.tools.capture`). This is for all that goes past them, straight to the
file descriptors 1 and 2: other programs, C code, a log that was set up before.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager


@contextmanager
def own_terminal() -> Iterator[None]:
    """Inside, `sys.stdout` and `sys.stderr` are the terminal, and nothing else is; there is nothing to read but for the app.

    Does nothing where the program was not started on a POSIX terminal.
    """
    if os.name != "posix" or sys.__stdout__ is None or sys.__stderr__ is None:
        yield
        return
    before = {name: getattr(sys, name) for name in ("stdin", "stdout", "stderr", "__stdout__", "__stderr__")}
    with ExitStack() as stack:
        nothing = stack.enter_context(open(os.devnull, "r+", encoding="utf-8"))  # noqa: PTH123 - a name of the platform's
        outputs = {number: _aside(number, stack) for number in (1, 2)}
        try:
            for number, stream in outputs.items():
                os.dup2(nothing.fileno(), number)
                name = {1: "stdout", 2: "stderr"}[number]
                setattr(sys, name, stream)
                setattr(sys, f"__{name}__", stream)
            sys.stdin = nothing  # the driver reads `sys.__stdin__`; a tool that asks for input must not take its keys
            yield
        finally:
            for number, stream in outputs.items():
                stream.flush()
                os.dup2(stream.fileno(), number)
            for name, value in before.items():
                setattr(sys, name, value)


def _aside(number: int, stack: ExitStack) -> io.TextIOWrapper:
    """A stream to where a file descriptor leads now."""
    getattr(sys, {1: "stdout", 2: "stderr"}[number]).flush()
    copy = os.dup(number)
    return stack.enter_context(open(copy, "w", encoding="utf-8", errors="replace", newline="\n"))  # noqa: PTH123 - a descriptor
