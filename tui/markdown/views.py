"""How blocks are drawn: each kind has a view, which knows its height at a width and makes its rows when they are asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count

from tui.markdown.blocks import Block
from tui.markdown.definitions import References
from tui.markdown.palette import Ink
from tui.markdown.readings import Readings
from tui.markdown.rows import BLANK, Content, Run

_stamps = count(1)


def next_stamp() -> int:
    """A number that nothing had before."""
    return next(_stamps)


@dataclass
class Setting:
    """What the drawing of blocks depends on beside their text."""

    references: References = field(default_factory=References)
    readings: Readings = field(default_factory=Readings)
    wrap_code: bool = True
    code_left: int = 0


class View:
    """Draws one block. `stamp` changes when any row may differ; `index` is the block's number."""

    __slots__ = ("_version", "block", "height", "index", "stamp", "width")

    def __init__(self, block: Block, index: int) -> None:
        self.block = block
        self.index = index
        self.height = 0
        self.width = 0
        self.stamp = 0
        self._version = 0

    def lay(self, width: int, setting: Setting) -> int | None:
        """Lay out for `width` cells. The first row that may differ from before, or None if all is as it was."""
        if width == self.width and self.block.version == self._version:
            return None
        changed = self._lay(width, setting)
        self.width, self._version = width, self.block.version
        self.touch()
        return changed

    def _lay(self, width: int, setting: Setting) -> int:
        """Set `height`; the first row that changed. `self.width` still is the width before."""
        raise NotImplementedError

    def touch(self) -> None:
        """Rows may differ from now on."""
        self.stamp = next_stamp()

    def row_stamp(self, y: int) -> int:
        """Changes when row `y` may differ; `stamp`, where a view does not know better."""
        return self.stamp

    def forget(self) -> None:
        """Lay out anew, whatever the width."""
        self._version = 0

    @property
    def missed(self) -> frozenset[str]:
        """Labels of links that had no definition."""
        return frozenset()

    @property
    def underlined(self) -> bool:
        """Whether it ends in a rule that belongs to it: then no blank row follows."""
        return False

    @property
    def task(self) -> bool | None:
        """The state of the box that the block begins with, if it does."""
        return None

    def row(self, y: int) -> Content:
        """Row `y` of the block, without what stands left of it."""
        return BLANK

    def offset(self, y: int) -> int:
        """A number for where in the content row `y` begins."""
        return y

    def row_at(self, offset: int) -> int:
        """The row that shows this offset."""
        return min(offset, max(self.height - 1, 0))


class EmptyView(View):
    """A row, where an empty container needs one to show its sign."""

    __slots__ = ()

    def _lay(self, width: int, setting: Setting) -> int:
        container = self.block.container
        self.height = int(container.parent is not None and container.head == self.index)
        return 0


class RuleView(View):
    """A line across."""

    __slots__ = ()

    def _lay(self, width: int, setting: Setting) -> int:
        self.height = 1
        return 0

    def row(self, y: int) -> Content:
        return Content([Run("─" * self.width, Ink("rule"))])
