"""What is measured. Every measure yields figures as it gets them; all run against one replay server."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from types import MappingProxyType

from tests.bench.bench import NOTHING, PYTHON, TIMEOUT, Bench
from tests.bench.feel import keys, lag, showing, tabs, updates
from tests.bench.program import ROOT, Program
from tests.bench.report import Figure
from tests.bench.texts import END

USABLE = "nything"  # of the empty prompt: drawn with the first usable frame


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


def memory(bench: Bench) -> Iterator[Figure]:
    """Peak memory of a long text over that of a short one."""
    peaks = [median(bench.cost("streamtui", model).peak_mb for _ in range(bench.runs)) for model in ("doc-64000-0", NOTHING)]
    yield Figure("peak memory of doc-64000-0 over doc-50-0", peaks[0] - peaks[1], "MB", 25, note=f"{peaks[0]:.0f} MB")


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


MEASURES: dict[str, Callable[[Bench], Iterator[Figure]]] = {
    measure.__name__: measure for measure in (cost, growth, memory, recording, updates, keys, lag, tabs, showing, start)
}
