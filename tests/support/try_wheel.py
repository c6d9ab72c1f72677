"""Starts an installed streamtui as a person would, away from any checkout: `python tests/support/try_wheel.py BIN/streamtui`.

Asserts that `--version` answers, that the app shows a frame in a terminal and leaves it clean at ctrl+q, and that `ask` gets
a lesson from the demo. Run it in the root of the checkout: the styles that are installed are compared with those here.
"""

from __future__ import annotations

import filecmp
import subprocess
import sys
import tempfile
from pathlib import Path

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from tests.support.terminal import Terminal

ROOT = Path(__file__).resolve().parents[2]
CTRL_Q = "\x11"
LEAVE_SCREEN = "\x1b[?1049l"


def clean_environment(home: Path) -> dict[str, str]:
    """What a new user's shell would set, and nothing else."""
    return {"HOME": str(home), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}


def try_app(program: Path, home: Path) -> None:
    """The app starts, draws, and leaves the terminal as it was."""
    with Terminal([str(program)], env=clean_environment(home), cwd=home) as terminal:
        for wanted in ("Ask anything", "demo"):
            terminal.read_until(wanted)
        terminal.type(CTRL_Q)
        code = terminal.wait()
    assert code == 0, f"exit code {code}:\n{terminal.text}"
    assert LEAVE_SCREEN in terminal.raw, "the terminal was not given back"
    assert "Traceback" not in terminal.text, terminal.text


def try_ask(program: Path, home: Path) -> None:
    """The demo answers on standard output."""
    command = [str(program), "ask", "What is a token?"]
    done = subprocess.run(
        command, env=clean_environment(home), cwd=home, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "token" in done.stdout, done.stdout


def try_styles(program: Path, home: Path) -> None:
    """Every style sheet of the checkout was installed, and is found."""
    code = "from tui.style_files import style_files; print(*style_files(), sep='\\n')"
    command = [str(program.with_name("python")), "-I", "-c", code]
    found = [Path(line) for line in subprocess.check_output(command, cwd=home, text=True).splitlines()]
    here = sorted((ROOT / "styles").glob("*.tcss"))
    assert sorted(path.name for path in found) == [path.name for path in here], found
    assert all(filecmp.cmp(ROOT / "styles" / path.name, path, shallow=False) for path in found)
    assert not any(path.is_relative_to(ROOT / "styles") for path in found), found


def main(program: Path) -> None:
    """Try everything."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        version = subprocess.check_output([str(program), "--version"], env=clean_environment(home), cwd=home, text=True)
        assert version.startswith("streamtui "), version
        try_styles(program, home)
        try_app(program, home)
        try_ask(program, home)


if __name__ == "__main__":
    main(Path(sys.argv[1]).absolute())
