"""Kills the program at random moments and looks what its journal holds: `python -m tests.bench.kill [KILLS]`, 50 by default.

Three tabs stream numbered words, at a pace drawn for each round; then comes SIGKILL. Whatever the server had sent half a second
before must be in the journal, what is there must be how the server's text begins, and the next start must bring back all three
tabs with their answers marked interrupted. Needs a Unix. The exit code is 1 if anything was missing.
"""

from __future__ import annotations

import argparse
import json
import random
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.program import Program
from tui.keeping import Keeper, Restored

PROMPTS = ("first", "second", "third")
ALLOWED = 0.5  # seconds of what the server sent before the kill that may be missing
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"


@dataclass
class Sent:
    """One stream: its text so far, and for each write (when it was done, the length of the text then)."""

    text: str = ""
    writes: list[tuple[float, int]] = field(default_factory=list)

    def until(self, moment: float) -> int:
        """How many characters had been sent at `moment`."""
        return max((length for at, length in self.writes if at <= moment), default=0)


class Server:
    """Streams numbered words to every request, by threads: `words` at a time, with `pause` seconds between two writes."""

    def __init__(self) -> None:
        self.words, self.pause = 1, 0.01
        self.sent: dict[str, Sent] = {}
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def __str__(self) -> str:
        return f"{self.words:3} words every {self.pause * 1000:3.0f} ms"

    def _accept(self) -> None:
        while True:
            connection, _ = self._socket.accept()
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):  # the reader is killed: that is the point
            prompt = _prompt(connection)
            sent = self.sent[prompt] = Sent()
            connection.sendall(_HEAD)
            for words in _words(prompt, self.words):
                connection.sendall("".join(map(_event, words)).encode())
                sent.text += "".join(words)
                sent.writes.append((time.monotonic(), len(sent.text)))
                time.sleep(self.pause)


def _prompt(connection: socket.socket) -> str:
    data = b""
    while True:
        data += connection.recv(65536)
        with suppress(ValueError):
            return str(json.loads(data.partition(b"\r\n\r\n")[2])["messages"][-1]["content"])


def _words(prompt: str, count: int) -> Iterator[list[str]]:
    number = 0
    while True:
        yield [f"{prompt}-{number + place} " for place in range(count)]
        number += count


def _event(word: str) -> str:
    chunk = {"id": "c", "model": "m", "choices": [{"index": 0, "delta": {"content": word}, "finish_reason": None}]}
    return f"data: {json.dumps(chunk)}\n\n"


@dataclass
class Round:
    """What one kill left: seconds of text that are missing, the worst of the three tabs; and what is wrong."""

    missing: float
    problems: list[str]

    def __str__(self) -> str:
        return "; ".join([f"{self.missing * 1000:4.0f} ms missing", *self.problems])


def kill_once(server: Server, folder: Path, after: float) -> Round:
    """Start the program, kill it `after` seconds after the first words, and compare."""
    server.sent.clear()
    argv = [sys.executable, "-m", "tui", "-m", "m", "--base-url", f"http://127.0.0.1:{server.port}/v1", *PROMPTS]
    program = Program(argv, {"STREAMTUI_DATA_DIR": str(folder)})
    with program:
        program.wait(f"{PROMPTS[0]}-", 30)
        program.rest(after)
        killed = time.monotonic()
        program.end()
    keeper = Keeper(folder)
    try:
        restored, _ = keeper.restore()
    finally:
        keeper.close()
    return _compare(server.sent, restored, killed)


def _compare(sent: dict[str, Sent], restored: list[Restored], killed: float) -> Round:
    missing, problems = 0.0, []
    turns = [each.conversation.turns[-1] for each in restored if each.conversation]
    came_back = {turn.prompt: turn.answer for turn in turns}
    for prompt, stream in sent.items():
        answer = came_back.get(prompt)
        if answer is None:
            problems.append(f"{prompt}: the tab did not come back")
            continue
        text = answer.text
        if answer.state not in ("interrupted", "failed"):
            problems.append(f"{prompt}: {answer.state}")
        if not stream.text.startswith(text):
            problems.append(f"{prompt}: not what was sent")
        if len(text) < stream.until(killed - ALLOWED):
            problems.append(f"{prompt}: {stream.until(killed - ALLOWED) - len(text)} characters are missing")
        missing = max(missing, killed - min((at for at, length in stream.writes if length > len(text)), default=killed))
    return Round(missing, problems)


def main() -> int:
    """Kill and compare."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.kill", description=__doc__)
    parser.add_argument("kills", type=int, nargs="?", default=50)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    server = Server()
    rounds = []
    for number in range(1, options.kills + 1):
        server.words, server.pause = chance.choice([(1, 0.02), (1, 0.005), (10, 0.01), (200, 0.02), (50, 0.3)])
        after = chance.uniform(0, 2.5)
        with tempfile.TemporaryDirectory(prefix="streamtui-kill-") as folder:
            rounds.append(kill_once(server, Path(folder), after))
        print(f"{number:3}  {rounds[-1]}, {server}, killed after {after:.2f} s", flush=True)
    missing = sorted(each.missing * 1000 for each in rounds)
    bad = sum(bool(each.problems) for each in rounds)
    print(f"{len(rounds)} kills: {missing[len(missing) // 2]:.0f} ms missing (median), {missing[-1]:.0f} (worst); {bad} bad")
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main())
