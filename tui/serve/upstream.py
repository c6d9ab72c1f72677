"""Asking upstream: its answer with the body unread, or its refusal."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import httpx2
from fastapi.responses import Response

from tui.endpoint import Endpoint
from tui.engine import net_failure
from tui.engine.failure import Call
from tui.engine.opening import ERROR_BODY_BYTES, ERROR_BODY_SECONDS
from tui.engine.request import Request, Timeouts
from tui.serve.errors import is_passed, refused, unreachable

_WITHOUT_BODY = (204, 205)


class RefusedError(Exception):
    """Upstream answered with something else than an answer; `response` passes it on."""

    def __init__(self, response: Response) -> None:
        super().__init__(f"status {response.status_code}")
        self.response = response


@dataclass(frozen=True)
class Upstream:
    """One endpoint with its HTTP client."""

    endpoint: Endpoint
    client: httpx2.AsyncClient
    timeouts: Timeouts

    async def ask(self, chat: Mapping[str, Any]) -> httpx2.Response:
        """The response, its body unread; close it. Raises RefusedError and ServeError."""
        call = self.call(str(chat.get("model", "")))
        content = json.dumps({**self.endpoint.params, **chat}).encode()
        headers = {"content-type": "application/json", "accept": "text/event-stream, application/json"}
        request = self.client.build_request("POST", "chat/completions", content=content, headers=headers)
        try:
            response = await self.client.send(request, stream=True)
        except Exception as error:  # the stream's edge: whatever it is becomes a refusal
            raise unreachable(net_failure.from_exception(error, call, began=False)) from error
        if 200 <= response.status_code < 300 and response.status_code not in _WITHOUT_BODY:
            return response
        raise await _refusal(response, call)

    def call(self, model: str) -> Call:
        """What failures are about."""
        return Call(Request(model, (), timeouts=self.timeouts), self.endpoint.base_url, self.endpoint.key or "")


def passed_headers(response: httpx2.Response) -> dict[str, str]:
    """The headers of a response that go onward."""
    return {name: value for name, value in response.headers.items() if is_passed(name)}


async def _refusal(response: httpx2.Response, call: Call) -> RefusedError:
    data = bytearray()
    with suppress(Exception):  # the body of an error may break in any way; its status stands
        async with asyncio.timeout(ERROR_BODY_SECONDS):
            async for piece in response.aiter_bytes():
                data += piece
                if len(data) >= ERROR_BODY_BYTES:
                    break
    await response.aclose()
    said = call.scrub(bytes(data[:ERROR_BODY_BYTES]).decode("utf-8", "replace")).encode()
    return RefusedError(refused(response.status_code, said, {name.lower(): text for name, text in response.headers.items()}))
