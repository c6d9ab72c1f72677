"""What can go wrong before any answer, over loopback, with both clients; and that the server sees it when a person stops."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from contextlib import aclosing
from typing import Any

import httpx2
import pytest
from openai import AsyncOpenAI, OpenAI

from tests.faults.server import CLOSE, HOLD, FaultServer, Script
from tests.faults.wire import DONE, HEAD, say
from tui.engine import retry
from tui.engine.answer import Answer
from tui.engine.drive import drive
from tui.engine.events import Event, Failed, Retrying, StallNotice, TextDelta
from tui.engine.failure import Failure
from tui.engine.request import Request, Timeouts
from tui.engine.stream import read_answer, stream_answer

REQUEST = Request("m", [{"role": "user", "content": "go"}], timeouts=Timeouts(connect=5))


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry, "backoff", lambda _: 0.0)


async def _events(how: str, url: str, key: str = "sk-some-key") -> list[Event]:
    if how == "sync":

        def read() -> list[Event]:
            with OpenAI(base_url=url, api_key=key, max_retries=0) as client:
                return list(read_answer(client, REQUEST))

        return await asyncio.to_thread(read)
    async with (
        AsyncOpenAI(base_url=url, api_key=key, max_retries=0) as client,
        aclosing(stream_answer(client, REQUEST)) as events,
    ):
        return [event async for event in events]


def _failure(events: list[Event]) -> Failure:
    last = events[-1]
    assert isinstance(last, Failed)
    return last.failure


def _retries(events: list[Event]) -> int:
    return sum(isinstance(event, Retrying) for event in events)


@pytest.fixture(params=["async", "sync"])
def how(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_nothing_listens(how: str, host: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, but it does not listen: nobody else can get this port
        events = await _events(how, f"http://{host}:{taken.getsockname()[1]}/v1")

    assert _failure(events).kind == "connect"
    assert f"Nothing listens at {host}" in _failure(events).title
    assert _retries(events) == 2


async def test_no_such_host(how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def resolve(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", resolve)

    events = await _events(how, "http://no-such-host.invalid/v1")

    assert (_failure(events).kind, _retries(events)) == ("connect", 0)
    assert "no-such-host.invalid" in _failure(events).title


async def test_tls_to_a_server_that_speaks_none(how: str) -> None:
    async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example ESMTP\r\n")
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()

    async with await asyncio.start_server(greet, "127.0.0.1", 0) as server:
        events = await _events(how, f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1")

    assert (_failure(events).kind, _retries(events)) == ("tls", 0)


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/v1", "127.0.0.1/v1"])
async def test_a_base_url_that_is_none(how: str, url: str) -> None:
    assert _failure(await _events(how, url)).kind == "usage"


@pytest.mark.parametrize("key", ["sk-bad\nkey", "sk-bad\u2026key", "sk-bad\x00key"])
async def test_a_key_that_no_header_can_hold_is_not_shown(how: str, key: str) -> None:
    async with FaultServer() as server:
        events = await _events(how, server.play("s", [HEAD]), key)

    assert _failure(events).kind == "usage"
    assert "sk-bad" not in repr(events)


async def test_the_server_sees_a_stop() -> None:
    answer = Answer("m")
    async with FaultServer() as server:
        spoke = asyncio.Event()
        async with AsyncOpenAI(base_url=server.play("s", [HEAD, say("a"), HOLD]), api_key="k", max_retries=0) as client:

            def record(event: Event) -> None:
                if isinstance(event, TextDelta):
                    spoke.set()

            task = asyncio.create_task(drive(answer, stream_answer(client, REQUEST), record=record))
            await spoke.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await asyncio.wait_for(server.gone.wait(), 10)

    assert (answer.state, answer.text) == ("cancelled", "a")


async def test_the_server_sees_it_when_the_reader_leaves() -> None:
    async with FaultServer() as server:
        url = server.play("s", [HEAD, say("a"), HOLD])

        def read() -> None:
            with OpenAI(base_url=url, api_key="k", max_retries=0) as client:
                events = read_answer(client, REQUEST)
                for event in events:
                    if isinstance(event, TextDelta):
                        break
                events.close()

        await asyncio.to_thread(read)
        await asyncio.wait_for(server.gone.wait(), 10)
        assert server.gone.is_set()


@pytest.mark.parametrize("said", [(), (HEAD,), (HEAD, say("a"))], ids=["no headers", "no token", "in the middle"])
async def test_silence_is_told_while_it_lasts(said: tuple[bytes, ...]) -> None:
    notices: list[StallNotice] = []
    request = Request("m", [{"role": "user", "content": "go"}], timeouts=Timeouts(5, 0.1, 0.1), max_retries=0)
    async with FaultServer() as server:
        url = server.play("s", [*said, HOLD])

        def read() -> list[Event]:
            with OpenAI(base_url=url, api_key="k", max_retries=0) as client:
                return list(read_answer(client, request, notice=notices.append))

        failure = _failure(await asyncio.to_thread(read))

    assert [notice.limit for notice in notices] == [0.1]
    assert 0.05 <= notices[0].silent < 0.1
    assert failure.kind == ("stalled" if len(said) == 2 else "timeout")


async def test_no_request_stays_in_the_pool() -> None:
    """Whether a stream ended, broke or was stopped: the HTTP library would keep its connection in memory for ever."""
    scripts: tuple[Script, ...] = (
        [HEAD, say("a"), DONE],
        [HEAD, say("a"), DONE, HOLD],
        [HEAD, say("a"), HOLD],
        [HEAD, say("a")],
        [CLOSE],
    )
    async with FaultServer() as server, httpx2.AsyncClient() as http_client:
        client = AsyncOpenAI(base_url=server.play("s"), api_key="k", http_client=http_client, max_retries=0)
        for script in scripts:
            server.scripts["s"] = [script]
            async with aclosing(stream_answer(client, REQUEST)) as events:
                async for event in events:
                    if isinstance(event, TextDelta) and script is scripts[2]:
                        break
        pool = http_client._transport_for_url(client.base_url)._pool  # type: ignore[attr-defined] # the real transport has one

        assert pool._requests == []
