"""`streamtui ask`: what goes where, and the exit code."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.script import DONE, Delta, Item, Script, finish, refusal
from tests.support.scripted import BASE_URL, ScriptedEndpoint
from tui import cli
from tui.printing import Printer

ROOT = Path(__file__).resolve().parents[2]


class Streams:
    """Standard input and output of one call."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, given: bytes = b"", *, terminal: bool = False) -> None:
        self.out = io.BytesIO()
        writer = io.TextIOWrapper(self.out, encoding="utf-8")
        monkeypatch.setattr(writer, "isatty", lambda: terminal, raising=False)
        monkeypatch.setattr(sys, "stdout", writer)
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given)))

    @property
    def text(self) -> str:
        """What was written."""
        return self.out.getvalue().decode()


@pytest.fixture(autouse=True)
def no_config(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An empty config file."""
    (tmp_path / "config.toml").touch()
    monkeypatch.setenv("STREAMTUI_CONFIG", str(tmp_path / "config.toml"))


def ask(monkeypatch: pytest.MonkeyPatch, *words: str, scripts: tuple[Script, ...]) -> tuple[int, ScriptedEndpoint]:
    """`streamtui ask` at an endpoint that plays `scripts`."""
    endpoint = ScriptedEndpoint(*scripts)
    monkeypatch.setattr("tui.ask.sync_client", endpoint.sync_client)
    return cli.main(["ask", "--base-url", BASE_URL, "-m", "test-model", "--max-retries", "0", *words]), endpoint


ENDS: list[tuple[tuple[Item, ...], str, int]] = [
    (("Hello", finish(), DONE), "complete", 0),
    (("Hello", finish("length"), DONE), "truncated", 4),
    (("Hello", finish("content_filter"), DONE), "filtered", 4),
    ((refusal("No."), finish(), DONE), "refused", 4),
    (("Hello",), "interrupted", 3),
    ((), "failed", 1),
]


@pytest.mark.parametrize(("items", "state", "code"), ENDS)
def test_the_exit_code_follows_state(monkeypatch: pytest.MonkeyPatch, items: tuple[Item, ...], state: str, code: int) -> None:
    streams = Streams(monkeypatch)
    assert ask(monkeypatch, "hi", "--json", scripts=(Script(*items),))[0] == code
    tree: dict[str, Any] = json.loads(streams.text)
    assert tree["state"] == state
    assert list(tree) == [
        "state", "text", "reasoning", "refusal", "tool_calls", "finish_reason", "usage", "model", "failure", "timing",
    ]  # fmt: skip
    assert set(tree["timing"]) == {"first_token_s", "total_s", "tokens_per_s"}
    if tree["failure"]:
        assert set(tree["failure"]) == {"kind", "title", "detail", "request_id", "status"}


@pytest.mark.parametrize(("words", "told"), [([], True), (["--provider", "demo"], False)])
def test_that_the_demo_answers_is_told_to_who_did_not_ask_for_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: list[str], told: bool
) -> None:
    for name in ("OPENAI_API_KEY", "STREAMTUI_API_KEY", "OPENAI_BASE_URL", "STREAMTUI_PROVIDER"):
        monkeypatch.delenv(name, raising=False)
    Streams(monkeypatch)
    assert cli.main(["ask", *words, "-m", "demo-401", "hi"]) == 1
    assert ("nothing is configured" in capsys.readouterr().err) is told


def test_a_pipe_gets_the_exact_text_alone(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    streams = Streams(monkeypatch)
    pieces = (Delta({"content": "a\r\n\x1b[31m\ud83d"}), Delta({"content": "\ude00 \udc00 end"}))
    assert ask(monkeypatch, "hi", scripts=(Script(*pieces, finish(), DONE),))[0] == 0
    assert streams.text == "a\r\n\x1b[31m😀 \ufffd end"
    assert capsys.readouterr().err == ""


def test_a_terminal_gets_safe_text_and_a_last_newline(monkeypatch: pytest.MonkeyPatch) -> None:
    streams = Streams(monkeypatch, terminal=True)
    assert ask(monkeypatch, "hi", scripts=(Script.complete("a\x1b]0;x\x07", "b"),))[0] == 0
    assert "\x1b" not in streams.text
    assert streams.text.endswith("b\n")


def test_a_break_is_told_on_standard_error_and_the_text_stays(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    streams = Streams(monkeypatch)
    assert ask(monkeypatch, "hi", scripts=(Script("half", headers={"x-request-id": "req_1"}),))[0] == 3
    assert streams.text == "half"
    said = capsys.readouterr().err
    assert "interrupted" in said
    assert "req_1" in said


def test_the_prompt_and_standard_input_are_joined(monkeypatch: pytest.MonkeyPatch) -> None:
    Streams(monkeypatch, b"+ a line\n\xff\n")
    code, endpoint = ask(monkeypatch, "review", "this", "--system", "Be brief.", scripts=(Script.complete("ok"),))
    assert code == 0
    assert endpoint.scripts[0].body["messages"] == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "review this\n\n+ a line\n\ufffd"},
    ]


def test_parameters_go_into_the_body(monkeypatch: pytest.MonkeyPatch) -> None:
    Streams(monkeypatch)
    _, endpoint = ask(monkeypatch, "hi", "-p", "temperature=0.5", "-p", 'x_new={"a": [1]}', scripts=(Script.complete("ok"),))
    assert endpoint.scripts[0].body["temperature"] == 0.5
    assert endpoint.scripts[0].body["x_new"] == {"a": [1]}


def test_a_key_is_never_sent_in_clear_unasked(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    Streams(monkeypatch)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret-value")
    assert cli.main(["ask", "--base-url", "http://llm.test/v1", "hi"]) == 2
    said = capsys.readouterr().err
    assert "unencrypted" in said
    assert "sk-secret" not in said


def run(*arguments: str) -> subprocess.Popen[bytes]:
    """The real program, with nothing on standard input."""
    command = [sys.executable, "-m", "tui", *arguments]
    return subprocess.Popen(
        command, cwd=ROOT, env=dict(os.environ), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def test_ctrl_c_keeps_what_was_written() -> None:
    with run("ask", "-m", "demo-stall", "what is a token?") as program:
        assert program.stdout is not None
        first = program.stdout.read(1)
        program.send_signal(signal.SIGINT)
        rest, said = program.communicate(timeout=30)
    assert program.returncode == 130
    assert first + rest
    assert b"Traceback" not in said


def test_a_closed_pipe_ends_it_quietly() -> None:
    with run("ask", "-m", "demo-fast", "what is a token?") as program:
        assert program.stdout is not None
        assert program.stderr is not None
        program.stdout.read(1)
        program.stdout.close()
        said = program.stderr.read()
        program.wait(timeout=30)
    assert program.returncode == 130
    assert said.count(b"\n") == 1  # that it is the demo
    assert b"demo" in said


def test_ctrl_c_while_the_prompt_is_read_is_an_answer_that_was_cancelled(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(prompt: str) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr("tui.ask.whole_prompt", interrupted)
    streams = Streams(monkeypatch)
    assert ask(monkeypatch, "--json", scripts=())[0] == 130
    assert json.loads(streams.text)["state"] == "cancelled"
    assert ask(monkeypatch, scripts=())[0] == 130
    assert "cancelled" in capsys.readouterr().err


def test_the_end_that_the_system_asks_for_is_an_answer_that_was_cancelled(monkeypatch: pytest.MonkeyPatch) -> None:
    def ended(prompt: str) -> str:
        signal.raise_signal(signal.SIGTERM)
        return prompt

    monkeypatch.setattr("tui.ask.whole_prompt", ended)
    streams = Streams(monkeypatch)
    assert ask(monkeypatch, "--json", scripts=())[0] == 130
    assert json.loads(streams.text)["state"] == "cancelled"


def test_json_says_what_to_do_and_is_json_whatever_the_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    streams = Streams(monkeypatch)
    usage = b'data: {"choices": [], "usage": {"completion_tokens": 1, "cost": 1e999}}\n\n'
    ask(monkeypatch, "hi", "--json", scripts=(Script("a", usage, finish(), DONE),))
    assert json.loads(streams.text)["usage"] == {"completion_tokens": 1, "cost": None}

    streams = Streams(monkeypatch)
    ask(monkeypatch, "hi", "--json", scripts=(Script(status=429, headers={"retry-after": "90"}),))
    assert "90 s" in json.loads(streams.text)["failure"]["detail"]


def test_json_on_a_terminal_holds_nothing_that_it_obeys(monkeypatch: pytest.MonkeyPatch) -> None:
    streams = Streams(monkeypatch, terminal=True)
    ask(monkeypatch, "hi", "--json", scripts=(Script.complete("a\x9b31m\u202e"),))
    assert streams.text.isascii()
    assert json.loads(streams.text)["text"] == "a\x9b31m\u202e"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
@pytest.mark.parametrize("how", [["--json"], []])
def test_an_output_that_takes_nothing_is_told_in_a_line(how: list[str]) -> None:
    command = [sys.executable, "-m", "tui", "ask", "-m", "demo-fast", "what is a token?", *how]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 2
    assert b"standard output can't be written" in done.stderr
    assert b"Traceback" not in done.stderr


def test_no_output_at_all_is_told_in_a_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    assert ask(monkeypatch, "hi", scripts=())[0] == 2
    assert "standard output is closed" in capsys.readouterr().err


def test_an_answer_without_text_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    streams = Streams(monkeypatch)
    assert ask(monkeypatch, "hi", scripts=(Script(finish(), DONE),))[0] == 0
    assert streams.text == ""
    assert "holds no text" in capsys.readouterr().err


@pytest.mark.parametrize("proxy", ["::garbage::", "ftp://127.0.0.1:1"])
def test_a_proxy_that_can_not_be_used_is_told_in_a_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], proxy: str
) -> None:
    Streams(monkeypatch)
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    assert cli.main(["ask", "--base-url", "https://llm.test/v1", "-m", "x", "hi"]) == 2
    assert "PROXY" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["-p", "x=NaN"], ["--base-url", "http://127.0.0.1:9/v1?a=b"]])
def test_what_can_never_be_sent_is_wrong_usage(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    Streams(monkeypatch)
    assert cli.main(["ask", "-m", "x", "hi", *words]) == 2
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
def test_that_nobody_hears_the_remarks_stops_no_answer() -> None:
    command = [sys.executable, "-m", "tui", "ask", "-m", "demo-fast", "what is a token?"]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=full, check=False)
    assert done.returncode == 0
    assert b"token" in done.stdout


def test_a_signal_just_after_a_write_prints_nothing_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    write = Printer.write

    def write_and_interrupt(self: Printer, text: str, final: bool = False) -> None:
        write(self, text, final)
        if not final:
            raise KeyboardInterrupt

    monkeypatch.setattr(Printer, "write", write_and_interrupt)
    streams = Streams(monkeypatch)
    assert ask(monkeypatch, "hi", scripts=(Script.complete("once"),))[0] == 130
    assert streams.text
    assert "once".startswith(streams.text)


def test_json_of_an_answer_that_was_stopped_before_its_model_was_known_names_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(client: object) -> list[str]:
        raise KeyboardInterrupt

    monkeypatch.setattr("tui.ask.list_models_sync", interrupted)
    streams = Streams(monkeypatch)
    assert cli.main(["ask", "--base-url", BASE_URL, "--json", "hi"]) == 130
    assert json.loads(streams.text)["model"] is None
