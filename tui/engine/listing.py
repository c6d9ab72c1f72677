"""The names of the models that an endpoint lists, as it sends them; bounded in time and in bytes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tui.engine.opening import bounded_async, bounded_sync

if TYPE_CHECKING:
    from openai import AsyncOpenAI, OpenAI

MOST_BYTES = 16 * 2**20
_NAMES = ("id", "name", "model")


class UnreadableError(ValueError):
    """What came is no list of models."""


async def list_async(client: AsyncOpenAI, seconds: float) -> list[str]:
    """The names, in the endpoint's order. Raises UnreadableError, RefusedError, TimeoutError, and what the SDK raises."""
    return names_in(await _body_async(client, seconds))


async def owners_async(client: AsyncOpenAI, seconds: float) -> set[str]:
    """Who the listed models say owns them: "vllm", "openai", ... Raises what `list_async` does."""
    rows = _rows(_value(await _body_async(client, seconds)))
    return {row["owned_by"] for row in rows if isinstance(row, Mapping) and isinstance(row.get("owned_by"), str)}


async def _body_async(client: AsyncOpenAI, seconds: float) -> bytearray:
    body = bytearray()
    async with asyncio.timeout(seconds):
        with bounded_async(client):
            manager = client.models.with_streaming_response.list(timeout=seconds)
            async with manager as response:
                async for piece in response.http_response.aiter_bytes():
                    _add(body, piece)
    return body


def list_sync(client: OpenAI, seconds: float) -> list[str]:
    """The same with the synchronous client."""
    body = bytearray()
    with bounded_sync(client, seconds), client.models.with_streaming_response.list(timeout=seconds) as response:
        for piece in response.http_response.iter_bytes():
            _add(body, piece)
    return names_in(body)


def names_in(body: bytes | bytearray) -> list[str]:
    """The names in the body of a list, OpenAI's or Ollama's. Raises UnreadableError."""
    rows = _rows(_value(body))
    names = [name for name in map(_name, rows) if name]
    if rows and not names:
        raise UnreadableError("a list of something else")
    return names


def _value(body: bytes | bytearray) -> Any:
    try:
        return json.loads(body.decode("utf-8-sig", "replace"), strict=False)
    except (ValueError, RecursionError) as error:
        raise UnreadableError("not JSON") from error


def _add(body: bytearray, piece: bytes) -> None:
    body += piece
    if len(body) > MOST_BYTES:
        raise UnreadableError("too long a list")


def _rows(value: Any) -> list[Any]:
    if isinstance(value, Mapping):
        found = [value[key] for key in ("data", "models") if key in value]
        if not found:
            raise UnreadableError("no list")
        value = next((rows for rows in found if rows), [])  # a server without models may say null
    if not isinstance(value, list):
        raise UnreadableError("no list")
    return value


def _name(row: Any) -> str:
    if isinstance(row, Mapping):
        row = next((row[key] for key in _NAMES if isinstance(row.get(key), str)), "")
    return row if isinstance(row, str) else ""
