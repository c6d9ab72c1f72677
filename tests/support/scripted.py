"""An endpoint that follows scripts, for the real clients: in memory, no port, no clock.

gate = Gate()
script = Script.complete("Hello", gate, ", world")
client = make_client(script)
...
await gate.reached()        # "Hello" was read, and nothing else
gate.open()
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any

import httpx2
from openai import AsyncOpenAI, OpenAI

from tests.support.script import Gate, Script

BASE_URL = "http://scripted.test/v1"
KEY = "sk-test-0123456789"


class ScriptedEndpoint:
    """Answers each chat request with the next script that fits it, and `/models` with `models`."""

    def __init__(self, *scripts: Script, models: Sequence[str] = ("test-model",)) -> None:
        self.scripts = list(scripts)
        self.models = models
        self.requests: list[httpx2.Request] = []

    def client(self, *_: object) -> AsyncOpenAI:
        """An asynchronous client; takes what a client factory is given, and ignores it."""
        http_client = httpx2.AsyncClient(transport=_AsyncTransport(self))
        return AsyncOpenAI(api_key=KEY, base_url=BASE_URL, http_client=http_client, max_retries=0)

    def sync_client(self, *_: object) -> OpenAI:
        """A synchronous client; its scripts can't hold at gates."""
        http_client = httpx2.Client(transport=_SyncTransport(self))
        return OpenAI(api_key=KEY, base_url=BASE_URL, http_client=http_client, max_retries=0)

    def take(self, request: httpx2.Request) -> Script | None:
        """The script that answers `request`, or None for `/models`. Raises AssertionError if none is left."""
        self.requests.append(request)
        if request.url.path.endswith("/models"):
            return None
        last = str(json.loads(request.content)["messages"][-1].get("content"))
        script = next((each for each in self.scripts if each.request is None and each.prompt in last), None)
        assert script is not None, f"no script is left for {last!r}"
        script.request = request
        if script.unreachable is not None:
            raise script.unreachable
        return script

    def listing(self) -> httpx2.Response:
        """The answer to `/models`."""
        data: list[dict[str, Any]] = [{"id": name, "object": "model", "created": 0, "owned_by": "test"} for name in self.models]
        return httpx2.Response(200, json={"object": "list", "data": data})


def make_client(*scripts: Script) -> AsyncOpenAI:
    """A client whose requests get `scripts`, in order."""
    return ScriptedEndpoint(*scripts).client()


def make_sync_client(*scripts: Script) -> OpenAI:
    """The same, synchronous."""
    return ScriptedEndpoint(*scripts).sync_client()


class _AsyncTransport(httpx2.AsyncBaseTransport):
    def __init__(self, endpoint: ScriptedEndpoint) -> None:
        self._endpoint = endpoint

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        await request.aread()
        script = self._endpoint.take(request)
        if script is None:
            return self._endpoint.listing()
        return httpx2.Response(script.status, headers=script.headers, stream=_AsyncBody(script))


class _SyncTransport(httpx2.BaseTransport):
    def __init__(self, endpoint: ScriptedEndpoint) -> None:
        self._endpoint = endpoint

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        request.read()
        script = self._endpoint.take(request)
        if script is None:
            return self._endpoint.listing()
        return httpx2.Response(script.status, headers=script.headers, stream=_SyncBody(script))


class _AsyncBody(httpx2.AsyncByteStream):
    def __init__(self, script: Script) -> None:
        self._script = script

    async def __aiter__(self) -> AsyncIterator[bytes]:
        script = self._script
        for place, item in enumerate(script.items):
            if isinstance(item, Gate):
                await item.pass_through()
            elif isinstance(item, BaseException):
                raise item
            elif callable(item):
                item()
            else:
                script.begun = place + 1
                yield script.wire(item)
            script.moved(sent=place + 1)

    async def aclose(self) -> None:
        self._script.moved(closed=True)


class _SyncBody(httpx2.SyncByteStream):
    def __init__(self, script: Script) -> None:
        self._script = script

    def __iter__(self) -> Iterator[bytes]:
        script = self._script
        for place, item in enumerate(script.items):
            if isinstance(item, Gate):
                raise TypeError("a synchronous stream can't hold at a gate")
            if isinstance(item, BaseException):
                raise item
            if callable(item):
                item()
            else:
                script.begun = place + 1
                yield script.wire(item)
            script.moved(sent=place + 1)

    def close(self) -> None:
        self._script.moved(closed=True)
