"""Requests that are repeated with their `Idempotency-Key`: they get what the first one got, and nothing is asked twice."""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tui.serve.errors import ServeError
from tui.serve.streams import Stream

MOST = 4096  # keys that are remembered, the latest ones
_LONGEST = 255


@dataclass(slots=True)
class _Known:
    digest: bytes
    opening: asyncio.Task[Stream] | None  # until it is open
    id: str = ""


class Once:
    """Remembers which key opened which stream; an opening that failed may be tried again."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, _Known] = OrderedDict()

    async def opened(self, key: str | None, body: bytes, opening: Callable[[], Awaitable[Stream]]) -> Stream | str:
        """The stream of `key`, or its id if it was open before. Raises ServeError, and what `opening` raises."""
        if not key:
            return await opening()
        if len(key) > _LONGEST:
            raise ServeError(400, "The Idempotency-Key is too long.", param="Idempotency-Key")
        digest = hashlib.sha256(body).digest()
        known = self._known.get(key)
        if known is None:
            task = asyncio.ensure_future(_task(opening))
            known = self._known[key] = _Known(digest, task)
            task.add_done_callback(lambda task: self._settle(key, task))
            if len(self._known) > MOST:
                self._known.popitem(last=False)
        elif known.digest != digest:
            raise ServeError(422, "This Idempotency-Key belongs to another request.", param="Idempotency-Key")
        if known.opening is None:
            return known.id
        return await asyncio.shield(known.opening)  # who asked first may leave; it is opened all the same

    def _settle(self, key: str, task: asyncio.Task[Stream]) -> None:
        known = self._known.get(key)
        if known is None or known.opening is not task:
            return
        if task.cancelled() or task.exception() is not None:
            del self._known[key]
        else:
            known.opening, known.id = None, task.result().id  # the stream's events are the hub's to keep


async def _task(opening: Callable[[], Awaitable[Stream]]) -> Stream:
    return await opening()
