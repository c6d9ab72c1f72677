"""Routes to the clipboard, with made-up programs that are really run, and with tmux where there is one."""

from __future__ import annotations

import asyncio
import base64
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tui.terminal.clipboard import OSC52_LIMIT, Clipboard, CopyResult, run_with_input

TOOK = "cat > {taken}.new && mv {taken}.new {taken}"


class Machine:
    """A machine with a few programs, an environment, and a terminal that notes what it is sent."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bin = folder / "bin"
        self.bin.mkdir()
        self.sent: list[str] = []
        self.time_limit = 30.0

    def install(self, name: str, script: str = TOOK) -> None:
        program = self.bin / name
        taken = self.folder / f"{name}.taken"
        program.write_text(f"#!/bin/sh\nPATH={os.defpath}\nprintf '%s ' \"$@\" > {taken}.args\n{script.format(taken=taken)}\n")
        program.chmod(0o755)

    def taken(self, name: str) -> bytes:
        return (self.folder / f"{name}.taken").read_bytes()

    def arguments(self, name: str) -> str:
        return (self.folder / f"{name}.taken.args").read_text().strip()

    def clipboard(self, platform: str = "linux", **env: str) -> Clipboard:
        env = {"PATH": str(self.bin), "TERM": "xterm-256color", **env}
        return Clipboard(self.sent.append, env=env, platform=platform, time_limit=self.time_limit)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def osc52(text: str) -> str:
    return f"\x1b]52;c;{base64.b64encode(text.encode()).decode()}\x07"


@pytest.mark.parametrize(
    ("name", "arguments", "platform", "env"),
    [
        ("wl-copy", "", "linux", {"WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":0"}),
        ("xclip", "-selection clipboard", "linux", {"DISPLAY": ":0"}),
        ("xsel", "--clipboard --input", "linux", {"DISPLAY": ":0"}),
        ("pbcopy", "", "darwin", {}),
    ],
)
async def test_the_platforms_program(machine: Machine, name: str, arguments: str, platform: str, env: dict[str, str]) -> None:
    machine.install(name)
    assert await machine.clipboard(platform, **env).copy("Grüße 😀") == CopyResult(name, confirmed=True)
    assert machine.taken(name).decode() == "Grüße 😀"
    assert machine.arguments(name) == arguments
    assert machine.sent == []


@pytest.mark.parametrize(("platform", "env"), [("win32", {}), ("linux", {"WSL_DISTRO_NAME": "Debian"})])
async def test_windows_takes_utf_16(machine: Machine, platform: str, env: dict[str, str]) -> None:
    machine.install("clip.exe")
    assert (await machine.clipboard(platform, **env).copy("Grüße 😀")).route == "clip.exe"
    assert machine.taken("clip.exe").decode("utf-16-le") == "Grüße 😀"


async def test_a_program_that_fails_leaves_it_to_the_next(machine: Machine) -> None:
    machine.install("wl-copy", "cat > /dev/null; exit 1")
    machine.install("xclip", "exit 3")
    machine.install("xsel")
    result = await machine.clipboard(WAYLAND_DISPLAY="wayland-0", DISPLAY=":0").copy("text")
    assert result == CopyResult("xsel", confirmed=True)


@pytest.mark.parametrize("ssh", ["SSH_CONNECTION", "SSH_TTY"])
async def test_over_ssh_the_terminal_takes_it(machine: Machine, ssh: str) -> None:
    machine.install("xclip")
    result = await machine.clipboard(DISPLAY="localhost:10.0", **{ssh: "1"}).copy("text")
    assert result == CopyResult("OSC 52", confirmed=False)
    assert machine.sent == [osc52("text")]


async def test_without_any_program_the_terminal_takes_it(machine: Machine) -> None:
    assert await machine.clipboard(DISPLAY=":0").copy("text") == CopyResult("OSC 52", confirmed=False)
    assert machine.sent == [osc52("text")]


@pytest.mark.parametrize("term", ["linux", "dumb"])
async def test_a_bare_console_has_no_route(machine: Machine, term: str) -> None:
    assert await machine.clipboard(TERM=term).copy("text") == CopyResult(None, confirmed=False)
    assert machine.sent == []


async def test_tmux_comes_first_with_a_plain_osc_52_beside_it(machine: Machine) -> None:
    machine.install("tmux")
    machine.install("wl-copy")
    result = await machine.clipboard(TMUX="/tmp/x,1,0", WAYLAND_DISPLAY="wayland-0", SSH_TTY="/dev/pts/1").copy("text")  # noqa: S108 - not a file
    assert result == CopyResult("tmux", confirmed=True)
    assert machine.taken("tmux") == b"text"
    assert machine.arguments("tmux") == "load-buffer -w -"
    assert machine.sent == [osc52("text")]


async def test_a_tmux_that_refuses_leaves_it_to_the_terminal(machine: Machine) -> None:
    machine.install("tmux", "echo 'unknown flag -w' >&2; exit 1")
    assert await machine.clipboard(TMUX="x").copy("text") == CopyResult("OSC 52", confirmed=False)
    assert machine.sent == [osc52("text")]


async def test_what_is_too_large_for_the_terminal_is_not_sent(machine: Machine) -> None:
    clipboard = machine.clipboard()
    assert await clipboard.copy("x" * OSC52_LIMIT) == CopyResult("OSC 52", confirmed=False)
    assert len(machine.sent.pop()) <= 100_000
    assert await clipboard.copy("é" * (OSC52_LIMIT // 2 + 1)) == CopyResult(None, confirmed=False, too_large=True)
    assert machine.sent == []


async def test_tmux_and_programs_take_what_the_terminal_can_not(machine: Machine) -> None:
    machine.install("tmux")
    machine.install("xclip")
    large = "0123456789\n" * 100_000
    assert await machine.clipboard(TMUX="x").copy(large) == CopyResult("tmux", confirmed=True)
    assert await machine.clipboard(DISPLAY=":0").copy(large) == CopyResult("xclip", confirmed=True)
    assert machine.taken("tmux") == machine.taken("xclip") == large.encode()
    assert machine.sent == []


async def test_control_characters_are_left_out_and_counted(machine: Machine) -> None:
    machine.install("xclip")
    result = await machine.clipboard(DISPLAY=":0").copy("a\x1b]52;c;x\x07\r\n\tb\x9b\ud83d")
    assert result == CopyResult("xclip", confirmed=True, left_out=3)
    assert machine.taken("xclip").decode() == "a]52;c;x\n\tb\ufffd"


async def test_a_program_that_hangs_is_given_up(machine: Machine) -> None:
    machine.install("xclip", "exec sleep 600")
    machine.time_limit = 0.05
    result = await machine.clipboard(DISPLAY=":0").copy("x" * 1_000_000)  # more than a pipe holds
    assert result == CopyResult(None, confirmed=False, too_large=True)


async def test_cancelling_ends_the_program(machine: Machine) -> None:
    pipe = machine.folder / "began"
    os.mkfifo(pipe)
    machine.install("xclip", f"echo $$ > {pipe}; exec sleep 600")
    copying = asyncio.create_task(run_with_input([str(machine.bin / "xclip")], b"text", {}))
    number = int(await asyncio.to_thread(pipe.read_text))
    copying.cancel()
    with pytest.raises(asyncio.CancelledError):
        await copying
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)  # not even a dead one is left


async def test_a_program_that_leaves_a_child_behind_does_not_hold_us(machine: Machine) -> None:
    pipe = machine.folder / "stop"
    os.mkfifo(pipe)
    machine.install("wl-copy", TOOK + f"\n(read line < {pipe}) &")
    assert (await machine.clipboard(WAYLAND_DISPLAY="wayland-0").copy("text")).route == "wl-copy"
    await asyncio.to_thread(pipe.write_text, "\n")
    assert machine.taken("wl-copy") == b"text"


async def test_a_file_that_is_no_program_is_no_route(machine: Machine) -> None:
    (machine.bin / "xclip").write_bytes(b"\x00\x01")
    (machine.bin / "xclip").chmod(0o755)
    assert (await machine.clipboard(DISPLAY=":0").copy("text")).route == "OSC 52"


@pytest.fixture
def tmux_socket(tmp_path: Path) -> Iterator[str]:
    if shutil.which("tmux") is None:
        pytest.skip("tmux is not installed")
    socket = str(tmp_path / "tmux")
    run = ["tmux", "-S", socket, "-f", "/dev/null"]
    subprocess.run([*run, "new-session", "-d", "-x", "80", "-y", "24", "cat"], check=True)
    yield socket
    subprocess.run([*run, "kill-server"], check=True)


async def test_a_real_tmux_holds_the_text(tmux_socket: str) -> None:
    sent: list[str] = []
    clipboard = Clipboard(sent.append, env={**os.environ, "TMUX": f"{tmux_socket},1,0"}, time_limit=30)
    assert await clipboard.copy("Grüße\n😀\n") == CopyResult("tmux", confirmed=True)
    command = ["tmux", "-S", tmux_socket, "save-buffer", "-"]
    held = await asyncio.to_thread(subprocess.run, command, capture_output=True, check=True)
    assert held.stdout.decode() == "Grüße\n😀\n"
    assert sent == [osc52("Grüße\n😀\n")]
