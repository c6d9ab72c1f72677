"""The fault server in a thread of its own, for programs that are read without an event loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tests.faults.server import FaultServer


@contextmanager
def served(server: FaultServer) -> Iterator[FaultServer]:
    """`server`, until the end of the block. Read what it holds; change only `scripts`."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        asyncio.run_coroutine_threadsafe(server.__aenter__(), loop).result()
        yield server
        asyncio.run_coroutine_threadsafe(server.__aexit__(None, None, None), loop).result()
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def see_gone(server: FaultServer) -> None:
    """Wait until a client closed its connection while the server held it open. Raises TimeoutError."""
    waiting = asyncio.wait_for(server.gone.wait(), 20)
    asyncio.run_coroutine_threadsafe(waiting, server.loop).result()
