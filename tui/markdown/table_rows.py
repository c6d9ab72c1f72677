"""Rows of a table's source."""

from __future__ import annotations

import re

from tui.markdown.patterns import delimiter_cell

_split = re.compile(r"(?<!\\)\|").split


def split_row(line: str) -> list[str]:
    """The sources of a row's cells; an escaped pipe is a pipe within a cell."""
    line = line.strip(" \t")
    cells = [cell.replace("\\|", "|") for cell in _split(line)] if "\\" in line else line.split("|")
    if cells and not cells[0]:
        del cells[0]
    if cells and not cells[-1]:
        cells.pop()
    return [cell.strip(" \t") for cell in cells]


def aligns_of(line: str) -> list[str]:
    """The alignments that a delimiter row names, one a column; empty if it is none."""
    cells = [cell.strip(" \t") for cell in line.split("|")]
    if cells and not cells[0]:
        del cells[0]
    if cells and not cells[-1]:
        cells.pop()
    if line[:2] in ("- ", "-\t", "-") or not all(delimiter_cell(cell) for cell in cells):
        return []
    return [_ALIGN[cell[0] == ":", cell[-1] == ":"] for cell in cells]


_ALIGN = {(False, False): "", (True, False): "left", (False, True): "right", (True, True): "center"}
