"""What became of a tool call after it arrived whole. Its transition table is data.

    waiting ──RunStarted──▶ running ──RunEnded──▶ done · failed · cancelled
       │                       └──RunProgress──▶ running
       └──RunEnded──▶ failed · declined · cancelled

`waiting` is the person's turn: the call is asked about, or waits for one before it. A call that was declined, whose arguments
are invalid or whose tool is unknown never runs. Every call that ended has a `content`: what goes back to the model.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

RunState = Literal["waiting", "running", "done", "failed", "declined", "cancelled"]
EndState = Literal["done", "failed", "declined", "cancelled"]


@dataclass(frozen=True, slots=True)
class RunStarted:
    """The tool began to run."""


@dataclass(frozen=True, slots=True)
class RunProgress:
    """What the tool says of itself while it runs: one line, the last one stands."""

    text: str


@dataclass(frozen=True, slots=True)
class RunEnded:
    """How it ended; `content` is what the model is told: the result, the error, the reason to decline."""

    state: EndState
    content: str


RunEvent = RunStarted | RunProgress | RunEnded


@dataclass(frozen=True, slots=True)
class Decision:
    """What the person decided about a call. `always`: this tool needs no leave any more in this conversation."""

    run: bool
    always: bool = False
    reason: str = ""  # why not; the model is told


#: state → event → the states that may follow; what is not here is illegal.
TRANSITIONS: dict[RunState, dict[type, frozenset[RunState]]] = {
    "waiting": {RunStarted: frozenset(("running",)), RunEnded: frozenset(("failed", "declined", "cancelled"))},
    "running": {RunProgress: frozenset(("running",)), RunEnded: frozenset(("done", "failed", "cancelled"))},
}


class IllegalRunError(RuntimeError):
    """An event came that cannot follow; the run is as it was."""


@dataclass(slots=True)
class ToolRun:
    """One call's run. Times are monotonic seconds on the caller's clock."""

    state: RunState = "waiting"
    content: str = ""
    progress: str = ""
    started: float | None = None
    ended: float | None = None

    def apply(self, event: RunEvent, now: float) -> None:
        """Fold one event in, at `now`. If it can't follow: IllegalRunError, nothing changed."""
        target: RunState = event.state if isinstance(event, RunEnded) else "running"
        if target not in TRANSITIONS.get(self.state, {}).get(type(event), frozenset()):
            raise IllegalRunError(f"{type(event).__name__} to {target} in state {self.state}")
        match event:
            case RunStarted():
                self.started = now
            case RunProgress(text):
                self.progress = text
            case RunEnded(content=content):
                self.content, self.ended = content, now
        self.state = target

    @property
    def final(self) -> bool:
        """Whether it has ended."""
        return self.state not in TRANSITIONS

    def elapsed(self, now: float) -> float:
        """Seconds that it ran, or has run by `now`; 0 if it never did."""
        return 0.0 if self.started is None else (now if self.ended is None else self.ended) - self.started
