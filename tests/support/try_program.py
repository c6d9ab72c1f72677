"""Starts streamtui as a person would, in a terminal, in a home of its own.

python tests/support/try_program.py wheel BIN/streamtui     an installed one, away from any checkout
python tests/support/try_program.py readme                  the README's own command, in this checkout
"""

from __future__ import annotations

import filecmp
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
if not __package__:  # run as a file, not as a module
    sys.path.insert(0, str(ROOT))

from tests.support.readme import commands  # noqa: E402 - after the path is set
from tests.support.terminal import Terminal  # noqa: E402 - the same

CTRL_Q = "\x11"
LEAVE_SCREEN = "\x1b[?1049l"
INSTALLING = 600.0  # seconds that the README's command may take to install everything


def new_home(home: Path) -> dict[str, str]:
    """The environment of a new user."""
    return {"HOME": str(home), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}


def own_data(home: Path) -> dict[str, str]:
    """This environment, for installing; but nothing of the user's settings and data."""
    (home / "config.toml").touch()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("STREAMTUI_", "OPENAI_"))}
    return {**kept, "STREAMTUI_CONFIG": str(home / "config.toml"), "STREAMTUI_DATA_DIR": str(home / "data")}


def try_app(command: Sequence[str], env: Mapping[str, str], cwd: Path, *, patience: float = 30.0) -> None:
    """The app starts, draws the demo's frame, and gives the terminal back at ctrl+q. Raises AssertionError."""
    with Terminal(command, env=env, cwd=cwd, patience=patience) as terminal:
        for wanted in ("Ask anything", "demo"):
            terminal.read_until(wanted)
        terminal.type(CTRL_Q)
        code = terminal.wait()
    assert code == 0, f"exit code {code}:\n{terminal.text}"
    assert LEAVE_SCREEN in terminal.raw, "the terminal was not given back"
    assert "Traceback" not in terminal.text, terminal.text


def try_ask(program: Path, home: Path) -> None:
    """The demo answers on standard output. Raises AssertionError."""
    command = [str(program), "ask", "What is a token?"]
    done = subprocess.run(
        command, env=new_home(home), cwd=home, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "token" in done.stdout, done.stdout


def try_styles(program: Path, home: Path) -> None:
    """Every style sheet of the checkout was installed, and is found. Raises AssertionError."""
    code = "from tui.style_files import style_files; print(*style_files(), sep='\\n')"
    command = [str(program.with_name("python")), "-I", "-c", code]
    found = [Path(line) for line in subprocess.check_output(command, cwd=home, text=True).splitlines()]
    here = sorted((ROOT / "styles").glob("*.tcss"))
    assert sorted(path.name for path in found) == [path.name for path in here], found
    assert all(filecmp.cmp(ROOT / "styles" / path.name, path, shallow=False) for path in found)
    assert not any(path.is_relative_to(ROOT) for path in found), found


def try_wheel(program: Path, home: Path) -> None:
    """All that an installed program does."""
    version = subprocess.check_output([str(program), "--version"], env=new_home(home), cwd=home, text=True)
    assert version.startswith("streamtui "), version
    try_styles(program, home)
    try_app([str(program)], new_home(home), home)
    try_ask(program, home)


def main(what: str, *arguments: str) -> None:
    """Try it."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        if what == "wheel":
            try_wheel(Path(arguments[0]).absolute(), home)
        else:
            try_app(["bash", "-euo", "pipefail", "-c", commands()["run"]], own_data(home), ROOT, patience=INSTALLING)


if __name__ == "__main__":
    main(*sys.argv[1:])
