"""The command line: where options may stand, what is a subcommand, and one line for what is wrong."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from tui import cli
from tui.usage import UsageError


@pytest.fixture(autouse=True)
def no_config(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An empty config file, and no terminal."""
    config = tmp_path / "config.toml"
    config.touch()
    monkeypatch.setenv("STREAMTUI_CONFIG", str(config))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO()))
    return config


@pytest.mark.parametrize(
    ("argv", "command", "prompts"),
    [
        ([], None, []),
        (["ask", "hi"], "ask", ["hi"]),
        (["-m", "x", "ask", "hi"], "ask", ["hi"]),
        (["ask", "hi", "-m", "x"], "ask", ["hi"]),
        (["one", "-m", "x", "two"], None, ["one", "two"]),
        (["asks", "hi"], None, ["asks", "hi"]),
        (["hi", "ask"], None, ["hi", "ask"]),
        (["--", "ask"], None, ["ask"]),
        (["ask", "--", "-m", "ask"], "ask", ["-m", "ask"]),
        (["-m", "ask", "models"], "models", []),
        (["-m", "x", "--", "models", "--help"], None, ["models", "--help"]),
    ],
)
def test_the_first_positional_is_a_subcommand_if_equal(argv: list[str], command: str | None, prompts: list[str]) -> None:
    assert cli.split(argv)[1:] == (command, prompts)


def test_parameters_are_json() -> None:
    options = cli.split(["-p", "temperature=0.2", "--param", 'stop=["a", "b"]', "-p", 'user="me=you"'])[0]
    assert cli.flags(options)["params"] == {"temperature": 0.2, "stop": ["a", "b"], "user": "me=you"}


@pytest.mark.parametrize("parameter", ["temperature", "=1", "user=me", "x={"])
def test_parameters_that_are_not_json_are_refused(parameter: str) -> None:
    with pytest.raises(UsageError, match="JSON"):
        cli.flags(cli.split(["-p", parameter])[0])


@pytest.mark.parametrize(
    ("argv", "named"),
    [
        (["ask"], "needs a prompt"),
        (["ask", "--nonsense", "hi"], "--nonsense"),
        (["ask", "-m"], "-m"),
        (["ask", "hi", "--stall-timeout", "-1"], "--stall-timeout"),
        (["ask", "hi", "--max-retries", "many"], "--max-retries"),
        (["ask", "hi", "--base-url", "nonsense"], "--base-url"),
        (["ask", "hi", "--provider", "nobody"], "nobody"),
        (["ask", "hi", "--config", "/no/such/file.toml"], "/no/such/file.toml"),
        (["models", "extra"], "extra"),
        (["--json", "hi"], "--json"),
        (["hi"], "needs a terminal"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(argv: list[str], named: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(argv) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert named in said.err


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("modle = 'x'", "modle"),
        ("model = 3", "model"),
        ("stall_timeout = 'soon'", "stall_timeout"),
        ("[providers.work]\nbase_url = 'nonsense'", "providers.work.base_url"),
        ("[providers.work]\nurl = 'http://127.0.0.1/v1'", "providers.work.url"),
        ("[[[", "not TOML"),
    ],
)
def test_a_bad_config_names_file_and_key(text: str, named: str, no_config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    no_config.write_text(text)
    assert cli.main(["ask", "hi"]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert named in said
    assert str(no_config) in said


def test_version_and_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("streamtui ")
    assert cli.main(["ask", "--help"]) == 0
    told = capsys.readouterr().out
    assert "--base-url URL" in told
    assert "Exit codes of ask" in told
