"""A program in a pseudo-terminal: reads what it draws, types keys, and waits for its end. Needs a POSIX system.

The screen is not emulated: what is read is the program's output without its control sequences, in the order of writing.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

_SEQUENCE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]P_^X].*?(?:\x07|\x1b\\)|[ -/]*[0-Z\\^-~])", re.DOTALL)


class Terminal:
    """Runs `command` in a terminal of `columns` × `lines`. `raw` is all that it wrote.

    What does not come within `patience` seconds never will.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        columns: int = 100,
        lines: int = 30,
        patience: float = 30.0,
    ) -> None:
        self._patience = patience
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self.raw = ""
        environment = {**(os.environ if env is None else env), "TERM": "xterm-256color", "COLORTERM": "truecolor"}
        self.process = subprocess.Popen(
            command, stdin=slave, stdout=slave, stderr=slave, env=environment, cwd=cwd, start_new_session=True
        )
        os.close(slave)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self.process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        os.close(self._master)

    @property
    def text(self) -> str:
        """What was written, without control sequences."""
        return _SEQUENCE.sub("", self.raw)

    def type(self, keys: str) -> None:
        """Send keys as a terminal does: text, `\\x11` for ctrl+q, `\\x1b` sequences."""
        os.write(self._master, keys.encode())

    def read_until(self, wanted: str, *, since: int = 0) -> None:
        """Read until `wanted` stands in the text after its first `since` characters. Raises AssertionError if it never does."""
        until = time.monotonic() + self._patience
        while wanted not in self.text[since:]:
            if not self._read(until):
                raise AssertionError(f"{wanted!r} never came, but:\n{self.text[since:]}")

    def wait(self) -> int:
        """Read to the program's end, and return its exit code."""
        until = time.monotonic() + self._patience
        while self._read(until):
            pass
        return self.process.wait(max(until - time.monotonic(), 0.1))

    def _read(self, until: float) -> bool:
        ready, _, _ = select.select([self._master], [], [], max(until - time.monotonic(), 0))
        if not ready:
            return False
        try:
            data = os.read(self._master, 65536)
        except OSError:  # how Linux says that the other side is closed
            return False
        self.raw += data.decode("utf-8", "replace")
        return bool(data)
