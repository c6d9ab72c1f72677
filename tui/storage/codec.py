"""Events as rows and back, exactly: text keeps its lone surrogates, JSON its unusual numbers."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from tui.engine import events
from tui.engine.failure import Failure
from tui.engine.tool_run import RunEnded, RunEvent, RunProgress, RunStarted

_PLAIN: dict[str, type[events.TextDelta | events.ReasoningDelta | events.RefusalDelta]] = {
    "text": events.TextDelta,
    "reasoning": events.ReasoningDelta,
    "refusal": events.RefusalDelta,
}
_RUNS: dict[str, Callable[..., RunEvent | None]] = {
    "expected": lambda: None,
    "started": RunStarted,
    "progress": RunProgress,
    "ended": RunEnded,
}
_RUN_NAMES: dict[type, str] = {type(None): "expected", RunStarted: "started", RunProgress: "progress", RunEnded: "ended"}
_OTHER: dict[str, Callable[..., events.Kept]] = {
    "opened": events.Opened,
    "retrying": lambda failure, **rest: events.Retrying(failure=Failure(**failure), **rest),
    "reattaching": lambda failure, **rest: events.Reattaching(failure=Failure(**failure), **rest),
    "reattached": events.Reattached,
    "stall": events.StallNotice,
    "identified": events.Identified,
    "tool": events.ToolCallDelta,
    "usage": events.UsageReported,
    "reason": events.ReasonGiven,
    "footnote": events.Footnote,
    "finished": events.Finished,
    "failed": lambda failure: events.Failed(Failure(**failure)),
    "cancelled": events.Cancelled,
    "run": lambda index, became, fields, choice: events.ToolRunNoted(index, _RUNS[became](**fields), choice),
    "picked": events.ChoicePicked,
}
_NAMES: dict[type, str] = {kind: name for name, kind in _PLAIN.items()} | {
    events.Opened: "opened",
    events.Retrying: "retrying",
    events.Reattaching: "reattaching",
    events.Reattached: "reattached",
    events.StallNotice: "stall",
    events.Identified: "identified",
    events.ToolCallDelta: "tool",
    events.UsageReported: "usage",
    events.ReasonGiven: "reason",
    events.Footnote: "footnote",
    events.Finished: "finished",
    events.Failed: "failed",
    events.Cancelled: "cancelled",
    events.ToolRunNoted: "run",
    events.ChoicePicked: "picked",
}
_USUAL_KEY = "reasoning_content"
TERMINAL = frozenset(("finished", "failed", "cancelled"))


@dataclass(frozen=True, slots=True)
class Row:
    """One event, or a run of deltas in one. `at` and `until` are when its first and its last came, in monotonic seconds."""

    kind: str
    choice: str | None  # a server may count beyond SQLite's integers
    at: float
    until: float
    body: bytes


def pack(text: str) -> bytes:
    """Text as it is stored: UTF-8, lone surrogates let through."""
    return text.encode("utf-8", "surrogatepass")


def unpack(stored: bytes) -> str:
    """What `pack` packed."""
    return stored.decode("utf-8", "surrogatepass")


def pack_json(value: Any) -> bytes:
    """JSON in ASCII, so that lone surrogates are escapes. What JSON can't say becomes null."""
    try:
        return json.dumps(value, default=_plain).encode("ascii")
    except (TypeError, ValueError, RecursionError):
        return b"null"


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} is not JSON")


def encode(event: events.Kept, at: float, until: float) -> Row:
    """`event` as a row."""
    name = _NAMES[type(event)]
    if isinstance(event, (events.TextDelta, events.ReasoningDelta, events.RefusalDelta)):
        key = getattr(event, "key", _USUAL_KEY)
        return Row(name if key == _USUAL_KEY else f"{name} {key}", str(event.choice), at, until, pack(event.text))
    return Row(name, None, at, until, pack_json(_fields(event)))


def _fields(event: events.Kept) -> dict[str, Any]:
    match event:
        case events.UsageReported(usage):
            return {"usage": usage}
        case events.ToolRunNoted(index, became, choice):
            fields = {} if became is None else asdict(became)
            return {"index": index, "became": _RUN_NAMES[type(became)], "fields": fields, "choice": choice}
    return asdict(event)


def decode(row: Row) -> events.Kept | None:
    """The event of a row; None where it can't be read, as when a newer version wrote it."""
    try:
        kind, _, key = row.kind.partition(" ")
        if key:
            return events.ReasoningDelta(unpack(row.body), int(row.choice or 0), key)
        if kind in _PLAIN:
            return _PLAIN[kind](unpack(row.body), int(row.choice or 0))
        return _OTHER[row.kind](**json.loads(row.body))
    except (KeyError, TypeError, ValueError, RecursionError):
        return None
