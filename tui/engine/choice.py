"""What one of a server's choices adds up to: runs of text, reasoning and refusal, and tool calls, in order."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from tui.engine import events
from tui.engine.text_log import TextLog
from tui.engine.think_tags import PieceKind, ThinkTags
from tui.engine.tool_run import ToolRun

PartKind = Literal["text", "reasoning", "refusal", "tool_call"]
THINK = "think"  # the `key` of reasoning that came in the text


@dataclass(slots=True)
class ToolCall:
    """One tool call as far as it arrived; `arguments` is raw JSON text. `run` is None until somebody means to run it."""

    index: int
    id: str | None = None
    name: str | None = None
    arguments: TextLog = field(default_factory=TextLog)
    run: ToolRun | None = None

    def as_openai(self) -> dict[str, Any]:
        """The call in the shape of OpenAI's `tool_calls` list."""
        function = {"name": self.name, "arguments": self.arguments.text}
        return {"id": self.id, "type": "function", "function": function}


@dataclass(slots=True)
class Part:
    """A run of one kind of content, in the order of the stream; a tool call is a part of its own.

    `began` and `last` are when its first and its last piece came, in monotonic seconds. `key` says where a server put its
    reasoning: a field of the delta, or "think" for the text itself; then `opening` and `closing` are the tags around it.
    """

    kind: PartKind
    log: TextLog = field(default_factory=TextLog)
    call: ToolCall | None = None
    began: float = 0.0
    last: float = 0.0
    key: str = ""
    opening: str = ""
    closing: str = ""

    @property
    def sent(self) -> str:
        """What the server sent for it, tags included."""
        return self.opening + self.log.since(0) + self.closing


@dataclass(slots=True)
class Choice:
    """What one of the server's choices adds up to."""

    index: int
    parts: list[Part] = field(default_factory=list)
    calls: dict[int, ToolCall] = field(default_factory=dict)
    reason: str | None = None
    turned: int = 0  # how often text turned out to have been reasoning: who shows it must show it anew
    tags: ThinkTags = field(init=False)

    def __post_init__(self) -> None:
        self.tags = ThinkTags(lambda: self.joined("text"))

    def joined(self, kind: PartKind) -> str:
        """All text of one kind, in order."""
        # one log over all parts, so that a surrogate pair cut by something between its halves still joins
        return TextLog("".join(part.log.since(0) for part in self.parts if part.kind == kind)).text

    def add_text(self, text: str, now: float) -> None:
        """Add text as the server sent it; what stands between tags at its beginning is reasoning."""
        for kind, piece in self.tags.feed(text):
            self._add_piece(kind, piece, now)

    def settle(self, now: float) -> None:
        """Nothing follows the text, or something else does: what was held back as a possible tag is what it seems."""
        for kind, piece in self.tags.end():
            self._add_piece(kind, piece, now)

    def append(self, kind: PartKind, text: str, now: float, *, key: str = "") -> Part:
        """Add text to the last part if it is of this kind and key, else to a new one."""
        if not self.parts or self.parts[-1].kind != kind or self.parts[-1].key != key:
            self.parts.append(Part(kind, began=now, key=key))
        part = self.parts[-1]
        part.log.append(text)
        part.last = now
        return part

    def call_delta(self, delta: events.ToolCallDelta, now: float) -> None:
        """Add a piece of a tool call."""
        call = self.calls.get(delta.index)
        if call is None:
            call = self.calls[delta.index] = ToolCall(delta.index)
            self.parts.append(Part("tool_call", call.arguments, call, began=now))
        call.id = delta.id or call.id
        call.name = delta.name or call.name
        if delta.arguments:
            call.arguments.append(delta.arguments)
        part = next(part for part in reversed(self.parts) if part.call is call)
        part.last = now

    def seconds(self, kind: PartKind, now: float) -> float:
        """How long its parts of one kind took, each until the next one began; the last one until `now`."""
        ends = [*(part.began for part in self.parts[1:]), now]
        return sum(end - part.began for part, end in zip(self.parts, ends, strict=False) if part.kind == kind)

    def _add_piece(self, kind: PieceKind, piece: str, now: float) -> None:
        match kind:
            case "text":
                self.append("text", piece, now)
            case "reasoning":
                self.append("reasoning", piece, now, key=THINK)
            case "open":
                self.append("reasoning", "", now, key=THINK).opening += piece
            case "close":
                self.parts[-1].closing += piece
            case "turn":
                self._turn(now)

    def _turn(self, now: float) -> None:
        self.turned += 1
        self.append("text", "", now)  # there may have been none
        for part in self.parts:
            if part.kind == "text":
                part.kind, part.key = "reasoning", THINK
