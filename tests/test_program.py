"""The program in a real terminal: it draws, obeys, and gives the terminal back."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import pytest

from tests.faults.server import HOLD, FaultServer
from tests.faults.wire import HEAD, say
from tests.support.served import see_gone, served
from tests.support.terminal import Terminal
from tests.support.try_program import CTRL_Q, LEAVE_SCREEN, ROOT, own_data, try_app
from tui.storage.history import History

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


SIGNALS = {"SIGTERM": 143, "SIGHUP": 129}
#: what is typed, and what is waited for after it
KEYS = {
    "ctrl+q": [(CTRL_Q, "")],
    "ctrl+c": [("\x03", "stopped"), ("\x03\x03", "")],
    "the tab's end": [("\x1bw", "Stop and close"), ("\r", "")],
}


@pytest.mark.parametrize("end", [*SIGNALS, *KEYS])
def test_an_end_in_mid_stream_closes_the_connection_and_keeps_the_text(end: str, tmp_path: Path) -> None:
    with served(FaultServer()) as server:
        url = server.play("s", [HEAD, say("Kept text"), HOLD])
        with Terminal([*PROGRAM, "--base-url", url, "-m", "m", "go"], env=own_data(tmp_path), cwd=ROOT) as terminal:
            terminal.read_until("Kept text")
            if end in SIGNALS:
                terminal.process.send_signal(getattr(signal, end))
            for keys, wanted in KEYS.get(end, []):
                terminal.type(keys)
                terminal.read_until(wanted)
            see_gone(server)
            if end == "the tab's end":
                terminal.type(CTRL_Q)
            assert terminal.wait() == SIGNALS.get(end, 0)
    assert LEAVE_SCREEN in terminal.raw
    assert "Traceback" not in terminal.text
    history = History(tmp_path / "data")
    kept = history.load(history.conversations()[0].id)
    assert kept is not None
    assert (kept.turns[0].answer.state, kept.turns[0].answer.text) == ("cancelled", "Kept text")


def test_what_never_comes_is_told_with_what_came() -> None:
    script = "read line; printf '\\033[1mgot\\033[0m %s' \"$line\"; exit 3"
    with Terminal(["sh", "-c", script], patience=1.0) as terminal:
        terminal.type("words\n")
        terminal.read_until("got words")
        with pytest.raises(AssertionError, match="'more' never came, but:\nwords\r\ngot words"):
            terminal.read_until("more")
        assert terminal.wait() == 3
