"""Routes to the clipboard, tried in this order:

1. in tmux, `tmux load-buffer -w -`, and beside it a plain OSC 52 (never wrapped: tmux 3.3 ignores that);
2. on this machine, the platform's own program, where a display is reachable;
3. over SSH and everywhere else, a plain OSC 52 to the terminal. It can't confirm, and it has a limit.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from tui.safe_text import without_controls

OSC52_LIMIT = 74_994  # bytes of text: base64 makes 100,000 of them with what is around, and terminals cut beyond that
TIME_LIMIT = 3.0  # seconds for one program

Write = Callable[[str], object]

_TMUX = ("tmux", "load-buffer", "-w", "-")
_POWERSHELL = "[Console]::InputEncoding = [Text.Encoding]::UTF8; Set-Clipboard -Value ([Console]::In.ReadToEnd())"
_NO_CLIPBOARD = ("linux", "dumb")  # values of TERM: a bare console


@dataclass(frozen=True, slots=True)
class CopyResult:
    """How a copy went: by which `route` (None: there was none), and whether that route said that it took the text.

    `too_large` means that only OSC 52 was left and the text exceeds it: nothing was copied, and a file may be offered.
    `left_out` counts the control characters that were not copied.
    """

    route: str | None
    confirmed: bool
    too_large: bool = False
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Program:
    """A program that takes the clipboard's text on its standard input."""

    argv: Sequence[str]
    encoding: str = "utf-8"

    @property
    def name(self) -> str:
        """What it is called in a message."""
        return self.argv[0]


class Clipboard:
    """Copies text by the best route. `write` sends bytes to the terminal, past whatever draws on it."""

    def __init__(
        self,
        write: Write,
        *,
        env: Mapping[str, str] = os.environ,
        platform: str = sys.platform,
        time_limit: float = TIME_LIMIT,
    ) -> None:
        self._write = write
        self._env = env
        self._platform = platform
        self._time_limit = time_limit

    async def copy(self, text: str) -> CopyResult:
        """Copy `text` less its control characters. Never raises for what a route does."""
        clean, left_out = await asyncio.to_thread(without_controls, text)  # may be many megabytes
        return replace(await self._copy(clean), left_out=left_out)

    async def _copy(self, text: str) -> CopyResult:
        if self._env.get("TMUX") and await self._feed(Program(_TMUX), text):
            self._osc52(text)
            return CopyResult("tmux", confirmed=True)
        for program in self._programs():
            if await self._feed(program, text):
                return CopyResult(program.name, confirmed=True)
        if self._env.get("TERM") in _NO_CLIPBOARD:
            return CopyResult(None, confirmed=False)
        if not self._osc52(text):
            return CopyResult(None, confirmed=False, too_large=True)
        return CopyResult("OSC 52", confirmed=False)

    def _programs(self) -> Iterator[Program]:
        """The platform's programs that could reach a display from here, installed or not."""
        env = self._env
        if any(env.get(name) for name in ("TMUX", "SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT")):
            return
        if self._platform == "darwin":
            yield Program(("pbcopy",))
        if env.get("WAYLAND_DISPLAY"):
            yield Program(("wl-copy",))
        if env.get("DISPLAY"):
            yield Program(("xclip", "-selection", "clipboard"))
            yield Program(("xsel", "--clipboard", "--input"))
        if self._platform == "win32" or env.get("WSL_DISTRO_NAME"):
            yield Program(("clip.exe",), "utf-16-le")
            yield Program(("powershell.exe", "-NoProfile", "-NonInteractive", "-Command", _POWERSHELL))

    def _osc52(self, text: str) -> bool:
        """Hand `text` to the terminal, if it is small enough."""
        data = text.encode()
        if len(data) > OSC52_LIMIT:
            return False
        self._write(f"\x1b]52;c;{base64.b64encode(data).decode()}\x07")
        return True

    async def _feed(self, program: Program, text: str) -> bool:
        """Run `program` with `text` as its input; whether it is installed, and said within the time limit that it did it."""
        path = shutil.which(program.name, path=self._env.get("PATH"))
        if path is None:
            return False
        try:
            async with asyncio.timeout(self._time_limit):
                return await run_with_input([path, *program.argv[1:]], text.encode(program.encoding), self._env) == 0
        except (OSError, TimeoutError):
            return False


async def run_with_input(argv: Sequence[str], data: bytes, env: Mapping[str, str]) -> int:
    """Run a program on `data`, and return its exit code. When cancelled it is ended, and waited for.

    Its output goes nowhere: some of these programs leave a child behind that would hold a pipe open. They get a session
    of their own, so that what they hold outlives this terminal.
    """
    null = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(
        *argv, stdin=asyncio.subprocess.PIPE, stdout=null, stderr=null, env=dict(env), start_new_session=True
    )
    try:
        await process.communicate(data)
    finally:
        if process.returncode is None:
            await _end(process)
    assert process.returncode is not None, "communicate waits for the end"  # noqa: S101 - an invariant
    return process.returncode


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.stdin is not None and not process.stdin.transport.is_closing():
        process.stdin.transport.abort()  # it may be full, and nobody reads it
    with contextlib.suppress(ProcessLookupError):
        process.kill()
    await process.wait()
