"""The decorator `tool`: it marks a function, and changes nothing about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, overload

_ATTRIBUTE = "__streamtui_tool__"
F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Marks:
    """What a function says of itself as a tool. `timeout` is in seconds; None is the setting's, 0 is none."""

    name: str | None = None
    read_only: bool = False
    timeout: float | None = None


@overload
def tool(function: F) -> F: ...
@overload
def tool(*, name: str | None = None, read_only: bool = False, timeout: float | None = None) -> Callable[[F], F]: ...
def tool(function: F | None = None, **marks: Any) -> F | Callable[[F], F]:
    """Make a function a tool. `read_only`: it changes nothing anywhere; `timeout`: seconds that it may take.

    In a file where any function is marked, the others are no tools.
    """

    def mark(target: F) -> F:
        setattr(target, _ATTRIBUTE, Marks(**marks))
        return target

    return mark if function is None else mark(function)


def marks_of(function: Any) -> Marks | None:
    """The marks of a function, None without any."""
    found = getattr(function, _ATTRIBUTE, None)
    return found if isinstance(found, Marks) else None
