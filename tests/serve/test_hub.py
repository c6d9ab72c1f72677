"""Streams in memory and in the log: slow readers, full memories, logs that fail. No process, no network."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from pathlib import Path

import httpx2
import pytest
from openai import AsyncOpenAI
from starlette.types import Message

from tests.faults.wire import chunk
from tui.endpoint import Endpoint
from tui.engine.request import Timeouts
from tui.engine.sse import Line, ServerEvent, Splitter
from tui.providers.client import async_http_client
from tui.providers.demo import DEMO_BASE_URL
from tui.serve.catalog import Catalog, Playing
from tui.serve.errors import ServeError
from tui.serve.frames import KEEP_ALIVE, as_chunk, rest
from tui.serve.hub import Hub
from tui.serve.log import Batch, LogError
from tui.serve.reading import StreamResponse
from tui.serve.sqlite_log import SqliteLog
from tui.serve.streams import PIECE, TAIL, Stream


def said(text: str) -> ServerEvent:
    return ServerEvent("", json.dumps(chunk({"content": text})))


BIG = ServerEvent("", "x" * 4000)


@asynccontextmanager
async def opened(log: SqliteLog, troubles: list[str] | None = None) -> AsyncIterator[Hub]:
    hub = Hub(log, keep=60.0, beat=3600.0, on_trouble=(troubles if troubles is not None else []).append)
    await hub.open()
    try:
        yield hub
    finally:
        await hub.close()


class Connection:
    """A reader's connection; it takes what is sent while its gate is open."""

    def __init__(self) -> None:
        self.sent: list[Message] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.gone = asyncio.Event()

    async def receive(self) -> Message:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        self.sent.append(message)
        await self.gate.wait()

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.sent)

    def reads(self, hub: Hub, stream: Stream, after: int = 0) -> asyncio.Task[None]:
        response = StreamResponse(hub, stream, after)
        return asyncio.create_task(response({"type": "http"}, self.receive, self.send))


async def turns() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


def test_frames_are_events_again_for_every_reader() -> None:
    items: Sequence[ServerEvent | Line] = [
        ServerEvent("", "a\n\nb"),
        Line("plain"),
        ServerEvent("error", "{}"),
        ServerEvent("", '{"a": 1}'),
        Line("the last"),
    ]
    stream = Stream("s")
    stream.append(items)
    stream.end("complete")
    data = b"".join(stream._frames)
    assert Splitter().feed(data) == list(items)
    assert [rest(data, after).count(b"id: ") for after in range(5)] == [4, 3, 2, 1, 0]


async def test_openais_own_client_reads_over_comments_and_plain_lines() -> None:
    stream = Stream("s")
    stream.append([said("a"), Line("noise"), said("b"), Line("more noise")])
    stream.end("complete")
    body = KEEP_ALIVE + KEEP_ALIVE.join(stream._frames)
    transport = httpx2.MockTransport(
        lambda _: httpx2.Response(200, content=body, headers={"content-type": "text/event-stream"})
    )
    async with AsyncOpenAI(api_key="any", http_client=httpx2.AsyncClient(transport=transport)) as api:
        chunks = await api.chat.completions.create(model="m", messages=[{"role": "user", "content": "hi"}], stream=True)
        assert [chunk.choices[0].delta.content async for chunk in chunks] == ["a", "b"]


async def test_noise_without_end_is_cut_short() -> None:
    stream = Stream("s")
    for _ in range(100):
        stream.append([Line("x" * 10_000)])
    stream.append([said("a")])
    assert stream.last == 1
    assert 64_000 < stream.total < 80_000


def test_a_whole_answer_becomes_a_chunk() -> None:
    call = {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    answer = {"object": "chat.completion", "x": 1, "choices": [{"index": 0, "message": {"tool_calls": [call]}, "more": 2}]}
    chunk = as_chunk(answer)
    assert chunk["choices"] == [{"index": 0, "delta": {"tool_calls": [{"index": 0, **call}]}, "more": 2}]
    assert (chunk["object"], chunk["x"]) == ("chat.completion.chunk", 1)


async def test_a_slow_reader_holds_up_nobody_and_fills_no_memory() -> None:
    async with opened(SqliteLog(None)) as hub:
        stream = await hub.create("m")
        slow, quick = Connection(), Connection()
        slow.gate.clear()
        tasks = [slow.reads(hub, stream), quick.reads(hub, stream)]
        for _ in range(50):
            stream.append([BIG] * 40)
            hub.changed(stream)
            await hub.flush()
            await turns()
        assert quick.body.count(b"id: ") == 2000
        assert len(slow.sent) == 1
        assert sum(map(len, stream._frames)) <= TAIL
        assert stream.unwritten == 0
        stream.end("complete")
        hub.changed(stream)
        slow.gate.set()
        await asyncio.gather(*tasks)
        assert slow.body == quick.body
        assert max(len(message.get("body", b"")) for message in slow.sent) < 2 * PIECE + 2 * len(BIG.data) * 40


async def test_a_reader_that_leaves_is_forgotten_and_the_stream_goes_on() -> None:
    async with opened(SqliteLog(None)) as hub:
        stream = await hub.create("m")
        connection = Connection()
        task = connection.reads(hub, stream)
        await turns()
        assert len(stream.readers) == 1
        connection.gone.set()
        await task
        assert not stream.readers
        assert not stream.final
        stream.append([BIG])
        assert stream.last == 1


async def test_where_nothing_comes_a_comment_does() -> None:
    async with opened(SqliteLog(None)) as hub:
        stream = await hub.create("m")
        connection = Connection()
        task = connection.reads(hub, stream)
        await turns()
        hub.beats += 1
        stream.wake()
        await turns()
        assert connection.body == KEEP_ALIVE
        stream.append([ServerEvent("", "[DONE]")])
        stream.end("complete")
        await task
        assert connection.body.endswith(b"id: 1\ndata: [DONE]\n\n")
        assert connection.sent[-1]["more_body"] is False


async def test_a_silent_stream_is_given_up_once_nobody_reads_it() -> None:
    async with opened(SqliteLog(None)) as hub:  # an hour between two beats
        stream = await hub.create("m")
        connection = Connection()
        task = connection.reads(hub, stream)
        await turns()
        await hub.beat()
        assert not stream.final
        connection.gone.set()
        await task
        await hub.beat()
        assert (stream.state, stream.last) == ("broken", 1)


async def test_readers_of_the_same_place_share_the_bytes() -> None:
    stream = Stream("s")
    stream.append([BIG] * 3)
    one, other = stream.piece(1), stream.piece(1)
    assert one is not None
    assert other is not None
    assert one[0] is other[0]
    assert one[1] == 3


class FullLog(SqliteLog):
    """A log whose disk is full."""

    def append(self, batches: Sequence[Batch]) -> None:
        raise LogError("the disk is full")


async def test_a_log_that_fails_is_told_once_and_the_stream_is_read_on() -> None:
    troubles: list[str] = []
    async with opened(FullLog(None), troubles) as hub:
        stream = await hub.create("m")
        connection = Connection()
        task = connection.reads(hub, stream)
        for _ in range(3):
            stream.append([BIG] * 100)
            hub.changed(stream)
            await hub.flush()
        stream.end("complete")
        await task
        assert connection.body.count(b"id: ") == 300
    assert troubles == ["the disk is full; streams are kept in memory alone"]


def test_a_name_without_a_provider_finds_its_owner() -> None:
    endpoints = [Endpoint("work", "http://a.invalid/v1"), Endpoint("home", "http://b.invalid/v1", model="small")]
    demo = Endpoint("demo", DEMO_BASE_URL, model="demo", is_demo=True)
    catalog = Catalog([*endpoints, demo], [], Playing(), Timeouts(), async_http_client)

    def found(name: str) -> tuple[str, str]:
        source = catalog.find(name, None)
        return source.upstream.endpoint.name, source.model

    assert found("small") == ("home", "small")
    assert found("home/large") == ("home", "large")
    assert found("demo-fast") == ("demo", "demo-fast")
    assert found("large") == ("work", "large")
    assert found("maker/large") == ("work", "maker/large")
    with pytest.raises(ServeError, match="no recording"):
        catalog.find("replay/none", None)


def test_two_servers_share_a_folder_and_not_a_log(tmp_path: Path) -> None:
    one, other = SqliteLog(tmp_path), SqliteLog(tmp_path)
    one.create("a", "m", 1.0)
    assert other.find("a") is None
    assert other.recover(2.0) == 0
    one.close()
    again = SqliteLog(tmp_path)
    assert again.recover(3.0) == 1
    entry = again.find("a")
    assert entry is not None
    assert (entry.state, entry.ended, entry.last) == ("interrupted", 3.0, 1)
    assert b"interrupted" in again.read("a", 0, 1000)[0]
    again.close()
    other.close()


def test_the_log_expires_and_then_forgets() -> None:
    log = SqliteLog(None)
    log.create("a", "m", 1.0)
    log.append([Batch("a", 1, 2, b"id: 1\ndata: x\n\nid: 2\ndata: y\n\n"), Batch("a", 3, 3, b"id: 3\ndata: z\n\n")])
    assert log.read("a", 1, 10_000) == (b"id: 2\ndata: y\n\nid: 3\ndata: z\n\n", 3)
    assert log.read("a", 0, 1) == (b"id: 1\ndata: x\n\nid: 2\ndata: y\n\n", 2)
    assert log.read("a", 3, 1) == (b"", 3)
    log.finish("a", "complete", 5.0)
    log.expire(6.0, 4.0)
    entry = log.find("a")
    assert entry is not None
    assert entry.state == "expired"
    assert log.read("a", 0, 1) == (b"", 0)
    log.expire(6.0, 6.0)
    assert log.find("a") is None
    log.close()


def test_what_has_expired_leaves_the_disk(tmp_path: Path) -> None:
    with closing(SqliteLog(tmp_path)) as log:
        log.create("s", "m", 0.0)
        log.append([Batch("s", 1, 1, b"x" * 5_000_000)])
        log.finish("s", "complete", 1.0)
        log.expire(2.0, 0.0)
    assert (tmp_path / "streams-1.db").stat().st_size < 500_000


def test_a_damaged_log_is_set_aside(tmp_path: Path) -> None:
    (tmp_path / "streams-1.db").write_bytes(b"no database at all" * 100)
    log = SqliteLog(tmp_path)
    log.create("a", "m", 1.0)
    assert log.find("a") is not None
    log.close()
    assert [path.read_bytes()[:11] for path in tmp_path.glob("streams-1.db.corrupt-*")] == [b"no database"]
