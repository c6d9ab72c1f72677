"""`ask` with tools: whole rounds, leave from the terminal or by name, what goes where, and the exit code."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_ask import Streams, ask, no_config  # noqa: F401 - the last is a fixture
from tests.support.script import DONE, Script, finish, reasoning, tool_call
from tui import leave
from tui.engine.tool_run import Decision
from tui.leave import TerminalLeave, decided

TOOLS = '''
import os
from tui.tools import tool

def double(x: int) -> int:
    """Double a number.

    Args:
        x: the number
    """
    print("printed"); os.write(1, b"written")
    return 2 * x

@tool(read_only=True)
def peek(x: int) -> int:
    return x
'''.replace("def double", "@tool\ndef double")


@pytest.fixture
def tools(tmp_path: Path) -> str:
    path = tmp_path / "my_tools.py"
    path.write_text(TOOLS)
    return str(path)


@pytest.fixture(autouse=True)
def no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    def open_() -> int:
        raise OSError("no such device")

    monkeypatch.setattr(TerminalLeave, "__init__", lambda self: setattr(self, "_open", open_))


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """The other end of a terminal that questions go to."""
    ours, theirs = os.openpty()
    monkeypatch.setattr(TerminalLeave, "__init__", lambda self: setattr(self, "_open", lambda: os.dup(theirs)))
    monkeypatch.setattr(leave, "_forget_typed", lambda fd: None)  # the test types ahead
    yield ours
    os.close(ours)
    os.close(theirs)


def calls(*wanted: tuple[str, str], text: str = "") -> Script:
    """An answer that calls tools."""
    deltas = [tool_call(place, id=f"c{place}", name=name, arguments=given) for place, (name, given) in enumerate(wanted)]
    return Script(*([text] if text else []), *deltas, finish("tool_calls"), DONE)


ANSWER = Script.complete
DOUBLE = ("double", '{"x": 21}')


def tree_of(streams: Streams) -> dict[str, Any]:
    tree: dict[str, Any] = json.loads(streams.text)
    return tree


def test_a_named_tool_runs_and_the_answer_uses_it(
    monkeypatch: pytest.MonkeyPatch, tools: str, capfd: pytest.CaptureFixture[str]
) -> None:
    streams = Streams(monkeypatch)
    scripts = (calls(DOUBLE, text="Let me see."), ANSWER("It is 42."))
    code, endpoint = ask(monkeypatch, "hi", "--tools", tools, "--yes", "double", scripts=scripts)
    assert (code, streams.text) == (0, "Let me see.\n\nIt is 42.")
    assert capfd.readouterr() == ("", "streamtui: the tool double: done after 0.0 s\n")
    first, second = scripts[0].body, scripts[1].body
    assert (
        [tool["function"]["name"] for tool in first["tools"]]
        == ["double", "peek"]
        == [tool["function"]["name"] for tool in second["tools"]]
    )
    assert second["messages"][1:] == [
        {
            "role": "assistant",
            "content": "Let me see.",
            "tool_calls": [{"id": "c0", "type": "function", "function": {"name": "double", "arguments": '{"x": 21}'}}],
        },
        {"role": "tool", "tool_call_id": "c0", "content": "42"},
    ]
    assert len(endpoint.requests) == 2


def test_json_has_the_calls_of_all_rounds_with_their_results(monkeypatch: pytest.MonkeyPatch, tools: str) -> None:
    streams = Streams(monkeypatch)
    thinking = Script(reasoning("hm"), tool_call(0, id="c", name="double", arguments='{"x": 1}'), finish("tool_calls"), DONE)
    scripts = (thinking, calls(("double", '{"x": "?"}')), ANSWER("<think>so</think>Done."))
    assert ask(monkeypatch, "hi", "--json", "--tools", tools, "--yes", "double", scripts=scripts)[0] == 0
    tree = tree_of(streams)
    assert (tree["state"], tree["text"], tree["reasoning"]) == ("complete", "Done.", "hm\n\nso")
    assert [(call["state"], call["function"]["name"]) for call in tree["tool_calls"]] == [
        ("done", "double"),
        ("failed", "double"),
    ]
    assert tree["tool_calls"][0]["result"] == "2"
    assert "valid integer" in tree["tool_calls"][1]["result"]


def test_without_a_terminal_nothing_unlisted_runs(
    monkeypatch: pytest.MonkeyPatch, tools: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Streams(monkeypatch)
    scripts = (calls(DOUBLE, ("peek", '{"x": 1}')), ANSWER("Then not."))
    assert ask(monkeypatch, "hi", "--tools", tools, "--yes", "peek", scripts=scripts)[0] == 0
    results = [message["content"] for message in scripts[1].body["messages"] if message["role"] == "tool"]
    assert results == ["Declined: nobody could be asked, because there is no terminal.", "1"]
    assert "the tool double was not run: there is no terminal to ask on; --yes double allows it" in capsys.readouterr().err


def test_only_a_read_only_tool_is_allowed_by_the_settings(monkeypatch: pytest.MonkeyPatch, tools: str) -> None:
    Streams(monkeypatch)
    scripts = (calls(DOUBLE, ("peek", '{"x": 1}')), ANSWER("ok"))
    options = ("--tools", tools, "--allow-tool", "peek", "--allow-tool", "double")
    assert ask(monkeypatch, "hi", *options, scripts=scripts)[0] == 0
    results = [message["content"] for message in scripts[1].body["messages"] if message["role"] == "tool"]
    assert results[1] == "1"
    assert results[0].startswith("Declined")


@pytest.mark.parametrize(
    ("typed", "result", "asked"),
    [
        (b"y\n", "42", 2),
        (b"a\n", "42", 1),
        (b"n\n", "The person declined this call.", 2),
        (b"too big\n", "Declined: too big", 2),
    ],
)
def test_the_terminal_is_asked(
    monkeypatch: pytest.MonkeyPatch, tools: str, terminal: int, typed: bytes, result: str, asked: int
) -> None:
    Streams(monkeypatch)
    os.write(terminal, typed + b"n\n")
    scripts = (calls(DOUBLE, DOUBLE), ANSWER("ok"))
    assert ask(monkeypatch, "hi", "--tools", tools, scripts=scripts)[0] == 0
    results = [message["content"] for message in scripts[1].body["messages"] if message["role"] == "tool"]
    assert results[0] == result
    shown = os.read(terminal, 65536).decode()
    assert shown.count("The model wants to run double: Double a number.") == asked
    assert "x = 21" in shown


def test_what_is_asked_is_made_safe(monkeypatch: pytest.MonkeyPatch, tools: str, terminal: int) -> None:
    Streams(monkeypatch)
    os.write(terminal, b"n\n")
    (tools_file := Path(tools)).write_text('def say(what: str) -> str:\n    """Say."""\n    return what\n')
    hostile = json.dumps({"what": "\x1b]0;owned\x07\u202e" + "x" * 5000}, ensure_ascii=False)
    assert ask(monkeypatch, "hi", "--tools", str(tools_file), scripts=(calls(("say", hostile)), ANSWER("ok")))[0] == 0
    shown = os.read(terminal, 65536).decode()
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert len(shown) < 3000


def test_the_end_of_input_is_no(monkeypatch: pytest.MonkeyPatch) -> None:
    assert decided("") == Decision(run=False)
    assert decided(" YES \n") == Decision(run=True)
    assert decided("Always") == Decision(run=True, always=True)


def test_at_the_limit_of_rounds_it_stops_and_says_so(
    monkeypatch: pytest.MonkeyPatch, tools: str, capsys: pytest.CaptureFixture[str]
) -> None:
    streams = Streams(monkeypatch)
    options = ("--tools", tools, "--yes", "double", "--max-tool-rounds", "2", "--json")
    code, endpoint = ask(monkeypatch, "hi", *options, scripts=(calls(DOUBLE), calls(DOUBLE), calls(DOUBLE)))
    tree = tree_of(streams)
    assert (code, tree["state"], len(endpoint.requests)) == (4, "truncated", 3)
    assert [call["state"] for call in tree["tool_calls"]] == ["done", "done", "declined"]
    Streams(monkeypatch)
    ask(monkeypatch, "hi", *options[:-1], scripts=(calls(DOUBLE), calls(DOUBLE), calls(DOUBLE)))
    assert "truncated: 2 rounds of tools are the limit; --max-tool-rounds raises it" in capsys.readouterr().err


def test_a_forced_choice_is_for_the_first_request(monkeypatch: pytest.MonkeyPatch, tools: str) -> None:
    Streams(monkeypatch)
    scripts = (calls(DOUBLE), ANSWER("ok"))
    options = ("--tools", tools, "--yes", "double", "-p", 'tool_choice="required"')
    assert ask(monkeypatch, "hi", *options, scripts=scripts)[0] == 0
    assert (scripts[0].body["tool_choice"], scripts[1].body.get("tool_choice")) == ("required", None)


def test_a_later_round_that_breaks_is_the_outcome(monkeypatch: pytest.MonkeyPatch, tools: str) -> None:
    streams = Streams(monkeypatch)
    scripts = (calls(DOUBLE, text="One."), Script("Two"))
    assert ask(monkeypatch, "hi", "--json", "--tools", tools, "--yes", "double", scripts=scripts)[0] == 3
    assert (tree_of(streams)["state"], tree_of(streams)["text"]) == ("interrupted", "One.\n\nTwo")


def test_a_server_without_tools_is_said_plainly(
    monkeypatch: pytest.MonkeyPatch, tools: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Streams(monkeypatch)
    scripts = (Script.error(400, "test-model does not support tools"),)
    assert ask(monkeypatch, "hi", "--tools", tools, scripts=scripts)[0] == 1
    assert "It may not take tools: turn them off (--no-tools" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--tools", "not_there.py"), "not_there.py: No such file or directory"),
        (("--tools", "builtin", "--yes", "nothing"), "--yes: there is no tool 'nothing'; there are: clock, calculate"),
        (("--yes", "clock"), "--yes: there is no tool 'clock'; there are: none"),
        (("--max-tool-rounds", "-1"), "--max-tool-rounds: must be a whole number, from 0 to 100"),
        (("--tool-timeout", "soon"), "--tool-timeout: must be seconds"),
    ],
)
def test_usage(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], options: tuple[str, ...], said: str
) -> None:
    Streams(monkeypatch)
    assert ask(monkeypatch, "hi", *options, scripts=())[0] == 2
    assert said in capsys.readouterr().err


def test_thinking_is_not_printed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    streams = Streams(monkeypatch)
    assert ask(monkeypatch, "hi", scripts=(ANSWER("<th", "ink>hm</thi", "nk>\n\nHi"),))[0] == 0
    assert streams.text == "Hi"
    streams = Streams(monkeypatch)
    assert ask(monkeypatch, "hi", scripts=(ANSWER("hm, ", "so", "\n</think>\n\nHi"),))[0] == 0
    assert streams.text.endswith("Hi")
    assert "what was printed up to here turned out to be the model's thinking" in capsys.readouterr().err


SLOW = '''
import threading
def wait() -> str:
    """Wait for ever."""
    print("x", flush=True)
    threading.Event().wait()
'''


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_a_tool_that_never_returns(tmp_path: Path, number: int) -> None:
    (tmp_path / "slow.py").write_text(
        SLOW.replace(
            "threading.Event().wait()", f"import os, signal; os.kill(os.getpid(), {int(number)}); threading.Event().wait()"
        )
    )
    command = [
        sys.executable,
        "-m",
        "tui",
        "ask",
        "-m",
        "demo-tools",
        "--json",
        "--tools",
        str(tmp_path / "slow.py"),
        "--yes",
        "wait",
        "go",
    ]
    env = {**os.environ, "STREAMTUI_CONFIG": str(tmp_path / "config.toml")}
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, env=env, stdin=subprocess.DEVNULL, check=False)
    assert done.returncode == 130, done.stderr
    tree = json.loads(done.stdout)
    assert (tree["state"], [call["state"] for call in tree["tool_calls"]]) == ("cancelled", ["cancelled"])
