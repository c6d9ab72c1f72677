"""Recording: the exact bytes and cuts, at their time, without any secret, and never at the stream's cost."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine.fakes import Stream, Transport, settle
from tests.recording.kit import cuts
from tests.recording.tools import FAST, KEY, URL, WHEN, answered, facts, recorded, replayed
from tests.support.clock import Clock
from tests.support.script import DONE, Script
from tests.support.scripted import ScriptedEndpoint
from tui.engine.request import Request
from tui.recording import load
from tui.recording.format import Ending, Link
from tui.recording.recorder import Recorder
from tui.recording.replay import AsyncReplayTransport, ReplayTransport
from tui.recording.transport import AsyncRecordingTransport, RecordingTransport

SAY = b'data: {"choices": [{"delta": {"content": "Hello"}, "finish_reason": "stop"}]}\n\n'


async def _fetch(transport: httpx2.AsyncBaseTransport, body: bytes = b"null") -> list[bytes]:
    """The raw pieces of an answer."""
    async with (
        httpx2.AsyncClient(transport=transport) as client,
        client.stream("POST", URL, content=body) as response,
    ):
        return [piece async for piece in response.aiter_raw()]


@settings(max_examples=60, deadline=None, derandomize=True)
@given(data=st.binary(max_size=300), places=st.lists(st.integers(0, 300), max_size=6))
def test_any_bytes_are_recorded_replayed_and_recorded_again(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, places: list[int]
) -> None:
    pieces = [piece for piece in cuts(data, places) if piece]  # the client passes no empty ones on
    folder = tmp_path_factory.mktemp("any")

    async def run() -> None:
        one, two = Recorder(folder / "1"), Recorder(folder / "2")
        assert await _fetch(AsyncRecordingTransport(Transport([pieces]), one)) == pieces
        one.close()
        (first,) = [load(path) for path in (folder / "1").iterdir()]
        assert await _fetch(AsyncRecordingTransport(AsyncReplayTransport(first, speed=FAST), two)) == pieces
        two.close()
        (second,) = [load(path) for path in (folder / "2").iterdir()]
        for made in (first, second):
            assert [piece.data for piece in made.pieces] == pieces
            assert made.ending.how == "complete"
        assert second.response is not None
        assert first.response is not None
        assert (second.request, second.response.headers) == (first.request, first.response.headers)

    asyncio.run(run())


async def test_times_are_those_of_the_stream(tmp_path: Path) -> None:
    clock = Clock()
    script: list[Any] = [lambda: clock.passes(0.4), SAY, lambda: clock.passes(1.5), DONE, lambda: clock.passes(0.1)]
    endpoint = ScriptedEndpoint(Script(*script))
    transport = endpoint.client()._client._transport
    async with recorded(tmp_path, transport, clock=clock, now=lambda: WHEN) as (client, found):
        assert (await answered(client)).text == "Hello"
        (made,) = found()
    assert made.recorded == "2026-01-02T03:04:05.000006Z"
    assert made.by.startswith("streamtui ")
    assert [(piece.seconds, piece.data) for piece in made.pieces] == [(0.4, SAY), (1.9, DONE)]
    assert made.ending == Ending(1.9, "closed")  # the reader had all that it wanted
    assert made.response is not None
    assert (made.response.seconds, made.response.status) == (0.0, 200)
    assert made.path.name == "20260102T030405.000006Z-m-1.jsonl"
    assert (made.model, made.prompt) == ("m-1", "go")


async def test_every_end_is_recorded(tmp_path: Path) -> None:
    reset = httpx2.ReadError("")
    reset.__cause__ = ConnectionResetError(errno.ECONNRESET, "Connection reset by peer")
    refused = httpx2.ConnectError("All connection attempts failed")
    refused.__cause__ = ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused")
    bodies: list[Any] = [[SAY], [SAY, reset], [refused], httpx2.Response(503, stream=Stream([b"busy"]))]
    async with recorded(tmp_path, Transport(bodies)) as (client, found):
        first = [await answered(client) for _ in bodies]
        made = found()
    assert [(one.ending.how, one.response and one.response.status) for one in made] == [
        ("complete", 200), ("broken", 200), ("broken", None), ("complete", 503),
    ]  # fmt: skip
    assert made[1].ending.error == (Link("ReadError"), Link("ConnectionResetError", "Connection reset by peer", "ECONNRESET"))
    assert made[3].data == b"busy"
    for one, answer in zip(made, first, strict=True):
        assert facts(await replayed(one)) == facts(answer)


async def test_each_attempt_is_a_stream_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.engine.retry.backoff", lambda _: 0.0)
    bodies: list[Any] = [httpx2.Response(503, stream=Stream([b"busy"])), [SAY, DONE]]
    async with recorded(tmp_path, Transport(bodies)) as (client, found):
        answer = await answered(client, Request("a/b:c", [{"role": "user", "content": "go"}], max_retries=1))
        made = found()
    assert answer.state == "complete"
    assert [one.data for one in made] == [b"busy", SAY + DONE]
    assert all(one.name.endswith("Z-a-b-c") for one in made)


async def test_a_stream_that_is_stopped_says_that_its_reader_left(tmp_path: Path) -> None:
    hold = asyncio.Event()
    transport = Transport([[SAY, hold]])
    async with recorded(tmp_path, transport) as (client, found):
        task = asyncio.create_task(answered(client))
        await transport.asked.wait()
        await settle()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        (made,) = found()
    assert made.ending.how == "closed"
    assert transport.streams[0].closed


async def test_what_is_no_stream_is_not_recorded(tmp_path: Path) -> None:
    async with recorded(tmp_path / "none", Transport([httpx2.Response(200, json={"data": []})])) as (client, _):
        await client.models.list()
    assert not (tmp_path / "none").exists()


def test_without_a_loop_the_same_is_recorded(tmp_path: Path) -> None:
    def answer(request: httpx2.Request) -> httpx2.Response:
        if request.content == b"broken":
            raise httpx2.ConnectError("no")
        return httpx2.Response(200, stream=_Body())

    recorder = Recorder(tmp_path)
    with httpx2.Client(transport=RecordingTransport(httpx2.MockTransport(answer), recorder, [KEY])) as client:
        assert list(_raw(client, b"null")) == [b"a", b"b"]
        with pytest.raises(httpx2.ConnectError):
            client.post(URL, content=b"broken")
        with client.stream("POST", URL) as response:
            assert next(response.iter_raw()) == b"a"
        client.get(URL)
    recorder.close()
    made = [load(path) for path in sorted(tmp_path.iterdir())]
    assert [(one.data, one.ending.how) for one in made] == [(b"ab", "complete"), (b"", "broken"), (b"a", "closed")]
    with httpx2.Client(transport=ReplayTransport(made[0], speed=FAST)) as client:
        assert list(_raw(client, b"null")) == [b"a", b"b"]
    with (
        httpx2.Client(transport=ReplayTransport(made[1], speed=FAST)) as client,
        pytest.raises(httpx2.ConnectError, match="no"),
    ):
        client.post(URL)


class _Body(httpx2.SyncByteStream):
    def __iter__(self) -> Iterator[bytes]:
        yield b"a"
        yield b"b"


def _raw(client: httpx2.Client, body: bytes) -> Iterator[bytes]:
    with client.stream("POST", URL, content=body) as response:
        yield from response.iter_raw()
