"""How a tool says how far it is, and learns that nobody waits for it any more."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from typing import Protocol

#: Whom the tool that runs here tells of its progress.
listener: ContextVar[Callable[[str], None] | None] = ContextVar("listener", default=None)


class StoppedError(BaseException):
    """The call was stopped, or its time is over: the tool may end. Not an Exception, so that tools don't catch it by habit."""


class Progress(Protocol):
    """The type of a parameter that is the function `progress`."""

    def __call__(self, text: str) -> None: ...


def progress(text: str) -> None:
    """Show one line beside the call while it runs. Raises StoppedError where the call was stopped meanwhile."""
    hear = listener.get()
    if hear is not None:
        hear(str(text))
