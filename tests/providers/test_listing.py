"""Lists of models as servers really send them: any shape, any pace, any size."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.faults.server import HOLD, FaultServer, Flood, Script
from tests.faults.wire import as_json, head, sized
from tui.endpoint import Endpoint
from tui.engine import listing, opening
from tui.engine.failure import Failure
from tui.engine.listing import UnreadableError, names_in
from tui.engine.request import Timeouts
from tui.providers import models
from tui.providers.client import async_client, sync_client
from tui.providers.models import ModelsError, list_models, list_models_sync, takes_prefill


@pytest.fixture
async def server() -> AsyncIterator[FaultServer]:
    async with FaultServer() as server:
        yield server


@pytest.fixture(params=["async", "sync"])
def how(request: pytest.FixtureRequest) -> str:
    return str(request.param)


async def _listed(server: FaultServer, how: str, script: Script) -> list[str]:
    server.scripts["s/models"] = [script]
    endpoint = Endpoint("s", f"http://127.0.0.1:{server.port}/s/v1", "sk-some-key")
    if how == "sync":
        with sync_client(endpoint, Timeouts()) as client:
            return await asyncio.to_thread(list_models_sync, client)
    async with async_client(endpoint, Timeouts()) as client:
        return await list_models(client)


async def _failure(server: FaultServer, how: str, script: Script) -> Failure:
    with pytest.raises(ModelsError) as error:
        await _listed(server, how, script)
    return error.value.failure


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ({"data": [{"id": "b"}, {"id": "a"}]}, ["b", "a"]),
        ({"data": [{"id": "b"}, {"id": None}, {}, 7]}, ["b"]),
        ({"data": ["b", "a"]}, ["b", "a"]),
        ({"models": [{"name": "b:latest", "model": "b"}]}, ["b:latest"]),
        ({"models": [], "data": [{"id": "b"}]}, ["b"]),
        ([{"id": "b"}], ["b"]),
        ({"data": None}, []),
        ({"data": []}, []),
    ],
)
async def test_names_of_any_shape(server: FaultServer, how: str, value: Any, names: list[str]) -> None:
    assert await _listed(server, how, as_json(value)) == names


@pytest.mark.parametrize("body", [b"", b"<html>", b"[1, 2]", b"{}", b"7", b'{"error": "no"}', b'{"data": 7}', b"[" * 99999])
def test_what_is_no_list(body: bytes) -> None:
    with pytest.raises(UnreadableError):
        names_in(body)


def test_a_byte_order_mark_and_bad_bytes() -> None:
    assert names_in(b"\xef\xbb\xbf" + json.dumps({"data": [{"id": "b"}]}).encode()) == ["b"]
    assert names_in(b'{"data": [{"id": "b\xff"}]}') == ["b\ufffd"]


@pytest.mark.parametrize(
    "script",
    [
        [b"HTTP/1.1 200 OK\r\n", Flood(b"X-Drip: 1\r\n")],
        [b"HTTP/1.1 103 Early Hints\r\n\r\n", Flood(b"HTTP/1.1 103 Early Hints\r\n\r\n")],
        [HOLD],
        [head(type_="application/json"), Flood(b" ")],
        [head(type_="application/json"), b'{"data": [', HOLD],
    ],
    ids=["headers", "hints", "nothing", "white space", "half"],
)
async def test_no_server_takes_longer_than_it_may(
    server: FaultServer, how: str, script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(models, "LIST_WITHIN", 0.2)
    monkeypatch.setattr(listing, "MOST_BYTES", 2**60)
    failure = await _failure(server, how, script)
    assert failure.kind in ("timeout", "protocol"), failure  # the library limits the size of headers
    await server.gone.wait()


async def test_no_list_is_larger_than_it_may(server: FaultServer, how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "MOST_BYTES", 2**16)
    failure = await _failure(server, how, [head(type_="application/json"), Flood(b" " * 4096)])
    assert failure.kind == "protocol"
    assert "can be read" in failure.title


@pytest.mark.parametrize(("owner", "known"), [("vllm", True), ("sglang", True), ("openai", False), (None, False)])
async def test_who_takes_a_prefill_says_so_in_its_list(server: FaultServer, owner: str | None, known: bool) -> None:
    server.scripts["s/models"] = [as_json({"data": [{"id": "m", "owned_by": owner}]})]
    async with async_client(Endpoint("s", f"http://127.0.0.1:{server.port}/s/v1"), Timeouts()) as client:
        assert await takes_prefill(client) is known


async def test_who_does_not_list_takes_no_prefill(server: FaultServer) -> None:
    server.scripts["s/models"] = [as_json({"error": "no"}, "404 No")]
    async with async_client(Endpoint("s", f"http://127.0.0.1:{server.port}/s/v1"), Timeouts()) as client:
        assert not await takes_prefill(client)


async def test_a_refusal_says_what_the_server_says(server: FaultServer, how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "ERROR_BODY_SECONDS", 0.05)
    said = json.dumps({"error": {"message": "sk-some-key is no key"}}).encode()
    failure = await _failure(server, how, [head("401 No", length=999), said, HOLD])
    assert (failure.kind, failure.status, failure.request_id) == ("auth", 401, "req_8f21")
    assert "sk-some-key" not in repr(failure)
    assert (await _failure(server, how, sized(b"", status="404 Not Found"))).kind == "not_found"
