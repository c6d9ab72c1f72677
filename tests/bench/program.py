"""A full-screen program in a pseudo-terminal of our own: what it draws and when, what it costs, how fast it answers keys."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import tempfile
import termios
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
WIDTH, HEIGHT = 120, 40
_SYNC_QUERY, _SYNC_REPLY, _SYNC_BEGIN = b"\x1b[?2026$p", b"\x1b[?2026;2$y", b"\x1b[?2026h"
_MOVE = re.compile(rb"\x1b\[(\d+);\d+H")
_ANSWER_ROWS = range(3, HEIGHT - 3)  # rows (from 1) where the answer is, whatever stands above and below it


@dataclass
class Cost:
    """What a program took until it was ended: CPU seconds (user and system, all threads) and peak memory in MB."""

    cpu: float
    peak_mb: float


@dataclass
class Program:
    """Runs `argv`. `updates` are the times (perf_counter) at which something in the answer's rows was drawn."""

    argv: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    updates: list[float] = field(default_factory=list)
    output: bytearray = field(default_factory=bytearray)

    def __post_init__(self) -> None:
        self.home = tempfile.TemporaryDirectory(prefix="streamtui-bench-")
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "HOME": self.home.name,
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            "LANG": "C.UTF-8",
            "OPENAI_API_KEY": "none",
            **self.environment,
        }
        self.pid, self._terminal = pty.fork()
        if self.pid == 0:
            os.execvpe(self.argv[0], list(self.argv), environment)  # noqa: S606 - no shell is wanted
        fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, struct.pack("HHHH", HEIGHT, WIDTH, 0, 0))
        self._block_start = 0

    def __enter__(self) -> Program:
        return self

    def __exit__(self, *exception: object) -> None:
        if self.pid:
            self.end()

    def read(self, timeout: float) -> bool:
        """Take in what the program writes within `timeout` seconds; True if anything came."""
        if not select.select([self._terminal], [], [], timeout)[0]:
            return False
        try:
            data = os.read(self._terminal, 1 << 16)
        except OSError:  # how Linux says that the program has ended
            raise RuntimeError(f"{self.argv[0]} has ended: {bytes(self.output[-2000:])!r}") from None
        now = time.perf_counter()
        if _SYNC_QUERY in data:
            os.write(self._terminal, _SYNC_REPLY)
        self.output += data
        self._note_updates(now)
        return True

    def _note_updates(self, now: float) -> None:
        # a frame is known when the next one begins, or by being looked at again: its rows are enough
        begin = self.output.find(_SYNC_BEGIN, self._block_start)
        while begin >= 0:
            end = self.output.find(b"\x1b[?2026l", begin)
            if end < 0:
                return
            if any(int(row) in _ANSWER_ROWS for row in _MOVE.findall(self.output, begin, end)):
                self.updates.append(now)
            self._block_start = end
            begin = self.output.find(_SYNC_BEGIN, end)

    def wait(self, texts: str | tuple[str, ...], timeout: float) -> float:
        """Seconds until a text, or one of several, was written. Raises TimeoutError."""
        start, seen = time.perf_counter(), 0
        wanted = [text.encode() for text in ((texts,) if isinstance(texts, str) else texts)]
        while (left := start + timeout - time.perf_counter()) > 0:
            if any(self.output.find(text, max(seen - len(text), 0)) >= 0 for text in wanted):
                return time.perf_counter() - start
            seen = len(self.output)
            self.read(min(left, 0.5))
        raise TimeoutError(f"no {texts!r} within {timeout:g} s: {bytes(self.output[-2000:])!r}")

    def rest(self, seconds: float) -> None:
        """Only read for a while."""
        end = time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0:
            self.read(left)

    def type(self, keys: str) -> None:
        """Press keys."""
        os.write(self._terminal, keys.encode())

    def echo(self, key: str, expected: str, timeout: float = 5.0) -> float:
        """Press a key; seconds until `expected` was drawn."""
        mark = len(self.output)
        start = time.perf_counter()
        self.type(key)
        while time.perf_counter() < start + timeout:
            self.read(timeout)
            if self.output.find(expected.encode(), mark) >= 0:
                return time.perf_counter() - start
        raise TimeoutError(f"{expected!r} was not echoed within {timeout:g} s")

    def signal(self, number: int) -> None:
        """Send a signal."""
        os.kill(self.pid, number)

    def end(self) -> Cost:
        """End the program at once, and say what it took."""
        os.kill(self.pid, signal.SIGKILL)
        _, _, usage = os.wait4(self.pid, 0)
        self.pid = 0
        os.close(self._terminal)
        self.home.cleanup()
        peak = usage.ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)
        return Cost(usage.ru_utime + usage.ru_stime, peak)
