"""The embedded demo: an OpenAI-compatible endpoint in memory, reached by the usual clients; no port is opened.

    client = AsyncOpenAI(
        base_url=DEMO_BASE_URL, api_key="", http_client=httpx2.AsyncClient(transport=async_transport()), max_retries=0
    )

It streams lessons about streaming at a human pace, and offers models whose streams break in the usual ways.
Importing this package costs nothing; `httpx2` and the lessons are loaded by the first transport and the first request.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from tui.providers.demo.models import DEMO_MODELS, DemoModel

if TYPE_CHECKING:
    from tui.providers.demo.transport import AsyncDemoTransport, SyncDemoTransport

__all__ = ["DEMO_BASE_URL", "DEMO_MODELS", "DemoModel", "async_transport", "sync_transport"]

DEMO_BASE_URL = "https://demo.invalid/v1"  # a name that never resolves: without the transport nothing can leave this machine


def async_transport(wait: Callable[[float], Awaitable[object]] | None = None) -> AsyncDemoTransport:
    """A transport for `httpx2.AsyncClient`. `wait(seconds)` is awaited before each piece; the default is `asyncio.sleep`."""
    from tui.providers.demo.transport import AsyncDemoTransport

    return AsyncDemoTransport(wait)


def sync_transport(wait: Callable[[float], object] | None = None) -> SyncDemoTransport:
    """A transport for `httpx2.Client`. `wait(seconds)` is called before each piece; the default wakes when closed."""
    from tui.providers.demo.transport import SyncDemoTransport

    return SyncDemoTransport(wait)
