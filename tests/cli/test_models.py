"""`streamtui models`: one id a line, and one line for what is wrong."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import httpx2
import pytest
from openai import OpenAI

from tests.cli.test_ask import ROOT, Streams
from tests.support.scripted import ScriptedEndpoint
from tui import cli


@pytest.fixture(autouse=True)
def no_config(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An empty config file."""
    (tmp_path / "config.toml").touch()
    monkeypatch.setenv("STREAMTUI_CONFIG", str(tmp_path / "config.toml"))


@pytest.mark.parametrize(("terminal", "printed"), [(False, "zeta\nalpha\x1b[31m\n"), (True, "zeta\nalpha␛[31m\n")])
def test_names_are_printed_in_the_endpoints_order(monkeypatch: pytest.MonkeyPatch, terminal: bool, printed: str) -> None:
    monkeypatch.setattr("tui.list_models.sync_client", ScriptedEndpoint(models=("zeta", "alpha\x1b[31m")).sync_client)
    streams = Streams(monkeypatch, terminal=terminal)
    assert cli.main(["models"]) == 0
    assert streams.text == printed


def test_a_list_that_can_not_be_had_is_told_in_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["models", "--base-url", "http://127.0.0.1:1/v1"]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert "127.0.0.1:1" in said.err


def test_a_server_without_a_list_is_told_apart_from_one_without_a_model(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    transport = httpx2.MockTransport(lambda _: httpx2.Response(404, json={"detail": "Not Found"}))
    client = OpenAI(api_key="any", base_url="http://llm.test/v1", http_client=httpx2.Client(transport=transport), max_retries=0)
    monkeypatch.setattr("tui.list_models.sync_client", lambda *_: client)
    assert cli.main(["models"]) == 1
    assert "does not list its models at this address (404)" in capsys.readouterr().err


def test_a_key_is_not_sent_in_clear(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret-value")
    assert cli.main(["models", "--base-url", "http://llm.test/v1"]) == 2
    assert "unencrypted" in capsys.readouterr().err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
@pytest.mark.parametrize("words", [["models"], ["--version"]])
def test_an_output_that_takes_nothing_is_told_in_a_line(words: list[str]) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run([sys.executable, "-m", "tui", *words], cwd=ROOT, stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith(b"streamtui: standard output can't be written")
    assert done.stderr.count(b"\n") == 1


@pytest.mark.parametrize("words", [["models"], ["--version"]])
def test_an_output_that_is_closed_is_told_in_a_line(
    words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    assert cli.main(words) == 2
    assert capsys.readouterr().err == "streamtui: standard output is closed\n"
