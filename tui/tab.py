"""One open tab, as plain Python: its conversation, its tools, and what it waits for."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import uuid4

from tui.endpoint import Endpoint
from tui.engine.answer import Answer, State, ToolCall
from tui.engine.conversation import Conversation
from tui.engine.tool_run import Decision
from tui.tools.box import ToolBox

TabState = Literal["ready", "asking", "running"] | State

SIGNS: dict[TabState, str] = {
    "ready": "·",
    "waiting": "◌",
    "streaming": "◐",
    "asking": "?",
    "running": "⚙",
    "complete": "✓",
    "truncated": "✂",
    "filtered": "⊘",
    "refused": "⊘",
    "interrupted": "✗",
    "failed": "✗",
    "cancelled": "■",
}
BROKEN: frozenset[TabState] = frozenset(("truncated", "filtered", "refused", "interrupted", "failed"))


@dataclass(eq=False, slots=True)
class Ask:
    """A tool call that wants the person's leave to run; who asks awaits `decision`, the screen sets its result."""

    call: ToolCall
    arguments: Mapping[str, Any]  # validated
    description: str  # what the tool says of itself, one line; not made safe to show
    decision: asyncio.Future[Decision]


@dataclass(eq=False, slots=True)
class Tab:
    """One conversation that is open, with its endpoint and its own stream."""

    conversation: Conversation
    endpoint: Endpoint
    model: str | None = None
    id: str = field(default_factory=lambda: uuid4().hex)
    draft: str = ""
    unread: bool = False
    tools: ToolBox = field(default_factory=ToolBox)  # what the model may call
    asks: list[Ask] = field(default_factory=list)  # tool calls that wait for the person, the first one is asked about

    @property
    def answer(self) -> Answer | None:
        """The answer that is shown last, or None in an empty conversation."""
        turns = self.conversation.turns
        return turns[-1].answer if turns else None

    @property
    def state(self) -> TabState:
        """The state of its last answer, `ready` without one; `asking` and `running` are about the tools that it called."""
        answer = self.answer
        if answer is None:
            return "ready"
        if answer.runs_open:
            return "asking" if self.asks else "running"
        return "cancelled" if answer.state == "complete" and answer.runs_stopped else answer.state

    @property
    def busy(self) -> bool:
        """Whether its stream runs, or a tool that the model called."""
        return self.state in ("waiting", "streaming", "asking", "running")

    @property
    def title(self) -> str:
        """What its label says."""
        return self.conversation.title or "new"
