"""Recording: the exact bytes and cuts, at their time, without any secret, and never at the stream's cost."""

from __future__ import annotations

import asyncio
import errno
import gzip
import json
import os
import threading
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine.fakes import Stream, Transport, settle
from tests.recording.kit import BODY, cuts, recording
from tests.recording.tools import FAST, KEY, answered, client_of, facts, recorded, replayed
from tests.support.clock import Clock
from tests.support.script import DONE, Script
from tests.support.scripted import ScriptedEndpoint
from tui.engine.request import Request
from tui.recording import Recording, load, sheet, writer
from tui.recording.format import Ending, How, Link, Piece
from tui.recording.recorder import Recorder, Tape
from tui.recording.replay import AsyncReplayTransport, ReplayTransport
from tui.recording.transport import AsyncRecordingTransport, RecordingTransport

URL = "http://memory/v1/chat/completions"
WHEN = datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC)
SAY = b'data: {"choices": [{"delta": {"content": "Hello"}, "finish_reason": "stop"}]}\n\n'


def record(folder: Path, *pieces: bytes, secrets: tuple[str, ...] = (KEY,), **head: Any) -> Recording:
    """The recording of one body."""
    recorder = Recorder(folder, now=lambda: WHEN)
    tape = _tape(recorder, secrets=secrets)
    tape.answered(head.get("status", 200), head.get("headers", []))
    for piece in pieces:
        tape.piece(piece)
    tape.complete()
    recorder.close()
    return load(max(folder.iterdir()))


def _tape(recorder: Recorder, body: Any = None, headers: Any = (), url: str = URL, secrets: tuple[str, ...] = (KEY,)) -> Tape:
    return recorder.tape("POST", url, headers, json.dumps(body).encode(), secrets)


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


# -- secrets


def test_no_secret_of_a_request_is_written_down(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path)
    headers = [
        ("Authorization", f"Bearer {KEY}"),
        ("api-key", "azure-0123456789"),
        ("X-Api-Key", "x-0123456789"),
        ("Proxy-Authorization", "Basic cHJveHk6cGFzcw=="),
        ("Cookie", "session=cookie-0123456789; theme=dark"),
        ("X-Trace", f"id-{KEY}"),
        ("User-Agent", "test"),
    ]
    said = f"my keys are {KEY}, azure-0123456789, x-0123456789 and cHJveHk6cGFzcw== and cookie-0123456789"
    body = {"model": "m", "messages": [{"role": "user", "content": said}], "api_key": "other-key", "max_tokens": 5}
    tape = _tape(recorder, body, headers, url=f"https://me:pass@llm.example.com/v1/x?api-version=1&api-key=abc&q={KEY}")
    tape.answered(200, [("Set-Cookie", "session=new-cookie"), ("x-ratelimit-remaining-tokens", "9"), ("x-echo", KEY)])
    tape.broke(httpx2.LocalProtocolError(f"Illegal header value b'Bearer {KEY}'"))
    recorder.close()
    (path,) = tmp_path.iterdir()
    text = path.read_text()
    for secret in (KEY, "azure-01", "x-0123", "cHJveHk", "cookie-01", "other-key", "me:pass", "key=abc", "new-cookie"):
        assert secret not in text
    made = load(path)
    assert made.request.url == f"https://llm.example.com/v1/x?api-version=1&api-key=***&q={'*' * len(KEY)}"
    assert made.request.headers == (("X-Trace", "id-" + "*" * len(KEY)), ("User-Agent", "test"))
    assert made.request.removed == ("Authorization", "Cookie", "Proxy-Authorization", "X-Api-Key", "api-key", "url", "body")
    assert made.chat["max_tokens"] == 5
    assert made.chat["api_key"] == "***"
    assert made.response is not None
    assert made.response.headers == (("x-ratelimit-remaining-tokens", "9"), ("x-echo", "*" * len(KEY)))
    assert made.response.removed == ("Set-Cookie",)
    assert made.ending.error == (Link("LocalProtocolError", f"Illegal header value b'Bearer {'*' * len(KEY)}'"),)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(around=st.lists(st.binary(max_size=20), min_size=2, max_size=4), places=st.lists(st.integers(0, 150), max_size=10))
def test_a_key_that_the_server_echoes_is_blotted_out_wherever_it_is_cut(
    tmp_path_factory: pytest.TempPathFactory, around: list[bytes], places: list[int]
) -> None:
    pieces = cuts(KEY.encode().join(around), places)
    made = record(tmp_path_factory.mktemp("echo"), *pieces)
    assert made.data == (b"*" * len(KEY)).join(around)
    assert [len(piece.data) for piece in made.pieces] == [len(piece) for piece in pieces]
    assert [piece.redacted for piece in made.pieces] == [
        piece.data != was for piece, was in zip(made.pieces, pieces, strict=True)
    ]


@pytest.mark.parametrize("form", ['sk"quote\\back', "sk/with+plus=", "sk-ünï-0123"])
def test_a_key_is_known_in_the_forms_that_it_travels_in(tmp_path: Path, form: str) -> None:
    from urllib.parse import quote

    echoed = f"{form} {json.dumps(form)} {quote(form, safe='')} {json.dumps(form).replace('/', chr(92) + '/')}".encode()
    made = record(tmp_path, echoed, secrets=(form,))
    assert set(made.data) <= set(b'*" ')
    assert len(made.data) == len(echoed)


def test_a_piece_is_held_back_only_while_it_may_end_in_a_key(tmp_path: Path) -> None:
    made = record(tmp_path, b"s", b"sk", b"sk-memory-", b"no", b"s")
    assert [(piece.data, piece.redacted) for piece in made.pieces] == [
        (b"s", False), (b"sk", False), (b"sk-memory-", False), (b"no", False), (b"s", False),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [("gzip", gzip.compress), ("deflate", zlib.compress), ("deflate", lambda data: zlib.compress(data)[2:-4])],
)
def test_a_key_inside_a_compressed_body_ends_the_recording(
    tmp_path: Path, encoding: str, pack: Callable[[bytes], bytes]
) -> None:
    headers = [("Content-Encoding", encoding)]
    harmless = pack(b"x" * 1000)
    made = record(tmp_path / "1", harmless[:10], harmless[10:], headers=headers)
    assert (made.data, made.ending.how) == (harmless, "complete")
    echoing = pack(b"x" * 1000 + KEY.encode() + b"y" * 1000)
    made = record(tmp_path / "2", echoing[:3], echoing[3:], b"more", headers=headers)
    assert (made.data, made.ending.how) == (echoing[:3], "withheld")


def test_a_compression_that_nobody_asked_for_is_recorded_only_without_a_key(tmp_path: Path) -> None:
    headers = [("Content-Encoding", "br")]
    assert record(tmp_path / "1", b"xyz", headers=headers).ending.how == "withheld"
    assert record(tmp_path / "2", b"xyz", headers=headers, secrets=()).data == b"xyz"


async def test_a_recorded_stream_asks_for_nothing_that_cannot_be_looked_into(tmp_path: Path) -> None:
    seen: list[str] = []

    async def answer(request: httpx2.Request) -> httpx2.Response:
        seen.append(request.headers["accept-encoding"])
        return httpx2.Response(200, stream=Stream([SAY]))

    async with recorded(tmp_path, httpx2.MockTransport(answer)) as (client, _):
        for wanted in ("gzip, deflate, br;q=0.5, zstd", "deflate;q=0.5", "br", "identity"):
            client._client.headers["accept-encoding"] = wanted
            await answered(client)
    assert seen == ["gzip, deflate", "deflate;q=0.5", "identity", "identity"]


def test_a_request_shows_nothing_in_its_repr() -> None:
    assert KEY not in repr(sheet.RawRequest(WHEN, "POST", KEY, [("authorization", KEY)], KEY.encode(), [KEY]))


def test_a_body_that_is_no_json_is_not_written_down(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path)
    for body in (b"\xff", b"[" * 100_000, b"", b"1" * 5000):
        recorder.tape("POST", URL, (), body).closed()
    recorder.close()
    assert [load(path).request.body for path in tmp_path.iterdir()] == [None] * 4


# -- files


def test_files_are_private_and_named_by_time_and_model(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "recordings"
    recorder = Recorder(folder, now=lambda: WHEN)
    for model in ("gpt-4o", "gpt-4o", "/home/me/gemma.gguf", "../../etc/passwd", "\x1b[2J", "x" * 200, "", None, "名"):
        _tape(recorder, {"model": model}).closed()
    recorder.close()
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    begin = "20260102T030405.000006Z-"
    assert {path.name.removeprefix(begin) for path in folder.iterdir()} == {
        "gpt-4o.jsonl", "gpt-4o-2.jsonl", "gemma.gguf.jsonl", "etc-passwd.jsonl", "2J.jsonl", "x" * 60 + ".jsonl",
        "stream.jsonl", "stream-2.jsonl", "stream-3.jsonl",
    }  # fmt: skip


async def _with_trouble(folder: Path) -> tuple[list[str], list[Any]]:
    said: list[str] = []
    async with recorded(folder, Transport([[SAY, DONE]]), on_trouble=said.append) as (client, _):
        answers = [await answered(client) for _ in range(3)]
    return said, answers


async def test_a_folder_that_cannot_be_made_fails_no_stream_and_is_said_once(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    said, answers = await _with_trouble(tmp_path / "file" / "recordings")
    assert [answer.text for answer in answers] == ["Hello"] * 3
    assert said == [f"{tmp_path}/file/recordings can't be written (not a directory)"]


async def test_a_full_disk_fails_no_stream_and_is_said_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet, "_create", lambda folder, name: os.open("/dev/full", os.O_WRONLY))
    said, answers = await _with_trouble(tmp_path)
    assert [answer.text for answer in answers] == ["Hello"] * 3
    assert said == [f"there is no room left in {tmp_path}"]


async def test_a_disk_that_fills_up_leaves_a_recording_that_is_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    room = 1500
    real = os.write

    def write(file: int, data: bytes) -> int:
        nonlocal room
        if not room:
            raise OSError(errno.ENOSPC, "No space left on device")
        written = real(file, data[:room])
        room -= written
        return written

    monkeypatch.setattr("tui.recording.sheet.os.write", write)
    said: list[str] = []
    async with recorded(tmp_path, Transport([[SAY] * 50]), on_trouble=said.append) as (client, found):
        await answered(client)
        (made,) = found()
    assert said == [f"there is no room left in {tmp_path}"]
    assert made.ending.how == "unfinished"
    assert 0 < len(made.pieces) < 50
    assert all(piece.data == SAY for piece in made.pieces)


def test_a_disk_that_is_too_slow_costs_the_recording_not_the_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "MOST_WAITING", 10)
    monkeypatch.setattr(writer, "GATHER", 3600.0)
    said: list[str] = []
    recorder = Recorder(tmp_path, on_trouble=said.append)
    tape = _tape(recorder)
    tape.answered(200, [])
    for _ in range(5):
        tape.piece(b"x" * 8)
    tape.complete()
    recorder.close()
    made = load(next(tmp_path.iterdir()))
    assert (made.pieces[0].data, len(made.pieces), made.ending.how) == (b"x" * 8, 2, "unfinished")
    assert said == ["the disk is too slow; a recording stops in the middle"]


@pytest.mark.parametrize("where", ["__init__", "take", "write"])
def test_what_goes_wrong_in_one_recording_leaves_the_others_alone(
    where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, first = getattr(sheet.Sheet, where), [True]

    def fail_once(self: sheet.Sheet, *given: Any) -> None:
        if first:
            first.clear()
            raise RuntimeError(KEY)
        real(self, *given)

    monkeypatch.setattr(sheet.Sheet, where, fail_once)
    said: list[str] = []
    recorder = Recorder(tmp_path, on_trouble=said.append)
    for name in ("one", "two"):
        tape = _tape(recorder, {"model": name})
        tape.answered(200, [])
        tape.complete()
    recorder.close()
    assert [load(path).model for path in tmp_path.iterdir()] == ["two"]
    assert said == ["a stream can't be written down (RuntimeError)"]


def test_nothing_is_taken_after_the_end(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path)
    tape = _tape(recorder)
    tape.answered(200, [])
    tape.closed()
    tape.piece(b"late")
    tape.complete()
    tape.broke(ValueError("late"))
    recorder.close()
    recorder.close()
    made = load(next(tmp_path.iterdir()))
    assert (made.pieces, made.ending.how) == ((), "closed")


def test_a_recorder_that_records_nothing_starts_no_thread(tmp_path: Path) -> None:
    before = threading.active_count()
    Recorder(tmp_path / "none").close()
    assert threading.active_count() == before
    assert not (tmp_path / "none").exists()


# -- replays


async def test_a_replay_answers_what_was_asked_and_refuses_the_rest() -> None:
    made = recording(Piece(0.5, SAY), Piece(0.6, DONE))
    client = client_of(AsyncReplayTransport(made, speed=FAST))
    try:
        again = [await answered(client), await answered(client)]
        other = await answered(client, Request("m-1", [{"role": "user", "content": "something else"}], max_retries=0))
        more = [{"role": "user", "content": "go"}, {"role": "assistant", "content": "Hel"}]
        rest = await answered(client, Request("m-1", more, max_retries=0))
        names = [model.id async for model in client.models.list()]
    finally:
        await client.close()
    assert [(answer.state, answer.text) for answer in again] == [("complete", "Hello")] * 2
    for answer in (other, rest):
        assert answer.failure is not None
        assert answer.failure.detail.startswith("This is a recording:")
    assert names == ["m-1"]


async def test_a_recording_of_a_replay_that_is_cut_off_is_cut_off_too(tmp_path: Path) -> None:
    hows: list[How] = ["unfinished", "withheld"]
    for how in hows:
        made = recording(Piece(0.5, SAY), ending=Ending(0.5, how))
        async with recorded(tmp_path / how, AsyncReplayTransport(made, speed=FAST)) as (client, found):
            await answered(client)
            (again,) = found()
        assert (again.data, again.ending.how) == (SAY, how)


def test_without_a_loop_a_silence_ends_at_the_read_timeout() -> None:
    made = recording(Piece(0.5, b"a"), Piece(9999.0, b"b"), ending=Ending(9999.0, "complete"))
    with (
        httpx2.Client(transport=ReplayTransport(made, speed=1000.0), timeout=0.01) as client,
        client.stream("POST", URL, json=BODY) as response,
        pytest.raises(httpx2.ReadTimeout),
    ):
        list(response.iter_raw())
