"""A scripted section and a small app around a line view."""

from __future__ import annotations

from pathlib import Path

from rich.segment import Segment
from textual.app import App, ComposeResult
from textual.geometry import Offset
from textual.message import Message
from textual.strip import Strip
from textual.widgets import Input, Static

from tui.markdown.line_view import LineView
from tui.markdown.section import Anchor, Row, Section, Target, ViewStyles
from tui.markdown.sections import wrap
from tui.markdown.stack import SectionStack

STYLES = Path(__file__).parents[2] / "styles" / "line_view.tcss"
FOREVER = float("inf")


class Script:
    """A section of lines that wrap. A line counts as one row until it is laid out, `slice` lines each time `work` is called.

    `targets` maps a line to targets on its first row; `decoration` is put before every row and never copied.
    """

    def __init__(self, *lines: str, slice: int = 1000, decoration: str = "") -> None:  # noqa: A002 - what it is
        self.lines = list(lines)
        self.targets: dict[int, tuple[Target, ...]] = {}
        self.windows: list[range] = []
        self.code_blocks: list[str] = []
        self.shown_code = (True, 0)
        self._slice = slice
        self._decoration = decoration
        self._width = 1
        self._styles: ViewStyles | None = None
        self._laid: dict[int, list[tuple[str, str | None, int]]] = {}
        self._strips: dict[tuple[int, int], Strip] = {}
        self._dirty: int | None = 0

    def append(self, *lines: str) -> None:
        self._dirty = min(self.height, self._dirty if self._dirty is not None else self.height)
        self.lines.extend(lines)

    def extend_last(self, text: str) -> None:
        last = len(self.lines) - 1
        self._dirty = self._row_of(last)
        self.lines[last] += text
        self._forget(last)

    def _forget(self, line: int) -> None:
        self._laid.pop(line, None)
        self._strips = {key: strip for key, strip in self._strips.items() if key[0] != line}

    def _row_of(self, line: int) -> int:
        return sum(len(self._laid.get(number, ("",))) for number in range(line))

    def _at(self, y: int) -> tuple[int, int]:
        for line in range(len(self.lines)):
            rows = len(self._laid.get(line, ("",)))
            if y < rows:
                return line, y
            y -= rows
        raise IndexError(y)

    @property
    def height(self) -> int:
        return self._row_of(len(self.lines))

    @property
    def pending(self) -> bool:
        return len(self._laid) < len(self.lines)

    def resize(self, width: int) -> None:
        self._width = width
        self._laid.clear()
        self._strips.clear()
        self._dirty = 0

    def restyle(self, styles: ViewStyles) -> None:
        self._styles = styles
        self._strips.clear()
        self._dirty = 0

    def show_code(self, wrap: bool, left: int) -> None:
        self.shown_code = (wrap, left)

    def work(self, deadline: float, window: range) -> bool:
        self.windows.append(window)
        for y in window:
            if 0 <= y < self.height:
                self._lay_out(self._at(y)[0])
        for line in [line for line in range(len(self.lines)) if line not in self._laid][: self._slice]:
            self._lay_out(line)
        return self.pending

    def _lay_out(self, line: int) -> None:
        if line not in self._laid:
            self._laid[line] = wrap(self.lines[line], max(self._width - len(self._decoration), 1))
            y = self._row_of(line)
            self._dirty = y if self._dirty is None else min(self._dirty, y)

    def take_dirty(self) -> int | None:
        dirty, self._dirty = self._dirty, None
        return dirty

    def strip(self, y: int) -> Strip:
        key = self._at(y)
        if key not in self._strips:
            text = self.row(y).text
            base = self._styles.base if self._styles else None
            self._strips[key] = Strip([Segment(text, base)] if text else [])
        return self._strips[key]

    def row(self, y: int) -> Row:
        line, row = self._at(y)
        if line not in self._laid:
            return Row("")
        text, joins, _ = self._laid[line][row]
        targets = self.targets.get(line, ()) if row == 0 else ()
        return Row(self._decoration + text, joins, len(self._decoration), targets)

    def anchor(self, y: int) -> Anchor:
        line, row = self._at(y)
        return line, self._laid[line][row][2] if line in self._laid else 0

    def row_at(self, anchor: Anchor) -> int:
        line, character = anchor
        starts = [start for _, _, start in self._laid.get(line, [("", None, 0)])]
        return self._row_of(line) + max(row for row, start in enumerate(starts) if start <= character)


def numbered(count: int, words: int = 3, first: int = 0) -> list[str]:
    """Lines that say which they are."""
    return [" ".join([f"line-{number}", *["word"] * (words - 1)]) for number in range(first, first + count)]


class ViewApp(App[None]):
    """A heading, a line view of these sections, and an input below it. Frames come by themselves, or when the test asks."""

    CSS_PATH = STYLES

    def __init__(self, *sections: Section, clocked: bool = True) -> None:
        super().__init__()
        self.given = sections
        self.clocked = clocked
        self.told: list[Message] = []

    def compose(self) -> ComposeResult:
        yield Static("heading")
        yield LineView(wake=None if self.clocked else lambda: None)
        yield Input()

    def on_mount(self) -> None:
        self.view.set_sections(self.given)
        self.view.focus()

    @property
    def view(self) -> LineView:
        return self.query_one(LineView)

    def on_line_view_link_activated(self, event: LineView.LinkActivated) -> None:
        self.told.append(event)

    def on_line_view_copy_code(self, event: LineView.CopyCode) -> None:
        self.told.append(event)

    def on_line_view_find_updated(self, event: LineView.FindUpdated) -> None:
        self.told.append(event)


def shown(view: LineView) -> list[str]:
    """The texts of the rows on the screen, as drawn, less the margins."""
    return [strip.text[2:].rstrip() for strip in view.render_lines(view.outer_size.region)]


def cell_of(view: LineView, text: str, within: int = 0) -> Offset:
    """Where `text` stands in the view, for the mouse."""
    for y, row in enumerate(shown(view)):
        if text in row:
            return Offset(2 + row.index(text) + within, y)
    raise AssertionError(f"{text!r} is not on the screen: {shown(view)}")


def stack_of(*sections: Section, width: int = 20) -> SectionStack:
    """These sections, laid out."""
    stack = SectionStack()
    stack.replace(sections)
    stack.resize(width)
    return stack
