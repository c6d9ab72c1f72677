"""The models that exist and are nearest to a name that does not: for the advice of a 404. Never fails, never takes long."""

from __future__ import annotations

import asyncio
import difflib
from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from openai import AsyncOpenAI, OpenAI

SECONDS = 3.0
_SHOWN = 3


async def nearest_async(client: AsyncOpenAI, model: str) -> list[str]:
    """Up to three names, the nearest first; none if the server does not say."""
    # whatever happens here, the failure that is being told about is another one
    with suppress(Exception):
        async with asyncio.timeout(SECONDS):
            page = await client.models.list(timeout=SECONDS)
            return nearest(model, page.data)
    return []


def nearest_sync(client: OpenAI, model: str) -> list[str]:
    """The same with the synchronous client."""
    with suppress(Exception):
        page = client.models.list(timeout=SECONDS)
        return nearest(model, page.data)
    return []


def nearest(model: str, models: Iterable[Any]) -> list[str]:
    """The names nearest to `model`, or the first ones if none is near."""
    names = [name for name in (getattr(one, "id", None) for one in models) if isinstance(name, str) and len(name) <= 200]
    return difflib.get_close_matches(model, names, _SHOWN, 0.4) or names[:_SHOWN]
