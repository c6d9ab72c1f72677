"""Fuzz the engine: `python -m tests.bench.fuzz [EXAMPLES]`; 10,000 examples of each property by default.

The suite runs the same properties with a few hundred examples. Prints a table; the exit code is 1 if a property does not hold.
"""

from __future__ import annotations

import argparse
import importlib
import inspect
import os
import sys
import time
import traceback
from collections.abc import Callable, Iterator

_MODULES = (
    "tests.engine.test_reader",
    "tests.engine.test_decode",
    "tests.engine.test_sse",
    "tests.engine.test_seam",
    "tests.engine.test_answer",
)


def properties() -> Iterator[tuple[str, Callable[[], None]]]:
    """The name and the test of each property."""
    for name in _MODULES:
        module = importlib.import_module(name)
        for title, test in inspect.getmembers(module, inspect.isfunction):
            if title.startswith("test_") and getattr(test, "is_hypothesis_test", False):
                yield f"{name.rpartition('.')[2]}: {title.removeprefix('test_').replace('_', ' ')}", test


def main() -> int:
    """Run all properties."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("examples", type=int, nargs="?", default=10_000)
    # the tests read it when they are imported
    os.environ["STREAMTUI_EXAMPLES"] = str(parser.parse_args().examples)
    failed = 0
    for title, test in properties():
        began = time.perf_counter()
        try:
            test()
        except Exception:
            traceback.print_exc()
            failed += 1
            verdict = "FAILED"
        else:
            verdict = "holds"
        print(f"{verdict:7} {time.perf_counter() - began:7.1f} s  {title}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
