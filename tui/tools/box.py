"""The tools of one conversation, and which of them may run without asking."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tui.tools.definition import Tool

TIMEOUT = 30.0  # seconds that a tool may take if it says nothing of its own


@dataclass(slots=True, eq=False)
class ToolBox:
    """Tools by name. `sources` are the files and modules that they came from, as they were named.

    `allowed`: tools that the person allowed beforehand, if they are read-only. `always`: those that need no leave (any more) in
    this conversation. `off`: those that the model is not told of now. `seconds` is how long a tool may take that does not say
    so itself; 0 is without limit.
    """

    tools: Mapping[str, Tool] = field(default_factory=dict)
    sources: tuple[str, ...] = ()
    allowed: frozenset[str] = frozenset()
    always: set[str] = field(default_factory=set)
    off: set[str] = field(default_factory=set)
    seconds: float = TIMEOUT

    @classmethod
    def of(cls, tools: Iterable[Tool], sources: Iterable[str] = (), **more: Any) -> ToolBox:
        """A box with these tools."""
        return cls({tool.name: tool for tool in tools}, tuple(sources), **more)

    def __bool__(self) -> bool:
        return bool(self.on)

    @property
    def on(self) -> dict[str, Tool]:
        """The tools that the model may call now, by name."""
        return {name: tool for name, tool in self.tools.items() if name not in self.off}

    def needs_leave(self, tool: Tool) -> bool:
        """Whether the person is asked before this tool runs."""
        return tool.name not in self.always and not (tool.read_only and tool.name in self.allowed)

    def time_limit(self, tool: Tool) -> float:
        """Seconds that a tool may take; 0 is without limit."""
        return self.seconds if tool.timeout is None else tool.timeout

    def as_openai(self) -> list[dict[str, Any]]:
        """Those that are on in the shape of OpenAI's `tools` list."""
        return [tool.as_openai() for tool in self.on.values()]

    def offered(self, params: Mapping[str, Any], messages: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """A request's parameters, with the tools that are on; tools that are in them already stand.

        A `tool_choice` that makes the model call holds until it did: with results in its hands, it may answer.
        """
        if not self:
            return dict(params)
        offered = {"tools": self.as_openai(), **params}
        forced = offered.get("tool_choice") not in (None, "none", "auto")
        if forced and messages and messages[-1].get("role") == "tool":
            del offered["tool_choice"]
        return offered
