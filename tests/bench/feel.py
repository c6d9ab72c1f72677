"""What a person feels: keys that are late, pictures that are, a loop that is busy with something else."""

from __future__ import annotations

import json
import random
import signal
import string
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from tests.bench.bench import BEGIN, TIMEOUT, Bench
from tests.bench.program import Cost, Program
from tests.bench.report import Figure
from tests.bench.texts import END

KEYS = 60
_WHEEL_UP, _NEXT_TAB = "\x1b[<64;60;20M", "\x1b[6;5~"  # as a terminal sends them


def lag(bench: Bench) -> Iterator[Figure]:
    """How late the event loop comes round while a text streams."""
    for model in ("doc-16000-0", "doc-2000-200", "doc-8000-200", "fence-8000-0", "table-2000-0"):
        late = [lateness for _ in range(bench.runs) for lateness in _latenesses(bench.ticked, model)]
        yield from _lag_figures(model, late, 16)
    theirs = sorted(_latenesses(bench.idiomatic_ticked, "doc-2000-200"))
    note = f"worst {theirs[-1] * 1000:.0f} ms"
    yield Figure("idiomatic, doc-2000-200: event-loop lag, p99", _p99(theirs) * 1000, "ms", note=note)


def _p99(ordered: list[float]) -> float:
    return ordered[int(len(ordered) * 0.99)]


def _lag_figures(what: str, late: list[float], p99: float) -> Iterator[Figure]:
    late.sort()
    yield Figure(f"{what}: event-loop lag, p99", _p99(late) * 1000, "ms", p99, note=f"{len(late)} ticks")
    yield Figure(f"{what}: event-loop lag, worst", late[-1] * 1000, "ms", 50)


def _latenesses(ticked: Callable[[Path, str], list[str]], model: str) -> list[float]:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "late.json"
        with Program(ticked(file, model)) as program:
            # of what came before the first picture, that shows the end alone
            program.wait((BEGIN[model.split("-")[0]], END), TIMEOUT)
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


def updates(bench: Bench) -> Iterator[Figure]:
    """How often new text is shown."""
    rates, gaps = zip(*(_updates(bench.streamtui("doc-2000-200")) for _ in range(bench.runs)), strict=True)
    yield Figure("doc-2000-200: visible updates", median(rates), "/s", 20, at_least=True)
    yield Figure("doc-2000-200: longest gap between them", median(gaps) * 1000, "ms", 150)
    rate, gap = _updates(bench.idiomatic("doc-2000-200"))
    yield Figure("idiomatic, doc-2000-200: visible updates", rate, "/s", note=f"longest gap {gap * 1000:.0f} ms")


def _updates(argv: list[str]) -> tuple[float, float]:
    """(visible updates a second, the longest gap between them) from the first text to the last."""
    with Program(argv) as program:
        program.wait(BEGIN["doc"], TIMEOUT)
        start = time.perf_counter()
        program.wait(END, TIMEOUT)
        times = [start, *(at for at in program.updates if at > start)]
    return len(times) / (times[-1] - start), max(later - earlier for earlier, later in pairwise(times))


def tabs(bench: Bench) -> Iterator[Figure]:
    """Many streams at once, one of them visible."""
    seconds, rate = 20, 50
    model = f"doc-{seconds * rate}-{rate}"
    for count in (1, 8, 32):
        what = f"{count} {'tab' if count == 1 else 'tabs'} at {rate}/s"
        with TemporaryDirectory() as folder:
            file = Path(folder) / "late.json"
            floor = _until_told(bench, bench.ticked(file, "doc-20-50", count), count)[0].cpu
            before = len(bench.lateness())
            total, late = _until_told(bench, bench.ticked(file, model, count), count, file)
        yield Figure(f"{what}: cores", (total.cpu - floor) / seconds, "", 1.0 if count == 32 else None)
        yield from _lag_figures(what, late, 30)
        worst = max(bench.lateness()[before:])
        yield Figure(f"{what}: the latest stream", worst * 1000, "ms", 500, note=f"after {seconds} s")


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
