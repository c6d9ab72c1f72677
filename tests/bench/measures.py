"""What is measured. Every measure yields figures as it gets them; all run against one replay server."""

from __future__ import annotations

import json
import os
import random
import signal
import string
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from types import MappingProxyType

from tests.bench.program import ROOT, Cost, Program
from tests.bench.report import Figure
from tests.bench.texts import END

PYTHON = [sys.executable, "-m"]
NOTHING = "doc-50-0"  # so short that it costs a program its start, and no more
BEGIN = {"doc": "Part 1", "fence": "One fence", "table": "One table"}
TIMEOUT = 600.0
KEYS = 60
_WHEEL_UP, _NEXT_TAB = "\x1b[<64;60;20M", "\x1b[6;5~"  # as a terminal sends them
USABLE = "nything"  # of the empty prompt: drawn with the first usable frame


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
        return [*PYTHON, "tests.bench.ticked", str(file), *self._arguments(model, tabs)]

    def idiomatic(self, model: str) -> list[str]:
        """The idiomatic reader."""
        return [*PYTHON, "tests.bench.idiomatic", self.url, model]

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


def cost(bench: Bench) -> Iterator[Figure]:
    """CPU of a stream, against the loop that draws nothing and the app that draws as one is told to."""
    for model, yardstick, bar in (
        ("doc-16000-0", "lesson", 0.6),
        ("fence-8000-0", "lesson", 1.0),
        ("table-2000-0", "lesson", 1.0),
        ("doc-2000-200", "idiomatic", 0.25),
        ("doc-8000-200", "idiomatic", 0.15),
    ):
        ours, theirs = bench.marginal("streamtui", model), bench.marginal(yardstick, model)
        yield Figure(f"{model}: CPU against {yardstick}", ours / theirs, "×", bar, note=f"{ours:.2f} s, {theirs:.2f} s")


def growth(bench: Bench) -> Iterator[Figure]:
    """Four times the text should cost four times as much."""
    short, long = bench.marginal("streamtui", "doc-16000-0"), bench.marginal("streamtui", "doc-64000-0")
    yield Figure("CPU of doc-64000-0 over doc-16000-0", long / short, "×", 4.3, note=f"{long:.2f} s, {short:.2f} s")


def lag(bench: Bench) -> Iterator[Figure]:
    """How late the event loop comes round while a text streams."""
    for model in ("doc-16000-0", "doc-2000-200", "doc-8000-200", "fence-8000-0", "table-2000-0"):
        late = [lateness for _ in range(bench.runs) for lateness in _latenesses(bench, model)]
        yield from _lag_figures(model, late, 16)


def _lag_figures(what: str, late: list[float], p99: float) -> Iterator[Figure]:
    late.sort()
    yield Figure(f"{what}: event-loop lag, p99", late[int(len(late) * 0.99)] * 1000, "ms", p99, note=f"{len(late)} ticks")
    yield Figure(f"{what}: event-loop lag, worst", late[-1] * 1000, "ms", 50)


def _latenesses(bench: Bench, model: str) -> list[float]:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "late.json"
        with Program(bench.ticked(file, model)) as program:
            program.wait(BEGIN[model.split("-")[0]], TIMEOUT)
            program.signal(signal.SIGUSR1)
            program.wait(END, TIMEOUT)
            return _told(program, file)


def _told(program: Program, file: Path) -> list[float]:
    program.signal(signal.SIGUSR2)
    while not file.exists() or not file.stat().st_size:
        program.rest(0.05)
    return list(json.loads(file.read_text(encoding="utf-8")))


def keys(bench: Bench) -> Iterator[Figure]:
    """How soon a key that is typed into the prompt stands there, while a text streams."""
    for model in ("doc-8000-200", "fence-8000-200", "table-2000-200"):
        ours = _echoes(bench.streamtui(model), model)
        yield Figure(f"{model}: a key appears, median", median(ours) * 1000, "ms", 15)
        yield Figure(f"{model}: a key appears, worst of {KEYS}", max(ours) * 1000, "ms", 40)
    theirs = _echoes(bench.idiomatic("doc-2000-200"), "doc-2000-200")
    yield Figure(
        "idiomatic, doc-2000-200: a key appears, median", median(theirs) * 1000, "ms", note=f"worst {max(theirs):.3f} s"
    )


def _echoes(argv: list[str], model: str) -> list[float]:
    dice = random.Random(1)
    typed, echoes = "", []
    with Program(argv) as program:
        program.wait(BEGIN[model.split("-")[0]], TIMEOUT)
        program.rest(1.0)
        for number in range(-3, KEYS):
            typed += dice.choice([letter for letter in string.ascii_uppercase if letter not in typed[-3:]])
            echo = program.echo(typed[-1], typed[-3:])
            echoes += [echo] if number >= 0 else []
            program.rest(dice.uniform(0.05, 0.13))
    return echoes


def recording(bench: Bench) -> Iterator[Figure]:
    """What it costs to record a stream, with all that it is written down with."""
    for chunks, model in ((16_000, "doc-16000-0"), (2_000, "doc-2000-200")):
        with TemporaryDirectory() as folder:
            plain, recorded = (
                median(_until(bench.streamtui(model), END, environment=where) for _ in range(bench.runs))
                for where in ({}, {"STREAMTUI_RECORD": folder})
            )
            size = sum(path.stat().st_size for path in Path(folder).iterdir()) / bench.runs / chunks
        yield Figure(
            f"{model}: CPU of recording, per chunk",
            (recorded - plain) / chunks * 1e6,
            "µs",
            50,
            note=f"{plain:.2f} s, {recorded:.2f} s, {size:.0f} bytes a chunk",
        )


def updates(bench: Bench) -> Iterator[Figure]:
    """How often new text is shown."""
    rates, gaps = [], []
    for _ in range(bench.runs):
        with Program(bench.streamtui("doc-2000-200")) as program:
            program.wait(BEGIN["doc"], TIMEOUT)
            start = time.perf_counter()
            program.wait(END, TIMEOUT)
            times = [start, *(at for at in program.updates if at > start)]
            rates.append(len(times) / (times[-1] - start))
            gaps.append(max(later - earlier for earlier, later in pairwise(times)))
    yield Figure("doc-2000-200: visible updates", median(rates), "/s", 20, at_least=True)
    yield Figure("doc-2000-200: longest gap between them", median(gaps) * 1000, "ms", 150)


def tabs(bench: Bench) -> Iterator[Figure]:
    """Many streams at once, one of them visible."""
    seconds, rate = 20, 50
    model = f"doc-{seconds * rate}-{rate}"
    for count in (8, 32):
        with TemporaryDirectory() as folder:
            file = Path(folder) / "late.json"
            floor = _until_told(bench, bench.ticked(file, "doc-20-50", count), count)[0].cpu
            before = len(bench.lateness())
            total, late = _until_told(bench, bench.ticked(file, model, count), count, file)
        yield Figure(f"{count} tabs at {rate}/s: cores", (total.cpu - floor) / seconds, "", 1.0 if count == 32 else None)
        yield from _lag_figures(f"{count} tabs at {rate}/s", late, 30)
        worst = max(bench.lateness()[before:])
        yield Figure(f"{count} tabs at {rate}/s: the latest stream", worst * 1000, "ms", 500, note=f"after {seconds} s")


def _until_told(bench: Bench, argv: list[str], count: int, file: Path | None = None) -> tuple[Cost, list[float]]:
    before = len(bench.lateness())
    with Program(argv) as program:
        program.wait(BEGIN["doc"], TIMEOUT)
        program.rest(0.5)
        program.signal(signal.SIGUSR1)
        while len(bench.lateness()) < before + count:
            program.rest(0.2)
        late = _told(program, file) if file else []
        return program.end(), late


def showing(bench: Bench) -> Iterator[Figure]:
    """How long it takes until a tab that was hidden while it streamed shows the end of its text."""
    for model in ("doc-2000-0", "doc-64000-0"):
        times, late = [], []
        for _ in range(bench.runs):
            with TemporaryDirectory() as folder:
                file = Path(folder) / "late.json"
                with Program(bench.ticked(file, model, 2)) as program:
                    program.wait(END, TIMEOUT)
                    program.rest(4.0)
                    program.type(_WHEEL_UP * 30)  # so that the end is not on the screen
                    program.rest(1.0)
                    program.signal(signal.SIGUSR1)
                    times.append(program.echo(_NEXT_TAB, END, TIMEOUT))
                    program.rest(2.0)
                    late += _told(program, file)
        yield Figure(
            f"{model}: a hidden tab is on the screen", median(times) * 1000, "ms", 50, note=f"worst {max(times) * 1000:.0f} ms"
        )
        yield from _lag_figures(f"{model}: showing a hidden tab", late, 16)


def start(bench: Bench) -> Iterator[Figure]:
    """CPU until the first usable frame, against a plain application that shows as much; and what an idle one costs."""
    plain = median(_until([*PYTHON, "tests.bench.plain_app"], "usable") for _ in range(bench.runs))
    ours = median(_until([*PYTHON, "tui", "--new"], USABLE) for _ in range(bench.runs))
    yield Figure("CPU until the first frame, against a plain app", ours / plain, "×", 1.3, note=f"{ours:.2f} s, {plain:.2f} s")
    for option in ("--version", "--help"):
        argv = [*PYTHON, "tui", option]
        yield Figure(f"streamtui {option}: CPU", median(_run(argv) for _ in range(bench.runs)), "s", 0.1)
    argv = [*PYTHON, "tui", "--new"]
    settled, later = (median(_until(argv, USABLE, rest) for _ in range(min(bench.runs, 3))) for rest in (10.0, 30.0))
    yield Figure("idle: CPU", max(later - settled, 0) / 20 * 100, "%", 0.5)


def _until(argv: list[str], text: str, rest: float = 0.0, environment: Mapping[str, str] = MappingProxyType({})) -> float:
    with Program(argv, {"OPENAI_API_KEY": "", **environment}) as program:
        program.wait(text, TIMEOUT)
        program.rest(rest)
        return program.end().cpu


def _run(argv: list[str]) -> float:
    with subprocess.Popen(argv, stdout=subprocess.DEVNULL, cwd=ROOT) as program:
        _, program.returncode, usage = os.wait4(program.pid, 0)
    return usage.ru_utime + usage.ru_stime


def memory(bench: Bench) -> Iterator[Figure]:
    """Peak memory of a long text over that of a short one."""
    peaks = [median(bench.cost("streamtui", model).peak_mb for _ in range(bench.runs)) for model in ("doc-64000-0", NOTHING)]
    yield Figure("peak memory of doc-64000-0 over doc-50-0", peaks[0] - peaks[1], "MB", 25, note=f"{peaks[0]:.0f} MB")


MEASURES: dict[str, Callable[[Bench], Iterator[Figure]]] = {
    measure.__name__: measure for measure in (cost, growth, memory, recording, updates, keys, lag, tabs, showing, start)
}
