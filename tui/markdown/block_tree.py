"""The tree of a document's blocks as it grows at its end: what is open, and how to go back to how it was."""

from __future__ import annotations

from typing import Any, NamedTuple

from tui.markdown.blocks import Block, Empty, Fence, Indented, Paragraph
from tui.markdown.containers import Container, Item, ListRun
from tui.markdown.definitions import Definition, is_definition, split_definitions
from tui.markdown.dividing import LIMIT, divide


class Mark(NamedTuple):
    """How the parser was before a line that is not whole."""

    open: list[Container]
    containers: list[tuple[Container, ListRun | None, bool]]
    lists: list[tuple[ListRun, int, bool]]
    leaf: Block | None
    state: Any
    last: Block | None
    counts: tuple[int, int, int]
    blank: int | None


class BlockTree:
    """`blocks` is the document so far; blocks before `changed_from` are as they were when the caller last set it.

    All that can still change is the last block and the containers that are open around it. `mark` and `rollback` are for a line
    that is not whole yet.
    """

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.definitions: list[Definition] = []
        self.changed_from = 0
        self.fences = 0
        self._root = Container(None)
        self._open: list[Container] = []  # what is open below the root, outermost first
        self._leaf: Block | None = None  # the open block, always the last one
        self._blank: int | None = None  # a blank line came, within so many containers

    @property
    def open_fence(self) -> str:
        """The line that opened the code block that is open, or nothing."""
        return f"{self._leaf.fence}{self._leaf.language}\n" if isinstance(self._leaf, Fence) else ""

    @property
    def in_paragraph(self) -> bool:
        """Whether a paragraph is open."""
        return isinstance(self._leaf, Paragraph)

    @property
    def _container(self) -> Container:
        return self._open[-1] if self._open else self._root

    def _enter(self, matched: int, marker: str | None = None) -> Container:
        """Close what the line is not in; the container that gets a new child. `marker` is a list item's."""
        self._close_to(matched)
        container = self._container
        run = container.list
        if run is None or run.delimiter != marker:
            container.list = None
            run = container.run if isinstance(container, Item) and not container.empty else None
        if run is not None and self._blank is not None and container.level >= self._blank:
            self._loosen(run)
        return container

    def _loosen(self, run: ListRun) -> None:
        if not run.loose:
            run.loose = True
            self.changed_from = min(self.changed_from, run.first)

    def _placed(self, container: Container) -> Container:
        """Give a new container its place: a block that stands for it until something is in it."""
        block = Empty(container)
        self._append(block)
        container.head = len(self.blocks) - 1
        container.empty = True
        return container

    def _append(self, block: Block, *, closed: bool = False, joined: bool = False) -> None:
        """Add a block; one that stands for an empty container around it makes room."""
        block.joined = joined
        container = block.container
        last = self.blocks[-1] if self.blocks else None
        within = container.parent if isinstance(block, Empty) else container
        if isinstance(last, Empty) and within is not None and _is_around(last.container, within):
            self._replace(last, block)
        else:
            block.spacing = _spacing(block, container)
            self.blocks.append(block)
        if within is not None:
            within.empty = False
        block.closed = closed
        self._leaf = None if closed or isinstance(block, Empty) else block
        if isinstance(block, (Fence, Indented)):
            self.fences += 1
            block.number = self.fences

    def _replace(self, old: Block, new: Block) -> None:
        new.spacing, new.joined = old.spacing, old.joined
        self.blocks[-1] = new

    def _close_to(self, matched: int) -> None:
        """Close the open block, and containers further in than `matched`."""
        self._close_leaf()
        del self._open[matched:]

    def _close_leaf(self) -> None:
        leaf = self._leaf
        self._leaf = None
        if leaf is None:
            return
        leaf.close()
        if isinstance(leaf, Paragraph):
            self._take_definitions(leaf)
            if not leaf.lines:
                self._replace(leaf, Empty(leaf.container))

    # paragraphs too long to be read at once

    def _begin(self, paragraph: Paragraph, text: str, joined: bool = False) -> None:
        """Add a paragraph that begins with this line."""
        self._append(paragraph, joined=joined)
        self._lengthen(paragraph, text)

    def _lengthen(self, paragraph: Paragraph, text: str, goes_on: bool = False) -> None:
        """Add a line to the open paragraph, or more of its last one; go on in another where it gets too long."""
        before = paragraph.size // LIMIT
        paragraph.add(text, goes_on)
        while paragraph.size // LIMIT > before:
            self._shed_definitions(paragraph)
            divided = divide("\n".join(paragraph.lines), paragraph.size)
            if divided is None:
                break
            paragraph.keep(divided[0].split("\n"))
            self._close_leaf()
            paragraph, before = Paragraph(paragraph.container), 0
            self._append(paragraph, joined=True)
            paragraph.keep(divided[1].split("\n"))

    def _shed_definitions(self, paragraph: Paragraph) -> None:
        """Take in the definitions that a paragraph begins with, but for one that may still go on."""
        if not paragraph.joined and is_definition(paragraph.lines[0]):
            found, lines = split_definitions(paragraph.lines, growing=True)
            self.definitions += found
            paragraph.keep(lines)

    def _take_definitions(self, paragraph: Paragraph) -> None:
        if not paragraph.joined and paragraph.lines and is_definition(paragraph.lines[0]):
            found, paragraph.lines = split_definitions(paragraph.lines)
            self.definitions += found

    # a line that is not whole

    def mark(self) -> Mark:
        """Remember how everything is, before a line that may still grow is tried."""
        containers = [self._root, *self._open]
        lists = {id(run): run for container in containers for run in (container.list, getattr(container, "run", None)) if run}
        return Mark(
            self._open[:],
            [(container, container.list, container.empty) for container in containers],
            [(run, run.count, run.loose) for run in lists.values()],
            self._leaf,
            self._leaf.mark() if self._leaf else None,
            self.blocks[-1] if self.blocks else None,
            (len(self.blocks), len(self.definitions), self.fences),
            self._blank,
        )

    def rollback(self, mark: Mark) -> None:
        """Be again as at `mark`."""
        self._open, self._leaf, self._blank = mark.open, mark.leaf, mark.blank
        for container, run, empty in mark.containers:
            container.list, container.empty = run, empty
        for run, count, loose in mark.lists:
            if (run.count, run.loose) != (count, loose):
                run.count, run.loose = count, loose
                self.changed_from = min(self.changed_from, run.first)
        blocks, definitions, self.fences = mark.counts
        del self.blocks[blocks:], self.definitions[definitions:]
        if mark.last is not None:
            self.blocks[-1] = mark.last
        if mark.leaf is not None:
            mark.leaf.restore(mark.state)
        self.changed_from = min(self.changed_from, max(blocks - 1, 0))


def _is_around(outer: Container, inner: Container) -> bool:
    while inner.level > outer.level and inner.parent is not None:
        inner = inner.parent
    return inner is outer


def _spacing(block: Block, container: Container) -> ListRun | None:
    """The list that decides whether there is a blank row above: that of a new item, or that of the item it is in."""
    if isinstance(block, Empty) and isinstance(container, Item) and container.run.count > 1:
        return container.run
    around = container.parent if isinstance(block, Empty) else container
    return around.run if isinstance(around, Item) else None
