"""What outlives what: answers their connections, streams their readers, and the log the server."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import pytest
from openai import AsyncOpenAI, OpenAI

from tests.faults.server import HOLD, FaultServer
from tests.serve.kit import PATIENCE, ROOT, TEXT, Served, chat, client, cutting, numbers, serving, texts, whole
from tui.engine.answer import Answer
from tui.engine.drive import drive
from tui.engine.request import Request
from tui.engine.stream import read_answer, stream_answer

REQUEST = Request("replay/talk", [{"role": "user", "content": "go"}])
CUTS = 20


def offsets() -> list[int]:
    """Where connections are cut: every one lets some events through, and none ends where an event does."""
    chance = random.Random(7)
    return [chance.randrange(700, 2500) for _ in range(CUTS)]


async def read_by_engine(url: str) -> Answer:
    answer = Answer("m")
    async with httpx2.AsyncClient(trust_env=False) as http:
        client = AsyncOpenAI(base_url=url, api_key="any", http_client=http, max_retries=0)
        await drive(answer, stream_answer(client, REQUEST))
    return answer


def read_by_ask(url: str) -> Answer:
    answer = Answer("m")
    with httpx2.Client(trust_env=False) as http:
        for event in read_answer(OpenAI(base_url=url, api_key="any", http_client=http, max_retries=0), REQUEST):
            answer.apply(event, 0.0)
    return answer


async def test_an_answer_survives_twenty_cuts_byte_for_byte(tmp_path: Path) -> None:
    whole(tmp_path / "tapes")
    with serving(tmp_path, "--replay", "tapes", "--speed", "max") as server:
        async with cutting(server.url, offsets()) as cutter:
            answer = await read_by_engine(cutter.url)
            assert cutter.made == CUTS
        assert (answer.state, answer.text, answer.reattached) == ("complete", TEXT, CUTS)
        async with cutting(server.url, offsets()) as cutter:
            answer = await asyncio.to_thread(read_by_ask, cutter.url)
            assert cutter.made == CUTS
        assert (answer.state, answer.text, answer.reattached) == ("complete", TEXT, CUTS)


def raw_request(stream: bool) -> bytes:
    """The bytes of a request."""
    body = json.dumps(chat("p/m", stream=stream)).encode()
    head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


@asynccontextmanager
async def asking(folder: Path, *, stream: bool = True) -> AsyncIterator[tuple[FaultServer, Served, asyncio.StreamWriter]]:
    """A server whose upstream never answers, and a connection whose request has reached it."""
    async with FaultServer() as upstream:
        url = upstream.play("silent", [HOLD])
        (folder / "config.toml").write_text(f'provider = "p"\n[providers.p]\nbase_url = "{url}"\n')
        with serving(folder) as server:
            _, writer = await asyncio.open_connection("127.0.0.1", httpx2.URL(server.url).port)
            writer.write(raw_request(stream))
            await asyncio.wait_for(upstream.came.wait(), PATIENCE)
            yield upstream, server, writer
            writer.close()


@pytest.mark.parametrize("stream", [True, False])
async def test_an_upstream_that_nobody_waits_for_is_let_go(tmp_path: Path, stream: bool) -> None:
    async with asking(tmp_path, stream=stream) as (upstream, _, writer):
        writer.close()
        await asyncio.wait_for(upstream.gone.wait(), PATIENCE)


async def test_who_still_waits_when_the_server_ends_is_cut_off_quietly(tmp_path: Path) -> None:
    async with asking(tmp_path) as (_, server, _):
        assert await asyncio.to_thread(server.end) == 0
        assert server.stderr.read_text() == ""


def test_streams_outlive_the_server(tmp_path: Path) -> None:
    whole(tmp_path / "tapes")
    whole(tmp_path / "tapes", "slow", every=3600.0)
    with serving(tmp_path, "--replay", "tapes") as server, client(server.url) as http:
        done = http.post("chat/completions", json=chat("talk"))
        with http.stream("POST", "chat/completions", json=chat("slow")) as response:
            name = response.headers["streamtui-stream"]
            next(response.iter_bytes())
            assert server.end() == 0
        assert server.stderr.read_text() == ""
    with serving(tmp_path, "--replay", "tapes") as server, client(server.url) as http:
        assert http.get(f"streams/{done.headers['streamtui-stream']}").text == done.text
        half = http.get(f"streams/{name}").text
        assert numbers(half) == [1, 2]
        assert "interrupted" in half
        with http.stream("POST", "chat/completions", json=chat("slow")) as response:
            killed = response.headers["streamtui-stream"]
            server.end(signal.SIGKILL)
    with serving(tmp_path) as server, client(server.url) as http:
        half = http.get(f"streams/{killed}").text
        assert '"code": "interrupted"' in half
        assert "[DONE]" not in half
        assert http.get(f"streams/{killed}", headers={"Last-Event-ID": str(numbers(half)[-1])}).status_code == 204


def test_a_stream_expires_and_says_so(tmp_path: Path) -> None:
    whole(tmp_path / "tapes")
    with serving(tmp_path, "--replay", "tapes", "--speed", "max", "--keep", "0") as server, client(server.url) as http:
        done = http.post("chat/completions", json=chat("talk"))
        assert texts(done.text) == TEXT
        name = done.headers["streamtui-stream"]
        while (status := http.get(f"streams/{name}").status_code) == 200:  # until its end is written
            pass
        assert status == 410


def test_a_key_whose_stream_has_expired_says_so(tmp_path: Path) -> None:
    whole(tmp_path / "tapes")
    with serving(tmp_path, "--replay", "tapes", "--speed", "max", "--keep", "0") as server, client(server.url) as http:
        keyed = {"Idempotency-Key": "k"}
        assert texts(http.post("chat/completions", json=chat("talk"), headers=keyed).text) == TEXT
        while (again := http.post("chat/completions", json=chat("talk"), headers=keyed)).status_code == 200:
            pass
        assert (again.status_code, again.json()["error"]["code"]) == (410, "stream_expired")


@pytest.mark.parametrize(
    ("arguments", "env", "said"),
    [
        (["--host", "0.0.0.0"], {}, "STREAMTUI_SERVE_TOKEN"),
        (["--port", "99999"], {}, "--port"),
        (["--keep", "soon"], {}, "--keep"),
        (["--replay", "nowhere"], {}, "nowhere"),
        (["--fault", "boom@1"], {}, "fault"),
        (["hello"], {}, "takes no prompt"),
    ],
)
def test_what_it_cannot_do_is_one_line(tmp_path: Path, arguments: list[str], env: dict[str, str], said: str) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "STREAMTUI_DATA_DIR": str(tmp_path), **env}
    command = [sys.executable, "-m", "tui", "serve", "--port", "0", *arguments]
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert said in done.stderr


def test_without_the_extra_it_says_how_to_get_it(tmp_path: Path) -> None:
    hidden = "import sys, importlib.util as u; f = u.find_spec\n"
    hidden += "u.find_spec = lambda name, *rest: None if name in ('fastapi', 'uvicorn') else f(name, *rest)\n"
    code = hidden + "from tui.cli import main; sys.exit(main(['serve']))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "streamtui: serve needs fastapi and uvicorn: pip install 'streamtui[serve]'\n"


def test_beyond_this_machine_a_token_is_wanted(tmp_path: Path) -> None:
    with serving(tmp_path, "--host", "0.0.0.0", env={"STREAMTUI_SERVE_TOKEN": "s3cret-token"}) as server:
        url = server.url.replace("0.0.0.0", "127.0.0.1")
        with client(url) as http:
            refused = http.get("models")
            assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer")
            assert http.get("models", headers={"Authorization": "Bearer wrong"}).status_code == 401
            http.headers["Authorization"] = "Bearer s3cret-token"
            assert http.get("models").status_code == 200
            assert http.get("models", headers={"Host": "evil.example"}).status_code == 403
