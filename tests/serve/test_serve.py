"""`streamtui serve` as its clients see it: a process on loopback, read by the SDK, by curl, and by plain HTTP."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

import httpx2
import openai
import pytest

from tests.faults.wire import say
from tests.serve.kit import TEXT, Served, chat, client, numbers, serving, texts, whole, write_recording

HELLO = {"model": "replay/talk", "messages": [{"role": "user", "content": "hello"}]}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("serve")
    whole(folder / "tapes")
    whole(folder / "tapes", "slow", every=0.05)
    write_recording(folder / "tapes", "silent-end", [say("half")])
    write_recording(folder / "tapes", "busy", [b'{"error": {"message": "Too busy.", "type": "x", "extra": 1}}'], status=503)
    (folder / "tapes" / "broken.jsonl").write_text("no recording\n")
    with serving(folder, "--replay", "tapes", "--speed", "1") as served:
        yield served


def sdk(server: Served) -> openai.OpenAI:
    return openai.OpenAI(base_url=server.url, api_key="any", max_retries=0)


def read(server: Served, path: str, **headers: str) -> tuple[int, str]:
    with client(server.url, **headers) as http:
        response = http.get(path)
        return response.status_code, response.text


def start(server: Served, model: str = "talk", **more: Any) -> tuple[str, str]:
    """(the stream's id, what the first reader got)."""
    with client(server.url) as http:
        response = http.post("chat/completions", json=chat(model, **more))
        assert response.status_code == 200, response.text
        return response.headers["streamtui-stream"], response.text


def test_the_sdk_reads_it_streamed_and_whole(server: Served) -> None:
    with sdk(server) as api:
        stream = api.chat.completions.create(model="talk", messages=[{"role": "user", "content": "hi"}], stream=True)
        assert "".join(chunk.choices[0].delta.content or "" for chunk in stream if chunk.choices) == TEXT
        whole_answer = api.chat.completions.create(model="replay/talk", messages=[{"role": "user", "content": "hi"}])
        assert (whole_answer.choices[0].message.content, whole_answer.choices[0].finish_reason) == (TEXT, "stop")
        names = [model.id for model in api.models.list()]
        assert {"demo/demo", "demo/demo-fast", "replay/talk", "replay/slow"} <= set(names)
        assert api.models.retrieve("demo/demo-fast").owned_by == "demo"
        with pytest.raises(openai.NotFoundError, match="no model 'none'"):
            api.models.retrieve("none")


def test_the_sdk_is_told_of_a_break_and_of_a_refusal(server: Served) -> None:
    with sdk(server) as api:
        stream = api.chat.completions.create(model="silent-end", messages=[{"role": "user", "content": "hi"}], stream=True)
        seen: list[str] = []
        with pytest.raises(openai.APIError, match="before the answer ended"):
            seen.extend(chunk.choices[0].delta.content or "" for chunk in stream)
        with pytest.raises(openai.InternalServerError) as refused:
            api.chat.completions.create(model="busy", messages=[{"role": "user", "content": "hi"}], stream=True)
        assert refused.value.body == {"message": "Too busy.", "type": "x", "extra": 1}
        with pytest.raises(openai.NotFoundError):
            api.chat.completions.create(model="replay/none", messages=[{"role": "user", "content": "hi"}])


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl")
def test_curl_reads_it_and_attaches_again(server: Served) -> None:
    name, first = start(server)
    said = subprocess.check_output(["curl", "-sN", f"{server.url}/streams/{name}", "-H", "Last-Event-ID: 390"], text=True)
    assert numbers(said) == list(range(391, numbers(first)[-1] + 1))
    assert first.endswith(said)
    assert said.endswith("data: [DONE]\n\n")


def test_events_pass_on_as_they_came_and_each_has_its_number(server: Served) -> None:
    name, first = start(server)
    assert numbers(first) == list(range(1, 403))
    assert say(TEXT.splitlines(keepends=True)[7]).decode() in first
    assert read(server, f"streams/{name}") == (200, first)
    assert read(server, f"streams/{name}?after=400")[1] == first[first.index("id: 401") :]
    assert read(server, f"streams/{name}", **{"Last-Event-ID": "402"}) == (204, "")


def test_a_stream_runs_on_without_readers_and_any_number_may_read(server: Served) -> None:
    with client(server.url) as http:
        with http.stream("POST", "chat/completions", json=chat("slow", streamtui={"speed": 20})) as response:
            name = response.headers["streamtui-stream"]
        first, second = (http.get(f"streams/{name}").text for _ in range(2))
    assert first == second
    assert (texts(first), numbers(first)) == (TEXT, list(range(1, 403)))


def test_a_stream_is_stopped_on_request(server: Served) -> None:
    with client(server.url) as http:
        with http.stream("POST", "chat/completions", json=chat("slow")) as response:
            name = response.headers["streamtui-stream"]
        stopped = http.delete(f"streams/{name}").json()
        assert (stopped["id"], stopped["state"]) == (name, "stopped")
        body = http.get(f"streams/{name}").text
    assert '"code": "stopped"' in body
    assert "[DONE]" not in body


def test_a_stream_that_ends_without_an_end_mark_gets_none(server: Served) -> None:
    _, body = start(server, "silent-end")
    assert "[DONE]" not in body
    assert '"error"' in body.rpartition("id: ")[2]


def test_the_demos_refusals_pass_with_their_wait(server: Served) -> None:
    with client(server.url) as http:
        refused = http.post("chat/completions", json=chat("demo/demo-429"))
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "2")
        assert refused.json()["error"]["code"] == "rate_limit_exceeded"
        offline = http.post("chat/completions", json=chat("demo/demo-offline"))
        assert (offline.status_code, offline.json()["error"]["code"]) == (502, "connect")


@pytest.mark.parametrize("kind", ["cut", "reset"])
def test_a_fault_of_the_connection_strikes_the_first_reader_alone(server: Served, kind: str) -> None:
    got: list[str] = []
    with client(server.url) as http:
        with http.stream("POST", "chat/completions", json=chat("talk", streamtui={"fault": f"{kind}@12"})) as response:
            name = response.headers["streamtui-stream"]
            with pytest.raises(httpx2.ReadError if kind == "reset" else httpx2.RemoteProtocolError):
                got.extend(response.iter_text())
        assert texts(http.get(f"streams/{name}").text) == TEXT
    came = numbers("".join(got))
    assert came == list(range(1, 12)) if kind == "cut" else len(came) < 12  # a reset may take what was sent with it


def test_a_fault_of_the_stream_is_part_of_it(server: Served) -> None:
    _, body = start(server, streamtui={"fault": "error@5"})
    assert numbers(body) == [1, 2, 3, 4, 5]
    assert "The server had an error." in body
    _, body = start(server, streamtui={"fault": "garbage@5"})
    assert texts(body) == TEXT
    assert "<garbage>" in body


def test_a_request_that_is_repeated_with_its_key_gets_the_same_stream(server: Served) -> None:
    with client(server.url) as http:
        keyed = {"Idempotency-Key": "abc"}
        one, two = (http.post("chat/completions", json=chat("talk"), headers=keyed) for _ in range(2))
        assert one.headers["streamtui-stream"] == two.headers["streamtui-stream"]
        assert one.text == two.text
        assert http.post("chat/completions", json=chat("slow"), headers=keyed).status_code == 422


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"messages": [{"role": "user", "content": "hi"}]}, "model"),
        ({"model": "talk", "messages": []}, "messages"),
        ({"model": "talk", "messages": ["hi"]}, "messages"),
        ({**HELLO, "stream": "yes"}, "stream"),
        ({**HELLO, "streamtui": {"fault": "nonsense"}}, "streamtui"),
        ({**HELLO, "model": "demo/\ud800"}, "model"),
        ([1], None),
    ],
)
def test_a_bad_request_is_told_in_openais_shape(server: Served, body: object, param: str | None) -> None:
    with client(server.url) as http:
        refused = http.post("chat/completions", content=json.dumps(body))
    error = refused.json()["error"]
    assert (refused.status_code, error["param"], error["type"]) == (400, param, "invalid_request_error")


def test_what_is_not_there_is_said(server: Served) -> None:
    for path in ("streams/unknown-stream", "nowhere"):
        status, body = read(server, path)
        assert status == 404
        assert '"error"' in body
    assert read(server, "chat/completions")[0] == 405
    assert read(server, "streams/unknown-stream", **{"Last-Event-ID": "x"})[0] == 400


def test_an_event_that_a_running_stream_has_not_reached_is_refused(server: Served) -> None:
    with client(server.url) as http, http.stream("POST", "chat/completions", json=chat("slow")) as response:
        name = response.headers["streamtui-stream"]
        refused = http.get(f"streams/{name}", headers={"Last-Event-ID": "9999"})
        http.delete(f"streams/{name}")
    assert (refused.status_code, refused.json()["error"]["param"]) == (400, "Last-Event-ID")


def test_other_hosts_and_pages_may_not_ask(server: Served) -> None:
    assert read(server, "models", Host="evil.example")[0] == 403
    assert read(server, "models", Origin="https://evil.example")[0] == 403
    assert read(server, "models", Origin="null")[0] == 403
    assert read(server, "models", Host="localhost:1")[0] == 200
    assert read(server, "models", Origin="http://localhost:3000")[0] == 200


def test_bodies_are_limited(server: Served) -> None:
    with client(server.url) as http:
        assert http.post("chat/completions", content=b" " * (16 * 2**20 + 1)).status_code == 413

        def endless() -> Iterator[bytes]:
            for _ in range(20):
                yield b" " * 2**20

        assert http.post("chat/completions", content=endless()).status_code == 413


def test_what_cannot_be_played_is_said_on_standard_error(server: Served) -> None:
    assert "broken.jsonl: line 1" in server.stderr.read_text()
