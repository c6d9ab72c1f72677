"""What can happen in a stream: a closed union of frozen dataclasses.

`stream.py` makes them, `answer.py` folds them, the journal keeps them. Exactly one terminal event
(`Finished`, `Failed`, `Cancelled`) ends every stream; nothing follows it but, where tools were called, `ToolRunNoted`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tui.engine.failure import Failure
from tui.engine.tool_run import RunEvent


@dataclass(frozen=True, slots=True)
class Opened:
    """The headers of a 200 arrived: the server took the request, and nothing is retried from here on."""

    status: int
    request_id: str | None = None


@dataclass(frozen=True, slots=True)
class Retrying:
    """An attempt failed before the headers of a 200; attempt number `attempt` of `attempts` follows in `delay` seconds."""

    attempt: int
    attempts: int
    delay: float
    failure: Failure


@dataclass(frozen=True, slots=True)
class StallNotice:
    """Nothing that counts as content came for `silent` seconds; at `limit` seconds the stream is given up."""

    silent: float
    limit: float


@dataclass(frozen=True, slots=True)
class Reattaching:
    """The connection broke, and the server keeps the stream; attempt `attempt` of `attempts` follows in `delay` s."""

    attempt: int
    attempts: int
    delay: float
    failure: Failure


@dataclass(frozen=True, slots=True)
class Reattached:
    """The stream goes on where it broke: nothing is lost, nothing doubled."""


@dataclass(frozen=True, slots=True)
class Identified:
    """The model, as the server names it, and the id of its response. Sent once, with the first chunk that says either."""

    model: str | None
    response_id: str | None


@dataclass(frozen=True, slots=True)
class TextDelta:
    """A piece of the answer, exactly as sent; may hold half a surrogate pair. `choice` is the server's index."""

    text: str
    choice: int = 0


@dataclass(frozen=True, slots=True)
class ReasoningDelta:
    """A piece of what the model thinks before it answers; never part of the answer. `key` is the field that it came in."""

    text: str
    choice: int = 0
    key: str = "reasoning_content"


@dataclass(frozen=True, slots=True)
class RefusalDelta:
    """A piece of a refusal."""

    text: str
    choice: int = 0


@dataclass(frozen=True, slots=True)
class ToolCallDelta:
    """A piece of the tool call at `index`. `arguments` is raw JSON text to append; `id` and `name` stand when they arrive."""

    index: int
    id: str | None = None
    name: str | None = None
    arguments: str = ""
    choice: int = 0


@dataclass(frozen=True, slots=True)
class UsageReported:
    """The `usage` object as the server sent it; a later one replaces an earlier one."""

    usage: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ReasonGiven:
    """A `finish_reason`, raw. The first one of a choice stands."""

    reason: str
    choice: int = 0


@dataclass(frozen=True, slots=True)
class Footnote:
    """Something odd that changed nothing of the answer: a damaged event, a reset after the end, a refused option."""

    text: str


@dataclass(frozen=True, slots=True)
class Finished:
    """The stream said that it ended: by `[DONE]`, by a `finish_reason`, or as one whole JSON answer."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The stream broke, or never began. What arrived before stays."""

    failure: Failure


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The person stopped it. What arrived before stays."""


@dataclass(frozen=True, slots=True)
class ToolRunNoted:
    """What became of the tool call at `index` of an answer that ended; no `event`: it is going to be run, or asked about."""

    index: int
    event: RunEvent | None = None
    choice: int = 0


@dataclass(frozen=True, slots=True)
class ChoicePicked:
    """The person wants to see another of the choices that the server sent in one stream; it is the answer from now on."""

    choice: int


Content = TextDelta | ReasoningDelta | RefusalDelta | ToolCallDelta
Terminal = Finished | Failed | Cancelled
Connecting = Opened | Retrying | Reattaching | Reattached
Event = Connecting | StallNotice | Identified | Content | UsageReported | ReasonGiven | Footnote | Terminal
Kept = Event | ToolRunNoted | ChoicePicked  # what a journal is told of an answer
