"""What the block parser makes: containers, which nest, and the blocks in them, which follow one another in one flat list."""

from __future__ import annotations

from itertools import count
from typing import Any, ClassVar

from tui.markdown.cells import width
from tui.safe_text import visible_line

_LONGEST_LABEL = 16
_versions = count(1)


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


class Block:
    """A run of rows. `spacing` is the list that decides whether a blank row stands above it; None: one does, unless `joined`.

    `version` changes with the content. While a line that is not whole is tried, `firm` is how many lines were there before it.
    """

    __slots__ = ("closed", "container", "firm", "joined", "spacing", "version")

    def __init__(self, container: Container) -> None:
        self.container = container
        self.spacing: ListRun | None = None
        self.joined = False  # goes on with the paragraph before, without a blank row
        self.closed = False
        self.firm: int | None = None
        self.version = next(_versions)

    def touch(self) -> None:
        """Say that the content changed."""
        self.version = next(_versions)

    def close(self) -> None:
        """Nothing will be added."""
        self.closed = True
        self.touch()

    def mark(self) -> Any:
        """Remember how it is now, for `restore`: what follows is a trial."""
        return self.closed

    def restore(self, state: Any) -> None:
        """Be again as at `mark`."""
        self.closed = state
        self.firm = None
        self.touch()


class Empty(Block):
    """Stands for a container with nothing in it, until something is."""

    __slots__ = ()


class Rule(Block):
    """A thematic break."""

    __slots__ = ()


class Paragraph(Block):
    """Lines of text with inline markup, each without the white space around it that does not count."""

    __slots__ = ("lines", "size")

    def __init__(self, container: Container) -> None:
        super().__init__(container)
        self.lines: list[str] = []
        self.size = 0

    @property
    def source(self) -> str:
        """The inline source."""
        return "\n".join(self.lines).rstrip(" \t")

    def add(self, line: str) -> None:
        """Add a line."""
        self.lines.append(line)
        self.size += len(line) + 1
        self.touch()

    def drop(self) -> None:
        """Forget the source; nobody will ask for it again."""
        self.lines = []

    def mark(self) -> Any:
        return self.closed, self.lines[:], self.size

    def restore(self, state: Any) -> None:
        closed, self.lines, self.size = state
        super().restore(closed)


class Heading(Block):
    """A heading of level 1 to 6."""

    __slots__ = ("level", "source")

    def __init__(self, container: Container, level: int, source: str) -> None:
        super().__init__(container)
        self.level = level
        self.source = source


class Verbatim(Block):
    """Lines that are shown as they are: code, raw HTML. `pieces` are the numbers of lines that go on with the one before."""

    __slots__ = ("lines", "pieces")

    def __init__(self, container: Container) -> None:
        super().__init__(container)
        self.lines: list[str] = []
        self.pieces: set[int] = set()

    def add(self, line: str, goes_on: bool = False) -> None:
        """Add a line, or a piece of one."""
        if goes_on and self.lines:
            self.pieces.add(len(self.lines))
        self.lines.append(line)
        self.touch()

    @property
    def text(self) -> str:
        """The exact text, newlines between lines."""
        if not self.pieces:
            return "\n".join(self.lines)
        parts = (line if at in self.pieces or not at else "\n" + line for at, line in enumerate(self.lines))
        return "".join(parts)

    def mark(self) -> Any:
        self.firm = len(self.lines)
        return self.closed, self.firm

    def restore(self, state: Any) -> None:
        closed, kept = state
        del self.lines[kept:]
        self.pieces = {at for at in self.pieces if at < kept}
        super().restore(closed)


class Fence(Verbatim):
    """A fenced code block. `indent` columns are taken from each line, `fence` closes it, `language` is as named."""

    __slots__ = ("fence", "indent", "language", "number")

    def __init__(self, container: Container, indent: int, fence: str, language: str) -> None:
        super().__init__(container)
        self.indent = indent
        self.fence = fence
        self.language = language
        self.number = 0


class Indented(Verbatim):
    """An indented code block; blank lines wait until code follows them."""

    __slots__ = ("blanks", "number")

    def __init__(self, container: Container) -> None:
        super().__init__(container)
        self.blanks: list[str] = []
        self.number = 0

    def add(self, line: str, goes_on: bool = False) -> None:
        for blank in self.blanks:
            super().add(blank)
        self.blanks = []
        super().add(line, goes_on)

    def mark(self) -> Any:
        return super().mark(), self.blanks[:]

    def restore(self, state: Any) -> None:
        super().restore(state[0])
        self.blanks = state[1]


class Html(Verbatim):
    """Raw HTML. `end` finds its last line; None: a blank line ends it."""

    __slots__ = ("end",)

    def __init__(self, container: Container, end: Any) -> None:
        super().__init__(container)
        self.end = end


class Table(Block):
    """A table: alignments ("left", "right", "center" or "") and rows of cell sources, the header's first."""

    __slots__ = ("aligns", "missing", "rows")

    def __init__(self, container: Container, aligns: list[str], header: list[str]) -> None:
        super().__init__(container)
        self.aligns = aligns
        self.rows = [header]
        self.missing = 0  # cells that rows lacked

    def add(self, cells: list[str]) -> None:
        """Add a row; it gets as many cells as the header."""
        columns = len(self.aligns)
        self.missing += max(columns - len(cells), 0)
        self.rows.append((cells + [""] * columns)[:columns])
        self.touch()

    def drop(self) -> None:
        """Forget the sources of the cells; nobody will ask for them again."""
        self.rows = [[]] * len(self.rows)

    def mark(self) -> Any:
        self.firm = len(self.rows)
        return self.closed, self.firm, self.missing

    def restore(self, state: Any) -> None:
        closed, kept, self.missing = state
        del self.rows[kept:]
        super().restore(closed)
