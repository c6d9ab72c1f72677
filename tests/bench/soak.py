"""Runs the app on the fault table for a while: `python -m tests.bench.soak [SECONDS]`, 600 by default.

Eight tabs stream at once; each asks for a random row of the table, and then lets it end, stops it, closes its tab, retries or
continues. Each answer that ended by itself must be the row's. At the end nothing may have grown: memory, file descriptors,
threads, tasks. Needs Linux. The exit code is 1 if anything was wrong.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from textual.pilot import Pilot

from tests.bench.program import ROOT
from tests.bench.soak_server import rows
from tests.faults.table import CALM, Row
from tui.app import StreamTUI
from tui.screens.main import MainScreen
from tui.settings import Endpoint, load_settings
from tui.workspace import Tab

TABS = 8
TURNS = 6  # in one conversation, then its tab is closed: what is on the screen may take memory
GROWTH_MB = 12.0  # of memory that may come between the first third and the end
SAMPLES = 5.0  # seconds between two looks
_RETRIES = 2


@dataclass(frozen=True)
class Sample:
    """What the process holds: memory in MB, file descriptors, threads, tasks."""

    memory: float
    files: int
    threads: int
    tasks: int

    def __str__(self) -> str:
        return f"{self.memory:6.1f} MB, {self.files:3} files, {self.threads:2} threads, {self.tasks:3} tasks"


def sample() -> Sample:
    """What it holds now."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    files = sum(1 for _ in Path("/proc/self/fd").iterdir())
    return Sample(pages * os.sysconf("SC_PAGE_SIZE") / 2**20, files, threading.active_count(), len(asyncio.all_tasks()))


@dataclass
class Soak:
    """The app and what happened to it."""

    app: StreamTUI
    chance: random.Random
    until: float
    table: list[Row] = field(default_factory=rows)
    states: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    asked: int = 0

    @property
    def screen(self) -> MainScreen:
        """The main screen."""
        return self.app.main_screen

    async def live(self, tab: Tab) -> None:
        """One person at one tab, until the time is over."""
        while time.monotonic() < self.until:
            if len(tab.conversation.turns) >= TURNS:
                tab = await self._change(tab)
            number = self.chance.randrange(len(self.table))
            self.asked += 1
            self.screen.send(tab, f"{number} {self.asked}")
            tab = await self._see(tab, self.table[number])

    async def _see(self, tab: Tab, row: Row) -> Tab:
        what = self.chance.random()
        answer = tab.answer
        assert answer is not None, "it was asked just now"
        if what < 0.15:
            await asyncio.sleep(self.chance.uniform(0, 0.1))
            self.screen.workers.cancel_group(self.screen, tab.id)
        elif what < 0.25:
            await asyncio.sleep(self.chance.uniform(0, 0.1))
            return await self._change(tab)
        await self._idle(tab)
        self.states[answer.state] += 1
        if answer.state != "cancelled" and (answer.state, answer.text) != (row.state, row.text) and row.timeouts is CALM:
            self.problems.append(f"{row.name}: {answer.state} {answer.text[:60]!r}, not {row.state} {row.text[:60]!r}")
        return tab

    async def _idle(self, tab: Tab) -> None:
        while tab.busy:  # noqa: ASYNC110 - from outside, as a person sees it
            await asyncio.sleep(0.01)

    async def _change(self, tab: Tab) -> Tab:
        """Close a tab, streaming or not, and open another."""
        new = self.screen.workspace.open(like=tab)
        await self.screen._close_now(tab)
        await self.screen.show_tab(new)
        return new


async def soak(port: int, seconds: float, seed: int, folder: Path) -> tuple[Soak, list[Sample]]:
    """Run it, and look every few seconds."""
    flags = {"base_url": f"http://127.0.0.1:{port}/v1", "model": "alpha-larg", "data_dir": folder, "config": None}
    flags |= {"first_token_timeout": 4.0, "stall_timeout": 4.0, "max_retries": _RETRIES}
    (folder / "config.toml").touch()
    app = StreamTUI(load_settings(flags, {"STREAMTUI_CONFIG": str(folder / "config.toml")}), discover=_nobody)
    async with app.run_test(size=(120, 40)) as pilot:
        await _ready(pilot)
        run = Soak(app, random.Random(seed), time.monotonic() + seconds)
        tabs = [app.main_screen.tab, *(app.workspace.open() for _ in range(TABS - 1))]
        people = [asyncio.create_task(run.live(tab)) for tab in tabs]
        samples = []
        while time.monotonic() < run.until:
            await asyncio.sleep(min(SAMPLES, seconds / 20))
            samples.append(sample())
            print(f"{max(run.until - time.monotonic(), 0):4.0f} s left: {samples[-1]}, {run.asked} asked", flush=True)
        await asyncio.gather(*people)
        await _ready(pilot)
        samples.append(sample())
    return run, samples


async def _nobody() -> list[Endpoint]:
    return []


async def _ready(pilot: Pilot[None]) -> None:
    while pilot.app.workers:
        await pilot.pause(0.05)


def grown(samples: list[Sample]) -> list[str]:
    """What the last look found more of than the most of the first third."""
    early, last = samples[len(samples) // 6 : len(samples) // 3 + 1], samples[-1]
    most = {name: max(getattr(one, name) for one in early) for name in ("memory", "files", "threads", "tasks")}
    most["memory"] += GROWTH_MB
    return [f"{name} grew" for name, limit in most.items() if getattr(last, name) > limit]


def main() -> int:
    """Soak."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.soak", description=__doc__)
    parser.add_argument("seconds", type=float, nargs="?", default=600.0)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    command = [sys.executable, "-m", "tests.bench.soak_server"]
    with tempfile.TemporaryDirectory() as folder, subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as server:
        try:
            assert server.stdout is not None
            run, samples = asyncio.run(soak(int(server.stdout.readline()), options.seconds, options.seed, Path(folder)))
        finally:
            server.terminate()
    problems = [*run.problems, *grown(samples)]
    print(*problems, sep="\n")
    print(f"{run.asked} answers: {dict(run.states.most_common())}; at the end {samples[-1]}; {len(problems)} problems")
    return int(bool(problems))


if __name__ == "__main__":
    sys.exit(main())
