"""What the real program writes to a terminal when everybody is hostile: the raw bytes, wherever foreign text is shown."""

from __future__ import annotations

import base64
import json
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faults.server import FaultServer, Script
from tests.faults.wire import DONE, as_json, chunk, event, plain, say, stop
from tests.support.served import served
from tests.support.terminal import Terminal
from tests.support.try_program import CTRL_Q, ROOT, own_data

PROGRAM = [sys.executable, "-m", "tui"]
#: whatever of this reached the terminal as it is would be obeyed there, or would hide something
ATTACKS = (
    "\x1b]0;pwned\x07",
    "\x1b]52;c;aGFjaw==\x07",
    "\x1b[13;37r",
    "\x1bP1337\x1b\\",
    "\x9b13;37r",
    "\x9d0;pwned\x9c",
    "\x08\x08pwned",
    "\rpwned",
    "\u202epwned",
    "\u2066pwned",
    "\u200bpwned",
    "\u2028pwned",
    "\ufeffpwned",
    "\x7fpwned",
    "\U000e0041pwned",
)
ESC_AND_KIN = "\x1b\x07\x08\x7f\r"
TURN_FOLDS, SHOW_CALL = "\x1bt", "\x1bv"
COPY, MODELS, CONVERSATIONS, FIND, PALETTE = "\x19", "\x0c", "\x1bo", "\x1bf", "\x10"
HOSTILE = "".join(ATTACKS) + "[red]x[/red][/nope]"


def hostile(name: str) -> str:
    """Hostile text that can be waited for: its name stands at both ends."""
    return f"{name}<{HOSTILE}>{name}"


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with served(FaultServer(models=(hostile("model"), "other"))) as server:
        yield server


def assert_harmless(terminal: Terminal) -> None:
    """None of the attacks reached the terminal, and nothing was taken for markup."""
    assert [attack for attack in ATTACKS if attack in terminal.raw] == []
    assert not re.search("[\x80-\x9f]", terminal.raw)
    assert "[red]x[/red][/nope]" in terminal.text
    assert "Traceback" not in terminal.text


def _answer() -> bytes:
    parts = (
        {"reasoning_content": hostile("thought")},
        {"content": f"# {hostile('heading')}\n\n{hostile('answer')} [odd](https://evil.test/\u202e\x9b)\n\n"},
        {"content": f"```{hostile('lang')}\n{hostile('code')}\n```\n\n| {hostile('cell')} | b |\n|-|-|\n\n"},
        {"content": f"`{hostile('inline')}`\n\nthe end"},
    )
    return b"".join(event({**chunk(part), "model": hostile("m")}) for part in parts)


def _scripts() -> list[Script]:
    return [
        plain(_answer(), stop(), DONE),
        as_json({"error": {"message": hostile("error"), "code": hostile("code")}}, "400 No"),
        as_json({"error": hostile("unknown")}, "404 No"),
        plain(event(chunk({"refusal": hostile("refusal")})), stop(), DONE),
        plain(say("x"), event({"error": hostile("broken")})),
    ]


def test_the_app_writes_nothing_that_a_terminal_obeys(tmp_path: Path, server: FaultServer) -> None:
    command = [*PROGRAM, "--base-url", server.play("s", *_scripts()), "-m", hostile("asked")]
    with _app([*command, hostile("prompt")], tmp_path) as terminal:
        terminal.read_until("the end")
        _do(terminal, COPY, "left out")
        for wanted in ("error<", "unknown<", "refusal<", "broken<"):
            _do(terminal, "go\r", wanted)
        _do(terminal, _paste("pasted"), "pasted<")
        _do(terminal, FIND + _paste("needle"), "needle<")
        _do(terminal, MODELS, "other")
    copied = re.findall("\x1b\\]52;c;([A-Za-z0-9+/=]+)", terminal.raw)
    assert "".join(map(_kept, ATTACKS)) in base64.b64decode(copied[0]).decode()
    with _app(command, tmp_path) as terminal:
        terminal.read_until("broken<")
        _do(terminal, CONVERSATIONS + "heading", "eading<")
    with _app(command, tmp_path) as terminal:
        terminal.read_until("broken<")
        _do(terminal, PALETTE, "Go to tab")
        _do(terminal, _paste("wish"), "wish<")


def _calls(name: str, arguments: dict[str, str]) -> bytes:
    function = {"name": name, "arguments": json.dumps(arguments)}
    return event(chunk({"tool_calls": [{"index": 0, "id": hostile("id"), "function": function}]}))


def test_tool_cards_and_the_bar_that_asks_write_nothing_that_a_terminal_obeys(tmp_path: Path, server: FaultServer) -> None:
    scripts = [
        plain(_calls(hostile("tool"), {hostile("key"): hostile("value")}), stop(), DONE),
        plain(say("told"), stop(), DONE),
        plain(_calls("calculate", {"expression": hostile("sum")}), stop(), DONE),
    ]
    command = [*PROGRAM, "--base-url", server.play("s", *scripts), "-m", "m", "--tools", "builtin"]
    with _app([*command, hostile("prompt")], tmp_path) as terminal:
        terminal.read_until("told")
        _do(terminal, TURN_FOLDS, "value<")
        _do(terminal, "go\r", "asks to run calculate")
        _do(terminal, SHOW_CALL, "sum<")
        _do(terminal, "\x1b", "asks to run calculate")
        _do(terminal, "\x1b", "stopped")


def test_a_notification_about_a_hidden_tab_writes_nothing_that_a_terminal_obeys(tmp_path: Path, server: FaultServer) -> None:
    asks = plain(_calls("calculate", {"expression": hostile("sum")}), stop(), DONE)
    command = [*PROGRAM, "--base-url", server.play("s", asks, asks), "-m", "m", "--tools", "builtin"]
    with _app([*command, hostile("front"), hostile("hidden")], tmp_path) as terminal:
        terminal.read_until("you.")  # the end of the toast, however it wraps
        terminal.read_until("asks to run calculate")


@contextmanager
def _app(command: list[str], folder: Path) -> Iterator[Terminal]:
    """The app, until the end of the block; then it must quit, and have done no harm."""
    with Terminal(command, env=own_data(folder), cwd=ROOT, columns=150, lines=50) as terminal:
        yield terminal
        terminal.type(CTRL_Q)
        assert terminal.wait() == 0
    assert_harmless(terminal)


@pytest.mark.parametrize("number", range(5))
def test_ask_writes_nothing_that_a_terminal_obeys(tmp_path: Path, server: FaultServer, number: int) -> None:
    url = server.play("s", _scripts()[number])
    with Terminal([*PROGRAM, "ask", "--base-url", url, "-m", hostile("m"), "go"], env=own_data(tmp_path), cwd=ROOT) as terminal:
        terminal.wait()
    assert_harmless(terminal)


def test_models_writes_nothing_that_a_terminal_obeys(tmp_path: Path, server: FaultServer) -> None:
    with Terminal([*PROGRAM, "models", "--base-url", server.play("s")], env=own_data(tmp_path), cwd=ROOT) as terminal:
        assert terminal.wait() == 0
    assert_harmless(terminal)


def _paste(name: str) -> str:
    """What a terminal sends for hostile text from a page: it strips ESC itself, since that could end the paste."""
    return f"\x1b[200~{hostile(name).translate(dict.fromkeys(map(ord, ESC_AND_KIN)))}\x1b[201~"


def _kept(attack: str) -> str:
    return re.sub("[\x00-\x08\x0b-\x1f\x7f-\x9f]", "", attack)


def _do(terminal: Terminal, keys: str, wanted: str) -> None:
    seen = len(terminal.text)
    terminal.type(keys)
    terminal.read_until(wanted, since=seen)
