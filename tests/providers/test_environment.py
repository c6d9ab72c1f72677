"""What the environment has a say in: proxies and certificates. Friendly, and the same in the app and without it."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Iterator
from contextlib import aclosing, contextmanager
from pathlib import Path

import pytest
import trustme

from tests.faults.server import FaultServer
from tui.endpoint import Endpoint
from tui.engine import retry
from tui.engine.events import Failed
from tui.engine.failure import Failure
from tui.engine.request import Request, Timeouts
from tui.engine.stream import read_answer, stream_answer
from tui.providers.client import async_client, sync_client
from tui.providers.models import ModelsError, list_models, list_models_sync

REQUEST = Request("m", [{"role": "user", "content": "go"}], timeouts=Timeouts(connect=5), max_retries=0)
LOGIN = b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"
FORBIDDEN = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setattr(retry, "backoff", lambda _: 0.0)


@pytest.fixture(params=["stream", "read", "list", "list_sync"])
def how(request: pytest.FixtureRequest) -> str:
    return str(request.param)


async def _failure(how: str, url: str) -> Failure:
    """The failure of one of the four ways to ask."""
    endpoint, limits = Endpoint("x", url, "sk-some-key"), Timeouts(connect=5)
    try:
        match how:
            case "stream":
                async with async_client(endpoint, limits) as client, aclosing(stream_answer(client, REQUEST)) as events:
                    last = [event async for event in events][-1]
            case "read":
                with sync_client(endpoint, limits) as reader:
                    last = (await asyncio.to_thread(lambda: list(read_answer(reader, REQUEST))))[-1]
            case "list":
                async with async_client(endpoint, limits) as client:
                    raise AssertionError(await list_models(client))
            case _:
                with sync_client(endpoint, limits) as reader:
                    raise AssertionError(await asyncio.to_thread(list_models_sync, reader))
    except ModelsError as error:
        return error.failure
    assert isinstance(last, Failed)
    return last.failure


@contextmanager
def _closed_port() -> Iterator[int]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, but it does not listen
        yield int(taken.getsockname()[1])


@pytest.mark.parametrize("url", ["https://llm.test/v1", "http://llm.test/v1"])
async def test_a_proxy_that_refuses_is_named(how: str, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with _closed_port() as port:
        monkeypatch.setenv("ALL_PROXY", f"http://me:secret@127.0.0.1:{port}")
        failure = await _failure(how, url)
    assert failure.kind == "connect"
    assert failure.title == f"The proxy 127.0.0.1:{port} refuses the connection."
    assert "NO_PROXY" in failure.advice
    assert "secret" not in repr(failure)


async def test_a_proxy_that_does_not_exist_is_named(how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def resolve(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.test:3128")
    failure = await _failure(how, "https://llm.test/v1")
    assert (failure.kind, failure.title) == ("connect", "There is no proxy named proxy.test.")


@pytest.mark.parametrize(("says", "kind", "title"), [(LOGIN, "auth", "wants a login"), (FORBIDDEN, "connect", "does not let")])
async def test_a_proxy_that_says_no(how: str, says: bytes, kind: str, title: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(says)
        writer.close()

    async with await asyncio.start_server(refuse, "127.0.0.1", 0) as proxy:
        port = proxy.sockets[0].getsockname()[1]
        monkeypatch.setenv("HTTPS_PROXY", f"127.0.0.1:{port}")
        failure = await _failure(how, "https://llm.test/v1")
    assert failure.kind == kind
    assert failure.title.startswith(f"The proxy 127.0.0.1:{port} {title}")


async def test_a_proxy_is_not_asked_the_way_to_this_machine(how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "ftp://nonsense")
    with _closed_port() as port:
        assert (await _failure(how, f"http://127.0.0.1:{port}/v1")).title == f"Nothing listens at 127.0.0.1:{port}."


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", None])
async def test_an_own_certificate_is_trusted_where_it_is_named_on_loopback_too(
    variable: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = trustme.CA()
    if variable:
        authority.cert_pem.write_to_path(tmp_path / "authority.pem")
        monkeypatch.setenv(variable, str(tmp_path / "authority.pem"))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    async with FaultServer(tls=context) as server:
        endpoint = Endpoint("x", f"https://127.0.0.1:{server.port}/s/v1", "sk-some-key")
        with sync_client(endpoint, Timeouts()) as client:
            if variable:
                assert await asyncio.to_thread(list_models_sync, client) == list(server.models)
                return
            with pytest.raises(ModelsError) as error:
                await asyncio.to_thread(list_models_sync, client)
    assert error.value.failure.kind == "tls"
    assert "SSL_CERT_FILE" in error.value.failure.advice
