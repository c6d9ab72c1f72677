"""What was measured, as a table for people and as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Figure:
    """One measured figure. `bar` is the most it may be (the least, if `at_least`); None where there is none."""

    what: str
    value: float
    unit: str = ""
    bar: float | None = None
    at_least: bool = False
    note: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the bar is met; None without one."""
        if self.bar is None:
            return None
        return self.value >= self.bar if self.at_least else self.value <= self.bar

    def line(self) -> str:
        """One row of the table."""
        sign = "" if self.bar is None else f"{'≥' if self.at_least else '≤'} {self.bar:g}"
        verdict = {None: "", True: "ok", False: "MISSED"}[self.met]
        return f"{self.what:58} {self.value:10.3f} {self.unit:6} {sign:>9} {verdict:7} {self.note}".rstrip()


def write_json(figures: list[Figure], file: Path) -> None:
    """Write all figures to `file`."""
    file.write_text(json.dumps([{**asdict(figure), "met": figure.met} for figure in figures], indent=1), encoding="utf-8")
