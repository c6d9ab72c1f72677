"""Signals that reach `streamtui ask` while it waits on a real socket: nothing twice, exit code 130, the connection closed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HEADERS = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
PIECE = b'data: {"choices": [{"index": 0, "delta": {"content": "abc"}}]}\n\n'
SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


def start(server: socket.socket, config: Path) -> subprocess.Popen[bytes]:
    """The real program, asking `server`."""
    config.touch()
    url = f"http://127.0.0.1:{server.getsockname()[1]}/v1"
    return subprocess.Popen(
        [sys.executable, "-m", "tui", "ask", "--base-url", url, "-m", "x", "hi"],
        cwd=ROOT,
        env={**os.environ, "STREAMTUI_CONFIG": str(config)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


@pytest.mark.parametrize("number", SIGNALS)
@pytest.mark.parametrize("said", [b"", b"abc"], ids=["before the headers", "after a piece"])
def test_a_signal_ends_it_as_cancelled(number: signal.Signals, said: bytes, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, start(server, tmp_path / "config.toml") as program:
        server.settimeout(30)
        connection, _ = server.accept()
        with connection:
            connection.settimeout(30)
            connection.recv(65536)
            if said:
                connection.sendall(HEADERS + PIECE)
            assert program.stdout is not None
            shown = os.read(program.stdout.fileno(), len(said))
            program.send_signal(number)
            while connection.recv(65536):  # what is left of the request, then the end: the program closed it
                pass
            rest, told = program.communicate(timeout=30)
    assert shown + rest == said
    assert program.returncode == 130
    assert told.count(b"\n") == 1
    assert b"cancelled" in told
