"""What a client's recorder sees: every way to the network, and no key."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.faults.server import FaultServer
from tests.faults.wire import DONE, plain, say, stop
from tests.recording.tools import answered
from tui.endpoint import Endpoint
from tui.engine.request import Request, Timeouts
from tui.engine.stream import read_answer
from tui.providers.client import async_client, sync_client
from tui.recording import load
from tui.recording.recorder import Recorder
from tui.recording.transport import AsyncRecordingTransport, RecordingTransport
from tui.settings import SettingsError, load_settings

KEY, OTHER = "sk-real-0123456789", "gateway-9876543210"
REQUEST = Request("m-1", [{"role": "user", "content": "go"}], max_retries=0)


async def test_a_client_records_its_streams_without_its_keys(tmp_path: Path) -> None:
    async with FaultServer() as server:
        url = server.play("s", plain(say(f"Your key is {KEY}, and {OTHER}."), stop(), DONE))
        recorder = Recorder(tmp_path)
        endpoint = Endpoint("x", url, KEY, headers={"X-Gateway-Token": OTHER})
        async with async_client(endpoint, Timeouts(), recorder) as client:
            answer = await answered(client, REQUEST)
        recorder.close()
    assert answer.text == f"Your key is {KEY}, and {OTHER}."
    assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"
    (path,) = list(tmp_path.glob("*"))  # noqa: ASYNC240 - one file
    made = load(path)
    assert (KEY in path.read_text(), OTHER in path.read_text()) == (False, False)
    assert f"Your key is {'*' * len(KEY)}, and {'*' * len(OTHER)}." in made.data.decode()
    assert [name.lower() for name in made.request.removed] == ["authorization", "x-gateway-token"]


def test_without_a_loop_the_demo_is_recorded_too(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path)
    endpoint = Endpoint("demo", "https://demo.invalid/v1", model="demo-401", is_demo=True)
    with sync_client(endpoint, Timeouts(), recorder) as client:
        list(read_answer(client, Request("demo-401", REQUEST.messages, max_retries=0)))
    recorder.close()
    made = load(next(tmp_path.iterdir()))
    assert made.response is not None
    assert (made.response.status, made.ending.how) == (401, "complete")


async def test_what_goes_through_a_proxy_is_recorded_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    endpoint, recorder = Endpoint("x", "https://llm.example/v1", KEY), Recorder(tmp_path)
    url = httpx2.URL("https://llm.example/v1/chat/completions")
    async with async_client(endpoint, Timeouts(), recorder) as client:
        assert isinstance(client._client._transport_for_url(url), AsyncRecordingTransport)
    with sync_client(endpoint, Timeouts(), recorder) as reader:
        assert isinstance(reader._client._transport_for_url(url), RecordingTransport)


def test_where_to_record_is_a_setting_like_others(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text('record = "in-file"\n')
    env = {"STREAMTUI_RECORD": "in-env"}
    given: dict[str, Any] = {"config": config}
    assert load_settings(given, {}).record == Path("in-file")
    assert load_settings(given, env).record == Path("in-env")
    assert load_settings({**given, "record": "~/option"}, env).record == Path.home() / "option"
    config.write_text("")
    assert load_settings(given, {}).record is None
    config.write_text("record = 3\n")
    with pytest.raises(SettingsError, match="record: must be a folder"):
        load_settings(given, {})
