"""The containers of a document: quotes, list items and footnotes, which nest."""

from __future__ import annotations

from typing import ClassVar

from tui.markdown.cells import width
from tui.safe_text import visible_line

_LONGEST_LABEL = 16


class ListRun:
    """A list: what its items have in common. It grows, and may become loose when a blank line separates what is in it."""

    __slots__ = ("count", "delimiter", "depth", "first", "loose", "ordered", "start")

    def __init__(self, delimiter: str, start: int | None, depth: int, first: int) -> None:
        self.delimiter = delimiter
        self.ordered = start is not None
        self.start = start or 0
        self.depth = depth  # bullet lists around it
        self.first = first  # index of the first block
        self.count = 0
        self.loose = False

    @property
    def marker_width(self) -> int:
        """Cells before an item's text."""
        return len(str(self.start + max(self.count - 1, 0))) + 2 if self.ordered else 2


class Container:
    """The document (it has no parent) or a quote. `head` is the index of its first block; `level` counts what is around it."""

    __slots__ = ("empty", "head", "level", "list", "parent")
    gutter: ClassVar[int] = 2

    def __init__(self, parent: Container | None, head: int = 0) -> None:
        self.parent = parent
        self.level: int = parent.level + 1 if parent else 0
        self.head = head
        self.list: ListRun | None = None  # a list in here that the next item may join
        self.empty = True

    @property
    def indent(self) -> int:
        """Cells that all containers around the text take."""
        return self.parent.indent + self.gutter if self.parent else 0


class Quote(Container):
    """A block quote."""

    __slots__ = ()


class Item(Container):
    """A list item; its text begins `offset` columns to the right of where the item's container begins."""

    __slots__ = ("number", "offset", "run")

    def __init__(self, parent: Container, head: int, run: ListRun, offset: int) -> None:
        super().__init__(parent, head)
        self.run = run
        self.offset = offset
        self.number = run.start + run.count
        run.count += 1

    @property
    def gutter(self) -> int:  # type: ignore[override] # the width of the widest number so far
        return self.run.marker_width


class Note(Container):
    """A footnote's text."""

    __slots__ = ("label",)

    def __init__(self, parent: Container, head: int, label: str) -> None:
        super().__init__(parent, head)
        self.label = visible_line(label)[:_LONGEST_LABEL]

    @property
    def gutter(self) -> int:  # type: ignore[override] # the width of the label
        return width(self.label) + 3
