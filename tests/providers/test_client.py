"""Clients: which headers go out. Models and local servers: what is found."""

from __future__ import annotations

import asyncio

import httpx2
import pytest

from tui.endpoint import Endpoint
from tui.engine.request import Timeouts
from tui.providers.client import async_client, sync_client
from tui.providers.discovery import discover
from tui.providers.models import ModelsError, list_models, list_models_sync
from tui.usage import UsageError

UNREADABLE = (b"<html>Sign in</html>", b"[1, 2]", b"{bad", b"\xff\xfe")
LISTING = {"object": "list", "data": [{"id": "b", "object": "model"}, {"id": "a", "object": "model"}]}


def listing(seen: list[httpx2.Headers], status: int = 200, **headers: str) -> httpx2.MockTransport:
    """Answers with two models, and keeps the headers of the request."""

    def answer(request: httpx2.Request) -> httpx2.Response:
        seen.append(request.headers)
        return httpx2.Response(status, json=LISTING, headers=headers)

    return httpx2.MockTransport(answer)


def headers_of(endpoint: Endpoint) -> httpx2.Headers:
    """What is sent to `endpoint`."""
    seen: list[httpx2.Headers] = []
    client = sync_client(endpoint, Timeouts())
    client._client._transport = listing(seen)
    client._client._mounts.clear()
    assert list_models_sync(client) == ["b", "a"]
    return seen[0]


def test_without_a_key_no_authorization_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-from-the-environment")
    monkeypatch.setenv("OPENAI_ADMIN_KEY", "sk-admin")
    assert "authorization" not in headers_of(Endpoint("x", "http://127.0.0.1:9/v1"))


def test_a_key_is_sent_as_a_bearer_token() -> None:
    assert headers_of(Endpoint("x", "http://127.0.0.1:9/v1", "sk-mine"))["authorization"] == "Bearer sk-mine"


def test_what_is_openais_goes_to_openai_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_ORG_ID", "org-1")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Secret: 1")
    sent = headers_of(Endpoint("x", "http://127.0.0.1:9/v1", "k", headers={"X-Own": "2"}))
    assert "openai-organization" not in sent
    assert "x-secret" not in sent
    assert sent["x-own"] == "2"
    assert headers_of(Endpoint("openai", "https://api.openai.com/v1", "k"))["openai-organization"] == "org-1"


async def test_no_redirect_is_followed() -> None:
    seen: list[httpx2.Headers] = []
    client = async_client(Endpoint("x", "https://llm.example/v1", "k"), Timeouts())
    client._client._transport = listing(seen, 307, location="https://elsewhere.example/v1/models")
    client._client._mounts.clear()
    with pytest.raises(ModelsError):
        await list_models(client)
    assert len(seen) == 1


async def test_local_servers_are_found_and_others_are_not() -> None:
    async def serve(body: bytes) -> tuple[asyncio.Server, int]:
        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.0 200 OK\r\n\r\n" + body)
            writer.close()

        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        return server, server.sockets[0].getsockname()[1]

    good, good_port = await serve(b'{"data": [{"id": "gemma"}]}')
    bad, bad_port = await serve(b"<html>hello</html>")
    async with good, bad:
        found = await discover(budget=20, ports={good_port: "ollama", bad_port: "vllm"})
    assert [(each.name, each.model, each.key) for each in found] == [("ollama", "gemma", None)]


@pytest.mark.parametrize("body", UNREADABLE)
@pytest.mark.parametrize("type_", ["text/html", "application/json"])
def test_a_list_that_can_not_be_read_is_no_fault_of_the_request(body: bytes, type_: str) -> None:
    client = sync_client(Endpoint("x", "http://127.0.0.1:9/v1"), Timeouts())
    client._client._transport = httpx2.MockTransport(
        lambda _: httpx2.Response(200, content=body, headers={"content-type": type_})
    )
    with pytest.raises(ModelsError) as error:
        list_models_sync(client)
    assert error.value.failure.kind == "protocol"


def test_the_synchronous_client_uses_no_connection_twice() -> None:
    client = sync_client(Endpoint("x", "http://127.0.0.1:9/v1"), Timeouts())
    transport = client._client._transport
    assert isinstance(transport, httpx2.HTTPTransport)
    assert transport._pool._max_keepalive_connections == 0


@pytest.mark.parametrize(
    ("variable", "value"), [("HTTPS_PROXY", "::x::"), ("ALL_PROXY", "ftp://127.0.0.1:1"), ("SSL_CERT_FILE", "/no/such/file")]
)
async def test_an_environment_that_can_not_be_used_is_blamed(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    endpoint = Endpoint("x", "https://llm.test/v1", "k")
    with pytest.raises(UsageError, match=variable):
        sync_client(endpoint, Timeouts())
    with pytest.raises(ModelsError) as error:
        await list_models(async_client(endpoint, Timeouts()))
    assert error.value.failure.kind == "connect"
    assert variable in error.value.failure.detail


async def test_a_proxys_password_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "http://me:half/secret@proxy.test:3128")
    with pytest.raises(UsageError) as error:
        sync_client(Endpoint("x", "https://llm.test/v1", "k"), Timeouts())
    assert "half" not in str(error.value)
