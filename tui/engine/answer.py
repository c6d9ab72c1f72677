"""One answer: the fold of the events of one stream. Its transition table is data.

    waiting ──content──▶ streaming ──Finished──▶ complete · truncated · filtered · refused
       │                     ├──────Failed─────▶ interrupted
       │                     └──────Cancelled──▶ cancelled
       ├──Finished──▶ complete · truncated · filtered
       ├──Failed────▶ failed
       └──Cancelled─▶ cancelled

Content is any non-empty text, reasoning, refusal or tool-call delta. Every state but `waiting` and `streaming` is final.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from tui.engine import events
from tui.engine.choice import Choice, Part, PartKind, ToolCall
from tui.engine.failure import Failure
from tui.engine.meter import Meter, estimate_tokens
from tui.engine.tool_run import IllegalRunError, RunEvent, ToolRun

__all__ = ["FINAL_STATES", "TRANSITIONS", "Answer", "Choice", "IllegalTransitionError", "Part", "PartKind", "State", "ToolCall"]

State = Literal["waiting", "streaming", "complete", "truncated", "filtered", "refused", "interrupted", "failed", "cancelled"]

_BEFORE = {events.Opened, events.Retrying}
_ANY_TIME = {
    events.StallNotice,
    events.Reattaching,
    events.Reattached,
    events.Identified,
    events.UsageReported,
    events.ReasonGiven,
    events.Footnote,
}
_CONTENT = {events.TextDelta, events.ReasoningDelta, events.RefusalDelta, events.ToolCallDelta}

#: state → event → the next state; "finish" means: by reason and content, see `_outcome`. What is not here is illegal.
TRANSITIONS: dict[State, dict[type, State | Literal["finish"]]] = {
    "waiting": {
        **dict.fromkeys(_BEFORE | _ANY_TIME, "waiting"),
        **dict.fromkeys(_CONTENT, "streaming"),
        events.Finished: "finish",
        events.Failed: "failed",
        events.Cancelled: "cancelled",
    },
    "streaming": {
        **dict.fromkeys(_ANY_TIME | _CONTENT, "streaming"),
        events.Finished: "finish",
        events.Failed: "interrupted",
        events.Cancelled: "cancelled",
    },
}
FINAL_STATES: frozenset[State] = frozenset(
    ("complete", "truncated", "filtered", "refused", "interrupted", "failed", "cancelled")
)
_FINISHED: frozenset[State] = frozenset(("complete", "truncated", "filtered", "refused"))
_BY_REASON: dict[str, State] = {
    **dict.fromkeys(
        ("length", "max_tokens", "max_output_tokens", "model_length", "model_context_window_exceeded"), "truncated"
    ),
    **dict.fromkeys(
        ("content_filter", "safety", "sensitive", "prohibited_content", "blocklist", "recitation", "spii"), "filtered"
    ),
}


class IllegalTransitionError(RuntimeError):
    """An event came that cannot follow; the answer is as it was."""


class Answer:
    """One stream's answer, growing. Read it at any time; change it by `apply` alone.

    `requested_model` is what was asked for; `model` what the server reported. `revision` grows with every event.
    """

    def __init__(self, requested_model: str, *, id: str = "") -> None:  # noqa: A002 - the journal's name for it
        self.id = id
        self.requested_model = requested_model
        self.state: State = "waiting"
        self.choices: dict[int, Choice] = {}
        self._picked: int | None = None  # the choice that the person wants, if not the first
        self.model: str | None = None
        self.response_id: str | None = None
        self.request_id: str | None = None
        self.status: int | None = None
        self.usage: Mapping[str, Any] | None = None
        self.failure: Failure | None = None
        self.footnotes: list[str] = []
        self.retrying: events.Retrying | None = None
        self.retry_at: float | None = None  # when the next attempt follows, on the caller's clock
        self.reattaching: events.Reattaching | None = None
        self.reattached = 0  # times that the stream went on in another connection
        self.stall: events.StallNotice | None = None
        self.meter = Meter()
        self.revision = 0

    def apply(self, event: events.Event, now: float) -> None:
        """Fold one event in, at `now` (monotonic seconds). If it can't follow: IllegalTransitionError, nothing changed."""
        kind = type(event)
        target = TRANSITIONS.get(self.state, {}).get(kind)
        if target is None:
            raise IllegalTransitionError(f"{kind.__name__} in state {self.state}")
        if kind in _CONTENT:
            if not self._add(event, now):  # type: ignore[arg-type] # _CONTENT is the Content union
                return
        elif kind is not events.Finished:
            self._note(event, now)
        if target == "finish":
            target = self._outcome()
        self.state = target
        self.revision += 1
        if target in FINAL_STATES:
            for choice in self.choices.values():
                choice.settle(now)
            self.retrying = self.reattaching = self.stall = None
            self.meter.end(now)

    def pick(self, choice: int) -> None:
        """Show another choice of the server's: its text, reason and state are the answer's from now on. KeyError without it."""
        self._picked = self.choices[choice].index
        if self.state in _FINISHED:
            self.state = self._outcome()
        self.revision += 1

    def expect_run(self, call: ToolCall) -> None:
        """Somebody means to run this call: it waits from now on. IllegalTransitionError before the stream's end."""
        if not self.final:
            raise IllegalTransitionError(f"a tool run in state {self.state}")
        call.run = ToolRun()
        self.revision += 1

    def apply_run(self, call: ToolCall, event: RunEvent, now: float) -> None:
        """Fold in what became of a call that was expected to run. IllegalRunError if it can't follow; nothing changed."""
        if call.run is None:
            raise IllegalRunError(f"{type(event).__name__} without a run")
        call.run.apply(event, now)
        self.revision += 1

    def note_run(self, note: events.ToolRunNoted, now: float) -> None:
        """Either of the two, by what the note says. IllegalRunError too for a call that is not there."""
        choice = self.choices.get(note.choice)
        call = None if choice is None else choice.calls.get(note.index)
        if call is None:
            raise IllegalRunError(f"no tool call {note.index}")
        if note.event is None:
            self.expect_run(call)
        else:
            self.apply_run(call, note.event, now)

    def _add(self, event: events.Content, now: float) -> bool:
        choice = self.choices.get(event.choice)
        if isinstance(event, events.ToolCallDelta):
            text = event.arguments
        else:
            text = event.text
            if not text:
                return False
        if choice is None:
            choice = self.choices[event.choice] = Choice(event.choice)
        match event:
            case events.TextDelta():
                choice.add_text(text, now)
            case events.ReasoningDelta(key=key):
                choice.append("reasoning", text, now, key=key)
            case events.RefusalDelta():
                choice.settle(now)
                choice.append("refusal", text, now)
            case events.ToolCallDelta():
                choice.settle(now)
                choice.call_delta(event, now)
        self.meter.content(text, now)
        self.stall = self.retrying = self.reattaching = None
        return True

    def _note(self, event: events.Event, now: float) -> None:
        match event:
            case events.Opened() | events.Retrying() | events.Reattaching() | events.Reattached():
                self._connect(event, now)
            case events.StallNotice():
                self.stall = event
            case events.Identified():
                self.model, self.response_id = event.model, event.response_id
            case events.UsageReported():
                self.usage = event.usage
            case events.ReasonGiven():
                choice = self.choices.setdefault(event.choice, Choice(event.choice))
                choice.reason = choice.reason or event.reason
            case events.Footnote():
                self.footnotes.append(event.text)
            case events.Failed():
                self.failure = event.failure

    def _connect(self, event: events.Connecting, now: float) -> None:
        match event:
            case events.Opened():
                self.status, self.request_id, self.retrying = event.status, event.request_id, None
            case events.Retrying():
                self.retrying, self.retry_at = event, now + event.delay
            case events.Reattaching():
                self.reattaching, self.retry_at = event, now + event.delay
            case events.Reattached():
                self.reattaching, self.reattached = None, self.reattached + 1

    def _outcome(self) -> State:
        reason = (self.finish_reason or "").lower().replace("-", "_")
        if reason in _BY_REASON:
            return _BY_REASON[reason]
        kinds = {part.kind for part in self.first.parts}
        return "refused" if kinds == {"refusal"} else "complete"

    @property
    def final(self) -> bool:
        """Whether the stream has ended."""
        return self.state in FINAL_STATES

    @property
    def first(self) -> Choice:
        """The choice that is shown: the one that was picked, else the one with the lowest index."""
        if self._picked is not None:
            return self.choices[self._picked]
        return self.choices[min(self.choices)] if self.choices else Choice(0)

    @property
    def text(self) -> str:
        """The answer's text as it arrived, without thinking that came inside of it, between tags."""
        return self.first.joined("text")

    @property
    def reasoning(self) -> str:
        """What the model thought, apart from the answer."""
        return self.first.joined("reasoning")

    @property
    def reasoning_tokens(self) -> tuple[int, bool]:
        """(tokens of the reasoning, exact): from `usage` once it came, else an estimate."""
        exact = self.usage_count("completion_tokens_details", "reasoning_tokens")
        return (round(estimate_tokens(self.reasoning)), False) if exact is None else (exact, True)

    def reasoning_seconds(self, now: float) -> float:
        """Seconds that it thought, so far or in all: until the next thing that it said."""
        return self.first.seconds("reasoning", now if self.meter.ended is None else self.meter.ended)

    @property
    def refusal(self) -> str:
        """The refusal's text."""
        return self.first.joined("refusal")

    @property
    def tool_calls(self) -> list[ToolCall]:
        """The tool calls in the order in which they began."""
        return [part.call for part in self.first.parts if part.call is not None]

    @property
    def runs_open(self) -> bool:
        """Whether a call of this answer waits for the person, or runs."""
        return any(call.run is not None and not call.run.final for call in self.tool_calls)

    @property
    def runs_stopped(self) -> bool:
        """Whether a call was stopped before its tool ended: then the stream is complete, but the reply is not."""
        return any(call.run is not None and call.run.state == "cancelled" for call in self.tool_calls)

    @property
    def finish_reason(self) -> str | None:
        """The raw reason of the shown choice."""
        return self.first.reason

    def usage_count(self, *path: str) -> int | None:
        """A count out of `usage`, such as `"completion_tokens_details", "reasoning_tokens"`; None if absent or odd."""
        value: Any = self.usage
        for name in path:
            value = value.get(name) if isinstance(value, Mapping) else None
        return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None

    @property
    def completion_tokens(self) -> tuple[int, bool]:
        """(tokens, exact): from `usage` once it came, else the estimate."""
        exact = self.usage_count("completion_tokens")
        return (round(self.meter.tokens), False) if exact is None else (exact, True)
