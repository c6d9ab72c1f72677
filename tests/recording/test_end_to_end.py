"""Recorded streams of the demo, of a real model (llama.cpp, a small one) and of the fault server, through the whole program."""

from __future__ import annotations

import io
import json
import sys
import zlib
from pathlib import Path
from typing import Any

import pytest

from tests.app.kit import FakeClipboard, nobody, notices, running, screen_of, shown
from tests.support.clock import Clock
from tests.support.recordings import replay
from tests.support.waiting import streamed
from tui import cli
from tui.app import StreamTUI
from tui.engine.request import Timeouts
from tui.recording import Recording, load
from tui.recording.format import Ending, header_line, piece_line
from tui.recording.recorder import Recorder
from tui.recording.replay import AsyncReplayTransport
from tui.recording.transport import AsyncRecordingTransport
from tui.replays import replays
from tui.settings import Settings, load_settings

STREAMS = Path(__file__).parent / "streams"
#: name → (state, exit code of `ask`, what its failure says)
ENDS = {
    "demo-hostile": ("complete", 0, ""),
    "demo-refusal": ("refused", 4, ""),
    "gzip": ("complete", 0, ""),
    "odd-cuts": ("complete", 0, ""),
    "rate-limit": ("failed", 1, "is limiting requests (429)"),
    "real-model": ("truncated", 4, ""),
    "refused": ("failed", 1, "Nothing listens at 127.0.0.1:9."),
    "reset": ("interrupted", 3, "The connection closed after 25 characters."),
    "stall": ("interrupted", 3, "The server went silent for"),
}
IMPATIENT = 0.05  # seconds, for the stream that falls silent: others have no limit that a busy machine could reach
LOUD = [name for name in ENDS if name != "stall"]


def content(recording: Recording) -> str:
    """The text that the recorded bytes hold, read in the plainest way."""
    encoded = any(value == "gzip" for _, value in recording.response.headers) if recording.response else False
    # the reader left before the trailer, so no whole gzip file came
    body = zlib.decompressobj(31).decompress(recording.data) if encoded else recording.data
    events = [line.removeprefix("data: ") for line in body.decode().split("\n") if line.startswith("data: {")]
    choices = [choice for event in events for choice in json.loads(event)["choices"]]
    return "".join(choice["delta"].get("content") or "" for choice in choices)


def one_in(folder: Path) -> Path:
    """The only file of a folder."""
    (path,) = folder.iterdir()
    return path


def test_every_recording_is_tried() -> None:
    assert {path.stem for path in STREAMS.iterdir()} == set(ENDS)


@pytest.mark.parametrize("name", ENDS)
async def test_a_recording_makes_a_test(name: str) -> None:
    path = STREAMS / f"{name}.jsonl"
    answer = await replay(path, timeouts=Timeouts(0, 0, IMPATIENT if name == "stall" else 0))
    assert (answer.state, answer.text) == (ENDS[name][0], content(load(path)))
    assert ENDS[name][2] in (answer.failure.title if answer.failure else "")


async def test_a_test_may_break_a_recording() -> None:
    answer = await replay(STREAMS / "odd-cuts.jsonl", fault="reset@101")
    assert answer.state == "interrupted"
    assert content(load(STREAMS / "odd-cuts.jsonl")).startswith(answer.text)


# -- on standard output


class Output:
    """Standard output, no terminal; standard input must not be read."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
        (folder / "config.toml").touch()
        monkeypatch.setenv("STREAMTUI_CONFIG", str(folder / "config.toml"))
        self._bytes = io.BytesIO()
        self._writer = io.TextIOWrapper(self._bytes, encoding="utf-8")
        monkeypatch.setattr(sys, "stdout", self._writer)
        monkeypatch.setattr(sys, "stdin", None)

    @property
    def text(self) -> str:
        """What was written."""
        return self._bytes.getvalue().decode()


@pytest.mark.parametrize("name", ENDS)
def test_standard_output_gets_what_was_recorded(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    output = Output(monkeypatch, tmp_path)
    path = STREAMS / f"{name}.jsonl"
    patience = ["--stall-timeout", str(IMPATIENT)] if name == "stall" else []
    code = cli.main(["replay", str(path), "--speed", "max", *patience, "--record", str(tmp_path / "again")])
    assert (output.text, code) == (content(load(path)), ENDS[name][1])
    assert ENDS[name][2] in capsys.readouterr().err
    again = load(one_in(tmp_path / "again"))
    assert _bytes(again) == _bytes(load(path))


def test_json_says_what_was_recorded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    output = Output(monkeypatch, tmp_path)
    assert cli.main(["replay", str(STREAMS / "real-model.jsonl"), "--json", "--speed", "max"]) == 4
    tree = json.loads(output.text)
    assert (tree["state"], tree["finish_reason"], tree["model"]) == ("truncated", "length", "gemma.gguf")
    assert tree["text"] == content(load(STREAMS / "real-model.jsonl"))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["replay"], "replay needs the name of a recording"),
        (["replay", "gone.jsonl"], "gone.jsonl: No such file or directory"),
        (["replay", __file__], f"{__file__}: line 1: is not the first line of a recording"),
        (["replay", str(STREAMS)], f"{STREAMS}: is not a file"),
        (["replay", "x", "--speed", "0"], "--speed: must be a number above 0, or max for as fast as possible (it is '0')"),
        (["replay", "x", "--speed", "fast"], "--speed: must be a number above 0, or max"),
        (["replay", "x", "--speed", "nan"], "--speed: must be a number above 0, or max"),
        (["replay", str(STREAMS / "gzip.jsonl"), "--fault", "boom@1"], "a fault must be KIND@NUMBER, such as reset@12"),
        (["replay", str(STREAMS / "gzip.jsonl"), str(STREAMS / "gzip.jsonl")], "the app needs a terminal"),
        (["replay", "--json", str(STREAMS / "gzip.jsonl"), str(STREAMS / "gzip.jsonl")], "--json goes with one recording"),
        (["ask", "--speed", "2", "hi"], "--speed and --fault go with replay"),
        (["--fault", "cut@1"], "--speed and --fault go with replay"),
    ],
)
def test_what_cannot_be_replayed_is_told(
    arguments: list[str], said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    output = Output(monkeypatch, tmp_path)
    assert cli.main(arguments) == 2
    assert said in capsys.readouterr().err
    assert output.text == ""


# -- in the app


def _settings(folder: Path, **flags: object) -> Settings:
    (folder / "config.toml").touch()
    return load_settings({"data_dir": folder / "data", "config": folder / "config.toml", **flags}, {})


def _app(folder: Path, *names: str, **flags: Any) -> StreamTUI:
    given, starts = replays(_settings(folder, **flags), [str(STREAMS / f"{name}.jsonl") for name in names], "max", None)
    app = StreamTUI(given, starts=starts, discover=nobody)
    app.routes = FakeClipboard()  # type: ignore[assignment] # what the tests need of a clipboard
    return app


@pytest.fixture(autouse=True)
def _no_warm_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.warm_up.warm_up", lambda: None)


async def test_the_app_shows_and_records_what_was_recorded(tmp_path: Path) -> None:
    app = _app(tmp_path, *LOUD, record=tmp_path / "again")
    async with running(app) as pilot:
        await streamed(pilot)
        screen = screen_of(pilot)
        for place, name in enumerate(LOUD, 1):
            state, _, says = ENDS[name]
            await pilot.press(f"alt+{place}")
            await streamed(pilot)
            recording, answer = load(STREAMS / f"{name}.jsonl"), screen.tab.answer
            assert answer is not None
            assert (screen.tab.conversation.turns[0].prompt, answer.text) == (recording.prompt, content(recording))
            assert answer.state == state
            assert ("replay" in shown(pilot), "recording" in shown(pilot)) == (True, True)
            assert says in " ".join(shown(pilot).split())
    again = [load(path) for path in (tmp_path / "again").iterdir()]
    assert sorted(map(_bytes, again)) == sorted(_bytes(load(STREAMS / f"{name}.jsonl")) for name in LOUD)
    assert not (tmp_path / "data").exists()  # a replay is not kept


async def test_a_silence_is_a_silence_again(tmp_path: Path) -> None:
    app = _app(tmp_path, "stall", stall_timeout=IMPATIENT)
    async with running(app) as pilot:
        await streamed(pilot)
        assert "Interrupted: The server went silent for 0.05 s." in shown(pilot)
        assert "Hello, wörld" in shown(pilot)


async def test_retry_plays_it_again_and_other_prompts_are_refused(tmp_path: Path) -> None:
    app = _app(tmp_path, "odd-cuts")
    async with running(app) as pilot:
        await streamed(pilot)
        tab = screen_of(pilot).tab
        await pilot.press("ctrl+r")
        await streamed(pilot)
        assert [answer.text for answer in tab.conversation.turns[0].answers] == [content(load(STREAMS / "odd-cuts.jsonl"))] * 2
        assert "‹ 2/2 ›" in shown(pilot)
        screen_of(pilot).pane.prompt.set_value("Something else.")
        await pilot.press("enter")
        await streamed(pilot)
        assert tab.state == "failed"
        assert "This is a recording:" in shown(pilot)


async def test_a_folder_that_cannot_be_written_is_said_once_and_no_longer_shown(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    app = _app(tmp_path, "gzip", "odd-cuts", record=tmp_path / "file" / "x")
    async with running(app) as pilot:
        await streamed(pilot)
        assert app.recorder is not None
        app.recorder.close()
        await streamed(pilot)
        assert notices(pilot).count("Not recording:") == 1
        status = shown(pilot).splitlines()[-2]
        assert "complete" in status
        assert "recording" not in status


# -- recorded again


@pytest.mark.parametrize("name", ENDS)
async def test_a_recording_of_a_replay_is_the_recording(name: str, tmp_path: Path) -> None:
    from tests.recording.tools import answered, client_of
    from tui.engine.request import Request

    clock = Clock()

    async def sleep(seconds: float) -> None:
        clock.passes(seconds)

    first = load(STREAMS / f"{name}.jsonl")
    recorder = Recorder(tmp_path, clock=clock)
    replayed = AsyncReplayTransport(first, sleep=sleep, clock=clock)
    client = client_of(AsyncRecordingTransport(replayed, recorder), first.request.url.removesuffix("/chat/completions"))
    params = {name: value for name, value in first.chat.items() if name not in ("model", "messages", "stream")}
    await answered(client, Request(first.model, first.messages, params, Timeouts(0, 0, 0), max_retries=0))
    await client.close()
    recorder.close()
    again = load(one_in(tmp_path))
    assert list(map(piece_line, again.pieces)) == list(map(piece_line, first.pieces))
    assert _head(again) == _head(first)
    assert _end(again.ending) == _end(first.ending)


def _head(recording: Recording) -> bytes:
    request = recording.request
    plain = type(request)(request.method, request.url, (), request.body)
    return header_line("", "", plain, recording.response)


def _end(ending: Ending) -> tuple[object, ...]:
    """Its time is the last one's, but that a reader who left did so when there was nothing more."""
    links = [link for link in ending.error if link.type in ("ReadError", "ConnectError") or link.errno]
    return ending.how, links[:1], [link.errno for link in ending.error if link.errno]


def _bytes(recording: Recording) -> tuple[int, list[bytes], str]:
    status = recording.response.status if recording.response else 0
    return status, [piece.data for piece in recording.pieces], recording.ending.how
