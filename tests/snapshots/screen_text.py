"""Reads a picture of the screen back: its text, and how each piece of it looks. So a difference is shown in words.

A picture is the SVG that Textual exports: one `<text>` for each run of one style, one `<rect>` for each background, at
positions that are multiples of a cell.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from rich.cells import cell_len

CELL_WIDTH, CELL_HEIGHT = 12.2, 24.4
_SVG = "{http://www.w3.org/2000/svg}"
_RULE = re.compile(r"\.(\S+-r\d+) \{ (.*?) \}")
_MOST = 80  # lines of a difference that are shown


@dataclass(frozen=True, slots=True, order=True)
class Run:
    """A piece of one line that looks the same throughout."""

    row: int
    column: int
    text: str
    look: str


def text_runs(svg: str) -> list[Run]:
    """All text on the screen, in reading order. Raises ParseError if it is not XML: a control character was drawn."""
    root = ET.fromstring(svg)  # noqa: S314 - our own file
    rules = dict(_RULE.findall(svg))
    # the title has no place in the grid: it is the one text that is no child of the matrix
    matrix = [group for group in root.iter(f"{_SVG}g") if group.get("class", "").endswith("-matrix")]
    return sorted(_run(text, rules) for group in matrix for text in group.iter(f"{_SVG}text"))


def _run(text: ET.Element, rules: dict[str, str]) -> Run:
    row = round((float(text.get("y", 0)) - 20) / CELL_HEIGHT)
    content = (text.text or "").replace("\xa0", " ")
    return Run(row, round(float(text.get("x", 0)) / CELL_WIDTH), content, rules.get(text.get("class", ""), ""))


def backgrounds(svg: str) -> list[Run]:
    """All backgrounds, in reading order; the text of one says how wide it is."""
    root = ET.fromstring(svg)  # noqa: S314 - our own file
    rects = [rect for rect in root.iter(f"{_SVG}rect") if rect.get("shape-rendering") == "crispEdges"]
    return sorted(_background(rect) for rect in rects)


def _background(rect: ET.Element) -> Run:
    x, y, width = (float(rect.get(name, 0)) for name in ("x", "y", "width"))
    cells = round(width / CELL_WIDTH)
    return Run(round((y - 1.5) / CELL_HEIGHT), round(x / CELL_WIDTH), f"{cells} cells", f"background: {rect.get('fill')}")


def screen_text(svg: str) -> str:
    """The screen as plain text, one line a row, without blanks at the ends of lines."""
    lines: dict[int, str] = {}
    for run in text_runs(svg):
        line = lines.get(run.row, "")
        lines[run.row] = line + " " * (run.column - cell_len(line)) + run.text
    last = max(lines, default=-1)
    return "".join(lines.get(row, "").rstrip() + "\n" for row in range(last + 1))


def screen_looks(svg: str) -> str:
    """How the screen looks, one line for each run of text and each background."""
    runs = sorted(text_runs(svg) + backgrounds(svg))
    return "".join(f"row {run.row}, column {run.column}: {run.text!r} {run.look}\n" for run in runs)


def difference(expected: str, actual: str) -> str:
    """What differs between two pictures, for a person: the text, and if that is the same, the looks."""
    diff = list(_diff(screen_text(expected), screen_text(actual)))
    if not diff:
        diff = ["The text is the same; these look different:", *_diff(screen_looks(expected), screen_looks(actual), context=0)]
    if len(diff) > _MOST:
        diff[_MOST:] = [f"... and {len(diff) - _MOST} more lines"]
    return "\n".join(diff)


def _diff(expected: str, actual: str, context: int = 2) -> Iterator[str]:
    yield from difflib.unified_diff(
        expected.splitlines(), actual.splitlines(), "the picture that is kept", "the screen now", lineterm="", n=context
    )
