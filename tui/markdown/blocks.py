"""What the block parser makes: blocks, which follow one another in one flat list, each in its container."""

from __future__ import annotations

from itertools import count
from typing import Any

from tui.markdown.containers import Container, ListRun
from tui.markdown.dividing import size_of

_versions = count(1)


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
    """Lines of text with inline markup, each without the white space around it that does not count. `size` as in `dividing`."""

    __slots__ = ("lines", "size")

    def __init__(self, container: Container) -> None:
        super().__init__(container)
        self.lines: list[str] = []
        self.size = 0

    @property
    def source(self) -> str:
        """The inline source."""
        return "\n".join(self.lines).rstrip(" \t")

    def add(self, line: str, goes_on: bool = False) -> None:
        """Add a line, or more of the last one."""
        if goes_on:
            self.lines[-1] += line
        else:
            self.lines.append(line)
        self.size += size_of(line) + 1
        self.touch()

    def keep(self, lines: list[str]) -> None:
        """Have these lines instead."""
        self.lines = lines
        self.size = sum(size_of(line) + 1 for line in lines)
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
