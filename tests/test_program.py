"""The program in a real terminal: it draws, obeys, and gives the terminal back."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import pytest

from tests.support.terminal import Terminal
from tests.support.try_program import LEAVE_SCREEN, ROOT, own_data, try_app

PROGRAM = [sys.executable, "-m", "tui"]


def test_the_app_starts_in_a_bare_checkout_and_quits(tmp_path: Path) -> None:
    try_app(PROGRAM, own_data(tmp_path), ROOT)


def test_a_signal_ends_the_app_and_the_terminal_is_given_back(tmp_path: Path) -> None:
    with Terminal(PROGRAM, env=own_data(tmp_path), cwd=ROOT) as terminal:
        terminal.read_until("Ask anything")
        terminal.process.send_signal(signal.SIGTERM)
        assert terminal.wait() == 128 + signal.SIGTERM
    assert LEAVE_SCREEN in terminal.raw
    assert "Traceback" not in terminal.text


def test_what_never_comes_is_told_with_what_came() -> None:
    script = "read line; printf '\\033[1mgot\\033[0m %s' \"$line\"; exit 3"
    with Terminal(["sh", "-c", script], patience=1.0) as terminal:
        terminal.type("words\n")
        terminal.read_until("got words")
        with pytest.raises(AssertionError, match="'more' never came, but:\nwords\r\ngot words"):
            terminal.read_until("more")
        assert terminal.wait() == 3
