"""The models that an endpoint lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tui.engine.failure import Call, Failure
from tui.engine.http_failure import Refusal, from_refusal
from tui.engine.net_failure import causes, from_exception
from tui.engine.request import Request

if TYPE_CHECKING:
    from openai import AsyncOpenAI, OpenAI

LIST_WITHIN = 15.0  # seconds


class ModelsError(Exception):
    """The list could not be had; `failure` says why, in plain words."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.title)
        self.failure = failure


async def list_models(client: AsyncOpenAI) -> list[str]:
    """The names, in the endpoint's order. Raises ModelsError."""
    try:
        page = await client.models.list(timeout=LIST_WITHIN)
    except Exception as error:  # the stream's edge: whatever the server does becomes a Failure
        raise ModelsError(_failure(error, client)) from error
    return _names(page)


def list_models_sync(client: OpenAI) -> list[str]:
    """The names, in the endpoint's order. Raises ModelsError."""
    try:
        page = client.models.list(timeout=LIST_WITHIN)
    except Exception as error:  # the stream's edge: whatever the server does becomes a Failure
        raise ModelsError(_failure(error, client)) from error
    return _names(page)


def _names(page: Any) -> list[str]:
    data = getattr(page, "data", None)
    names = [getattr(model, "id", None) for model in data] if isinstance(data, list) else []
    return [name for name in names if isinstance(name, str) and name]


def _failure(error: Exception, client: AsyncOpenAI | OpenAI) -> Failure:
    key = client.api_key
    call = Call(Request("", ()), str(client.base_url), key if isinstance(key, str) else "")
    response = getattr(error, "response", None)
    if response is not None and response.status_code != 200:
        headers = {name.lower(): value for name, value in response.headers.items()}
        return from_refusal(Refusal(response.status_code, headers, response.content[:65536]), call)
    if _is_unreadable(error):
        title = f"{call.host} does not list its models in a way that can be read."
        return Failure("protocol", title, "", "Check the base URL; it usually ends in /v1.")
    return from_exception(error, call, began=False)


def _is_unreadable(error: Exception) -> bool:
    """Whether a list came, but of something else: a web page, other JSON, damage."""
    if isinstance(error, AttributeError | TypeError | ValueError) and not isinstance(error, UnicodeEncodeError):
        return True
    return any(type(one).__name__ == "DecodingError" for one in causes(error))
