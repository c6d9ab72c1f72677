"""Which tools a tab has: those of the settings, those of the demo, or those that were chosen for it."""

from __future__ import annotations

from collections.abc import Sequence

from tui.endpoint import Endpoint
from tui.settings import Settings
from tui.tools.box import ToolBox
from tui.tools.definition import Tool
from tui.tools.errors import ToolsError
from tui.tools.loading import BUILTIN, load_tools


class ToolSources:
    """The tools of the settings are loaded once, whatever number of tabs has them."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._loaded: dict[tuple[str, ...], Sequence[Tool]] = {}

    def load(self) -> None:
        """Load the tools of the settings. Raises ToolsError."""
        self._tools(self._settings.tools or ())

    def usual(self, endpoint: Endpoint) -> tuple[str, ...]:
        """What a tab has at an endpoint: what the settings name; else the demo has the built-in ones, any other none."""
        if self._settings.tools is not None:
            return self._settings.tools
        return (BUILTIN,) if endpoint.is_demo else ()

    def box_at(self, endpoint: Endpoint) -> ToolBox:
        """The tools that a tab begins with."""
        sources = self.usual(endpoint)
        try:
            return self._box(self._tools(sources), sources)
        except ToolsError:
            return ToolBox()  # said at the start; a source that broke since is said when it is chosen

    def box_after(self, box: ToolBox, old: Endpoint, new: Endpoint) -> ToolBox:
        """The tools of a tab that goes to another endpoint: what was chosen for it stays, what was usual does not."""
        same = self.usual(old) == self.usual(new) or box.sources != self.usual(old)
        return box if same else self.box_at(new)

    def box_of(self, sources: Sequence[str], before: ToolBox) -> ToolBox:
        """The tools of these sources, read anew, with what was decided about those of the same names. Raises ToolsError."""
        box = self._box(load_tools(sources), sources)
        box.always |= before.always & box.tools.keys()
        box.off |= before.off & box.tools.keys()
        return box

    def _box(self, tools: Sequence[Tool], sources: Sequence[str]) -> ToolBox:
        settings = self._settings
        return ToolBox.of(tools, sources, allowed=frozenset(settings.allow_tools), seconds=settings.tool_timeout)

    def _tools(self, sources: tuple[str, ...]) -> Sequence[Tool]:
        if sources not in self._loaded:
            self._loaded[sources] = load_tools(sources)
        return self._loaded[sources]
