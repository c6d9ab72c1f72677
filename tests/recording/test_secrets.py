"""No secret is written down: not of a request, not where a server echoes it, not in any form that it travels in."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine.fakes import Stream
from tests.recording.kit import cuts
from tests.recording.tools import KEY, URL, WHEN, answered, recorded, tape_of
from tui.recording import Recording, load, sheet
from tui.recording.format import Link
from tui.recording.recorder import Recorder

SAY = b'data: {"choices": [{"delta": {"content": "Hello"}, "finish_reason": "stop"}]}\n\n'


def record(folder: Path, *pieces: bytes, secrets: tuple[str, ...] = (KEY,), **head: Any) -> Recording:
    """The recording of one body."""
    recorder = Recorder(folder, now=lambda: WHEN)
    tape = tape_of(recorder, secrets=secrets)
    tape.answered(head.get("status", 200), head.get("headers", []))
    for piece in pieces:
        tape.piece(piece)
    tape.complete()
    recorder.close()
    return load(max(folder.iterdir()))


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
    tape = tape_of(recorder, body, headers, url=f"https://me:pass@llm.example.com/v1/x?api-version=1&api-key=abc&q={KEY}")
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
