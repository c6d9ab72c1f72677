"""The programs that are measured, and what one run of each takes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from tests.bench.program import ROOT, Cost, Program
from tests.bench.texts import END

PYTHON = [sys.executable, "-m"]
NOTHING = "doc-50-0"  # so short that it costs a program its start, and no more
BEGIN = {"doc": "Part 1", "fence": "One fence", "table": "One table"}
TIMEOUT = 600.0


@dataclass
class Bench:
    """Where the server is, and how often each figure is taken (the median counts)."""

    url: str
    runs: int = 5
    floors: dict[str, float] = field(default_factory=dict)

    def streamtui(self, model: str, tabs: int = 1) -> list[str]:
        """The command that streams `model`, in so many tabs."""
        return [*PYTHON, "tui", *self._arguments(model, tabs)]

    def _arguments(self, model: str, tabs: int) -> list[str]:
        return ["--base-url", self.url, "--model", model, *(f"go {number}" for number in range(tabs))]

    def ticked(self, file: Path, model: str, tabs: int = 1) -> list[str]:
        """The same with a ticker."""
        return [*PYTHON, "tests.bench.ticked", str(file), "tui", *self._arguments(model, tabs)]

    def idiomatic(self, model: str) -> list[str]:
        """The idiomatic reader."""
        return [*PYTHON, "tests.bench.idiomatic", self.url, model]

    def idiomatic_ticked(self, file: Path, model: str) -> list[str]:
        """The same with a ticker."""
        return [*PYTHON, "tests.bench.ticked", str(file), "tests.bench.idiomatic", self.url, model]

    def cost(self, reader: str, model: str) -> Cost:
        """What one run of `lesson`, `idiomatic` or `streamtui` took."""
        if reader == "lesson":
            return self._lesson(model)
        with Program(self.idiomatic(model) if reader == "idiomatic" else self.streamtui(model)) as program:
            program.wait(END, TIMEOUT)
            return program.end()

    def _lesson(self, model: str) -> Cost:
        argv = [*PYTHON, "tests.bench.lesson_loop", self.url, model]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        with subprocess.Popen(argv, stdout=subprocess.PIPE, env=environment, cwd=ROOT) as program:
            assert program.stdout is not None
            text = program.stdout.read()
            assert END.encode() in text, "the lesson's loop did not get to the end"
            _, program.returncode, usage = os.wait4(program.pid, 0)
        return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)

    def marginal(self, reader: str, model: str) -> float:
        """Median CPU seconds of a stream, less what the program costs without one."""
        if reader not in self.floors:
            self.floors[reader] = median(self.cost(reader, NOTHING).cpu for _ in range(self.runs))
        return max(median(self.cost(reader, model).cpu for _ in range(self.runs)) - self.floors[reader], 0.001)

    def lateness(self) -> list[float]:
        """How late each stream at a rate ended, so far."""
        with urllib.request.urlopen(f"{self.url}/lateness") as response:  # noqa: S310 - our own server
            return list(json.load(response))
