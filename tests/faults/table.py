"""A row of the fault table: what the server does, and what must come of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.faults.server import Script
from tui.engine.answer import Answer, State
from tui.engine.failure import Kind
from tui.engine.request import Timeouts

CALM = Timeouts(connect=10, first_token=30, stall=30)  # no limit is reached
HASTY = Timeouts(connect=10, first_token=0.05, stall=0)
STALLING = Timeouts(connect=10, first_token=30, stall=0.05)


@dataclass(frozen=True)
class Row:
    """One way to misbehave, and the answer that it must make. `says` is somewhere in the failure's words."""

    name: str
    attempts: Sequence[Script]
    state: State = "complete"
    text: str = ""
    kind: Kind | None = None
    reason: str | None = None
    reasoning: str = ""
    refusal: str = ""
    status: int | None = 200
    says: str = ""
    noted: str | None = ""  # in the footnotes; "" is any, None is that there are none
    tries: int = 1
    retries: int = 2
    timeouts: Timeouts = CALM
    params: Mapping[str, Any] = field(default_factory=dict)
    check: Callable[[Answer], bool] = lambda _: True


def row(name: str, *attempts: Script, **expected: Any) -> Row:
    """A row with the scripts of its attempts."""
    return Row(name, attempts, **expected)


def cut(name: str, script: Script, text: str = "", **expected: Any) -> Row:
    """A row that breaks: interrupted if text came, else failed."""
    expected.setdefault("kind", "closed")
    return Row(name, (script,), state="interrupted" if text else "failed", text=text, **expected)
