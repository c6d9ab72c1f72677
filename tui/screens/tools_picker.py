"""The tools of a tab: which there are, which of them are on, and where more come from."""

from __future__ import annotations

from collections.abc import Callable

from tui.screens.picker import Entry, PickerScreen
from tui.tools.loading import BUILTIN
from tui.workspace import Tab

LOAD = ""  # the value of the line that asks for a file
HINT = "enter turns a tool on or off · esc leaves"


class ToolsPicker(PickerScreen[str]):
    """Enter turns a tool on or off, and the list stays. It is left with a source to load: "builtin", or "" to ask for one."""

    def __init__(self, tab: Tab, changed: Callable[[], None]) -> None:
        self._tab, self._changed = tab, changed
        super().__init__("Tools of this tab", self._lines(), hint=HINT)

    def _lines(self) -> list[Entry[str]]:
        box = self._tab.tools
        lines = []
        for tool in box.tools.values():
            notes = ["off"] if tool.name in box.off else ["asks first"] if box.needs_leave(tool) else ["runs without asking"]
            notes += [tool.source, tool.summary]
            mark = "·" if tool.name in box.off else "✓"
            lines.append(Entry(f"{mark} {tool.name}", " · ".join(note for note in notes if note), tool.name))
        if BUILTIN not in box.sources:
            lines.append(Entry("+ built-in tools", "clock, arithmetic, text statistics", BUILTIN))
        return [*lines, Entry("+ load tools …", "a Python file or module that you trust: its code is run", LOAD)]

    def choose(self, value: str) -> None:
        """Turn a tool on or off, or leave with a source to load."""
        box = self._tab.tools
        if value not in box.tools:
            self.dismiss(value)
            return
        box.off ^= {value}
        self.replace(self._lines())
        self._changed()
