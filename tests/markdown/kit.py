"""Sections without a view: how a document looks, whole or in pieces."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator

from rich.style import Style
from textual.strip import Strip

from tui.markdown.markdown_section import MarkdownSection
from tui.markdown.palette import COMPONENT_CLASSES
from tui.markdown.section import Row, Target, ViewStyles

Picture = list[tuple[Strip, Row]]

_COLOURS = ("red", "green", "blue", "cyan", "magenta", "yellow")


def styles_on(background: str, version: int = 0) -> ViewStyles:
    """Styles in which most classes differ, and none is the text's."""
    names = enumerate(sorted(COMPONENT_CLASSES))
    rich = {name: Style(color=_COLOURS[at % len(_COLOURS)], bgcolor=background) for at, name in names}
    return ViewStyles(rich, Style(color="bright_black", bgcolor=background), version)


STYLES = styles_on("black")


def section(text: str | None = None, width: int = 60) -> MarkdownSection:
    """A section ready to be shown, with `text` as its finished content or growing."""
    made = MarkdownSection() if text is None else MarkdownSection(text)
    made.restyle(STYLES)
    made.resize(width)
    return made


def settle(made: MarkdownSection) -> MarkdownSection:
    """Do all that waits, with all rows in the window."""
    while made.work(math.inf, range(made.height)):
        pass
    made.work(math.inf, range(made.height))
    return made


def picture(made: MarkdownSection) -> Picture:
    """All rows, settled."""
    settle(made)
    return [(made.strip(y), made.row(y)) for y in range(made.height)]


def look(text: str, width: int = 60) -> list[str]:
    """The rows of a finished document, as text."""
    return [strip.text.rstrip() for strip, _ in picture(section(text, width))]


def streamed(pieces: Iterable[str], width: int = 60) -> MarkdownSection:
    """A finished section that got its text in pieces, each of which was on show before the next came."""
    made = section(width=width)
    for piece in pieces:
        made.append(piece)
        settle(made)
    made.finish()
    return settle(made)


def targets(made: MarkdownSection) -> Iterator[Target]:
    """Whatever can be clicked, in order."""
    for y in range(settle(made).height):
        yield from made.row(y).targets


def style_of(made: MarkdownSection, text: str) -> Style:
    """The style of the segment that is exactly `text`."""
    found: defaultdict[str, Style] = defaultdict(Style.null)
    for strip, _ in picture(made):
        found.update({segment.text: segment.style or Style.null() for segment in strip})
    return found[text]
