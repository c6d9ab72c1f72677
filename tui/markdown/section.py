"""What a `LineView` shows: a stack of sections, each a run of rows. The contract between the view and what fills it.

The view calls, the section answers; a section never calls the view, starts no timer and knows no widget. Rows and columns
count from 0; columns are cells, offsets into a row's text are characters. A section that changed says so by `pending` and
`take_dirty`, and is asked at the next frame.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol, runtime_checkable

from rich.style import Style
from textual.strip import Strip

#: A place in a section's content that no width changes: (a number that grows down the section, characters into that).
Anchor = tuple[int, int]

#: A deadline for `Section.work`: finish the rows of the window, and begin nothing else.
WINDOW_ONLY = -1.0


@dataclass(frozen=True, slots=True)
class Link:
    """Opens `href`, if the app thinks it safe."""

    href: str


@dataclass(frozen=True, slots=True)
class CodeBlock:
    """Copies a code block: `number` counts from 1 within its section."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Action:
    """Runs a Textual action that we wrote ourselves, such as `app.retry`; never one made of foreign text."""

    action: str


class Target(NamedTuple):
    """Cells [start, end) of a row that can be clicked. What is cut by the end of a row goes on in the next with `goes_on`."""

    start: int
    end: int
    what: Link | CodeBlock | Action
    goes_on: bool = False  # the first target of its row, and the rest of the last one of the row before


class Cut(NamedTuple):
    """A line that does not wrap and is wider than the view: its whole text, of which characters [start, end) are in view."""

    text: str
    start: int
    end: int


class Row(NamedTuple):
    """What a row says, for selection, search and the mouse. `text` is exactly the text of the row's strip.

    `joins` is None where a line starts, else what stood where the line was wrapped ("" or " "): a row that goes on with the one
    above. `indent` is how many leading characters are mere decoration (a quote's bar, the padding of code, the hanging indent
    of a wrapped list item): never copied, never found. `cut` is there where part of the line is out of view at a side; what
    is in view of it begins behind the decoration.
    """

    text: str
    joins: str | None = None
    indent: int = 0
    targets: tuple[Target, ...] = ()
    cut: Cut | None = None


@dataclass(frozen=True)
class ViewStyles:
    """Ready styles by component class, as the theme has them now. Complete: each carries its background.

    `version` grows with every change, so that a section can tell whether what it drew is still right.
    """

    rich: Mapping[str, Style]
    base: Style
    version: int = 0
    dark: bool = True
    ansi: bool = False  # the theme uses the terminal's own colours

    def __getitem__(self, name: str) -> Style:
        return self.rich[name]


class Section(Protocol):
    """A run of rows in a `LineView`. `resize` and `restyle` come first, in any order; then the rest.

    Strips: each segment has a complete style (start from `styles.base`); a strip may be shorter than the width, never longer;
    the same row gives the identical `Strip` object until it changes, for that is what makes an unchanged row free to draw.
    """

    @property
    def height(self) -> int:
        """Rows at the current width; those not laid out yet are counted by estimate."""

    @property
    def pending(self) -> bool:
        """Whether `work` has something to do. Asked every frame: cheap."""

    def resize(self, width: int) -> None:
        """Lay out for `width` cells from now on (at least 1). Cheap: the work itself waits for `work`."""

    def restyle(self, styles: ViewStyles) -> None:
        """Use these styles from now on. Cheap, likewise."""

    def show_code(self, wrap: bool, left: int) -> None:
        """How code wider than the view shows from now on: wrapped, or cut, its first `left` cells scrolled out of view."""

    def work(self, deadline: float, window: range) -> bool:
        """Parse and lay out until `deadline` (`time.perf_counter` seconds); True if more waits.

        `window` is the rows that are on the screen, by the heights as they are now; it may reach beyond the section, or be
        empty. Its rows come first and are finished whatever they cost (they are on the screen now), all else by the deadline:
        a slice of it is always done, but where the deadline is WINDOW_ONLY.
        """

    def take_dirty(self) -> int | None:
        """The first row that may differ from what was there at the last call, or None; asking forgets it."""

    def strip(self, y: int) -> Strip:
        """Row `y` ready to draw; blank where the row is not laid out yet."""

    def row(self, y: int) -> Row:
        """What row `y` says."""

    def anchor(self, y: int) -> Anchor:
        """The place in the content where row `y` begins."""

    def row_at(self, anchor: Anchor) -> int:
        """The row that shows this place now; the last one if it is beyond the end."""


@runtime_checkable
class HasCode(Protocol):
    """A section with code blocks in it."""

    @property
    def code_blocks(self) -> Sequence[str]:
        """The text of each, from top to bottom; of one that still grows, as far as it has come."""


@runtime_checkable
class CatchesUp(Protocol):
    """A section that can show the end of its text before all of it is read."""

    def catch_up(self) -> None:
        """What waits came while nobody looked: show its end first, in the next `work` that reaches it."""
