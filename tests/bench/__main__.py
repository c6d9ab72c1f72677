"""Measures streamtui against its yardsticks, and prints a table.

python -m tests.bench [--runs 5] [--json FILE] [MEASURE ...]

The lesson's loop draws nothing; the idiomatic app is what Textual's documentation shows; a plain app is the measure of the
start. CPU is user and system time until the last word was on the screen, less the same program's for a stream of 50 tokens.
Each program runs in a pseudo-terminal of 120×40. Needs a Unix, an idle machine, and with all measures about half an hour.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from tests.bench.bench import Bench
from tests.bench.measures import MEASURES
from tests.bench.program import ROOT
from tests.bench.report import Figure, write_json


def main() -> int:
    """Run; 1 if a bar was missed."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("measures", nargs="*", metavar="MEASURE", help=f"of {', '.join(MEASURES)}; all by default")
    parser.add_argument("--runs", type=int, default=5, help="how often each figure is taken; the median counts")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there, too")
    options = parser.parse_args()
    if unknown := set(options.measures) - set(MEASURES):
        parser.error(f"no such measure: {', '.join(sorted(unknown))}")
    figures = _measured(options.measures or list(MEASURES), options.runs)
    if options.json:
        write_json(figures, options.json)
    return int(any(figure.met is False for figure in figures))


def _measured(names: list[str], runs: int) -> list[Figure]:
    figures = []
    with subprocess.Popen([sys.executable, "-m", "tests.bench.replay"], stdout=subprocess.PIPE, text=True, cwd=ROOT) as server:
        try:
            assert server.stdout is not None
            bench = Bench(server.stdout.readline().strip(), runs)
            for name in names:
                for figure in MEASURES[name](bench):
                    print(figure.line(), flush=True)
                    figures.append(figure)
        finally:
            server.terminate()
    return figures


if __name__ == "__main__":
    sys.exit(main())
