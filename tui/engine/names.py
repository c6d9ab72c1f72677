"""The models that exist and are nearest to a name that does not: for the advice of a 404. Never fails, never takes long."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING

from tui.engine.listing import list_async, list_sync

if TYPE_CHECKING:
    from openai import AsyncOpenAI, OpenAI

SECONDS = 3.0
_SHOWN = 3


async def nearest_async(client: AsyncOpenAI, model: str) -> list[str]:
    """Up to three names, the nearest first; none if the server does not say."""
    # whatever happens here, the failure that is being told about is another one
    with suppress(Exception):
        return nearest(model, await list_async(client, SECONDS))
    return []


def nearest_sync(client: OpenAI, model: str) -> list[str]:
    """The same with the synchronous client."""
    with suppress(Exception):
        return nearest(model, list_sync(client, SECONDS))
    return []


def nearest(model: str, listed: Iterable[str]) -> list[str]:
    """The names nearest to `model`, or the first ones if none is near."""
    names = [name for name in listed if len(name) <= 200]
    return difflib.get_close_matches(model, names, _SHOWN, 0.4) or names[:_SHOWN]
