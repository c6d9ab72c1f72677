"""A Textual program with a 10 ms ticker in its event loop: how late does the loop come round while it streams?

    python -m tests.bench.ticked FILE MODULE [the module's own arguments]

SIGUSR1 starts the count anew; SIGUSR2 writes the latenesses so far to FILE, as a JSON list of seconds.
"""

from __future__ import annotations

import asyncio
import json
import runpy
import signal
import sys
import time
from pathlib import Path
from typing import Any

from textual.app import App

TICK = 0.010


async def tick(late: list[float]) -> None:
    """Note at each tick how late it comes."""
    while True:
        due = time.perf_counter() + TICK
        await asyncio.sleep(TICK)
        late.append(time.perf_counter() - due)


def install(file: Path) -> None:
    """Make every app run with the ticker."""
    late: list[float] = []
    run_async = App.run_async

    async def ticking(self: App[Any], *args: Any, **kwargs: Any) -> Any:
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGUSR1, late.clear)
        loop.add_signal_handler(signal.SIGUSR2, lambda: file.write_text(json.dumps(late), encoding="utf-8"))
        ticker = asyncio.create_task(tick(late))
        try:
            return await run_async(self, *args, **kwargs)
        finally:
            ticker.cancel()

    App.run_async = ticking  # type: ignore[method-assign] # that is the hook


if __name__ == "__main__":
    install(Path(sys.argv[1]))
    del sys.argv[:2]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
