"""What folds in a transcript: who is asked to turn, and which folds the person has opened."""

from __future__ import annotations

from rich.cells import cell_len

from tui.markdown.section import Action, Target
from tui.markdown.sections import RowSection

#: Which part of which answer: (the answer's id, the choice, the part's place). It outlives the sections that show it.
FoldKey = tuple[str, int, int]


class Folds:
    """The folds of one transcript, in the order in which they came, and those that are open."""

    def __init__(self) -> None:
        self._known: dict[FoldKey, int] = {}
        self._open: set[FoldKey] = set()
        self.version = 0  # grows when one is turned

    def number(self, key: FoldKey) -> int:
        """The number by which an action names this fold."""
        return self._known.setdefault(key, len(self._known))

    def is_open(self, key: FoldKey) -> bool:
        """Whether the person has it open."""
        return key in self._open

    def turn(self, number: int) -> None:
        """Open the fold of this number, or close it."""
        self._open ^= {key for key, known in self._known.items() if known == number}
        self.version += 1

    def turn_all(self, keys: set[FoldKey]) -> None:
        """Open these; if all of them are, close them."""
        self._open = self._open - keys if keys <= self._open else self._open | keys
        self.version += 1


def header(key: FoldKey, folds: Folds, pieces: list[RowSection.Piece]) -> tuple[list[RowSection.Piece], tuple[Target, ...]]:
    """A fold's first row with its sign before it, and the target that all of it is."""
    sign = "▾ " if folds.is_open(key) else "▸ "
    row: list[RowSection.Piece] = [(sign, "transcript--mark"), *pieces]
    width = sum(cell_len(text) for text, _ in row)
    return row, (Target(0, width, Action(f"turn_fold({folds.number(key)})")),)
