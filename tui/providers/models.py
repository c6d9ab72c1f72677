"""The models that an endpoint lists."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from tui.engine.failure import Failure
from tui.engine.http_failure import from_refusal
from tui.engine.listing import UnreadableError, list_async, list_sync, owners_async
from tui.engine.net_failure import causes, from_exception
from tui.engine.opening import RefusedError, call_of
from tui.engine.request import Request

if TYPE_CHECKING:
    from openai import AsyncOpenAI, OpenAI

LIST_WITHIN = 15.0  # seconds
ASK_WITHIN = 2.0  # seconds, where nobody waits for the list itself
PREFILLED = frozenset(("vllm", "sglang"))  # what these servers name as the owner of their models


class ModelsError(Exception):
    """The list could not be had; `failure` says why, in plain words."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.title)
        self.failure = failure


async def list_models(client: AsyncOpenAI) -> list[str]:
    """The names, in the endpoint's order. Raises ModelsError."""
    try:
        return await list_async(client, LIST_WITHIN)
    except Exception as error:  # the stream's edge: whatever the server does becomes a Failure
        raise ModelsError(_failure(error, client)) from error


def list_models_sync(client: OpenAI) -> list[str]:
    """The names, in the endpoint's order. Raises ModelsError."""
    try:
        return list_sync(client, LIST_WITHIN)
    except Exception as error:  # the stream's edge: whatever the server does becomes a Failure
        raise ModelsError(_failure(error, client)) from error


async def takes_prefill(client: AsyncOpenAI) -> bool:
    """Whether the server is known to take `continue_final_message`: its models say what it is. Never raises."""
    with suppress(Exception):  # it is only asked to continue better; the request itself will say what is wrong
        return not PREFILLED.isdisjoint(await owners_async(client, ASK_WITHIN))
    return False


def _failure(error: Exception, client: AsyncOpenAI | OpenAI) -> Failure:
    call = call_of(client, Request("", ()))
    if isinstance(error, RefusedError):
        return from_refusal(error.refusal, call)
    if isinstance(error, UnreadableError) or any(type(one).__name__ == "DecodingError" for one in causes(error)):
        title = f"{call.host} does not list its models in a way that can be read."
        return Failure("protocol", title, "", "Check the base URL; it usually ends in /v1.")
    return from_exception(error, call, began=False)
