"""What importing loads: nothing headless loads Textual, `--version` loads next to nothing, the first frame waits for little.

The rules of who may import whom are contracts in pyproject.toml; here a fresh interpreter is asked what it loaded.
"""

from __future__ import annotations

import json
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import tui

ROOT = Path(__file__).resolve().parents[1]
HEADLESS = (
    "tui.cli",
    "tui.ask",
    "tui.list_models",
    "tui.engine",
    "tui.storage",
    "tui.providers",
    "tui.recording",
    "tui.settings",
    "tui.workspace",
)
#: what comes after the first frame, in a thread
LATE = {"openai", "sqlite3", "markdown_it", "pygments", "httpx2"}


def loaded_by(code: str) -> set[str]:
    """The top-level modules that a fresh interpreter has loaded after `code`."""
    told = f"import sys, json\n{code}\nprint(json.dumps(sorted({{name.partition('.')[0] for name in sys.modules}})))"
    said = subprocess.check_output([sys.executable, "-c", told], cwd=ROOT, text=True)
    return set(json.loads(said.splitlines()[-1]))


def modules_under(*names: str) -> list[str]:
    """These modules, and all modules inside those that are packages."""
    found = [module.name for module in pkgutil.walk_packages(tui.__path__, "tui.")]
    return [name for name in found if any(name == each or name.startswith(f"{each}.") for each in names)]


def importing(*names: str) -> str:
    """Code that imports all of `names`."""
    return "\n".join(f"import {name}" for name in names)


def test_what_has_no_screen_loads_no_textual() -> None:
    modules = modules_under(*HEADLESS)
    assert set(HEADLESS) <= set(modules)
    assert not {"textual", "rich"} & loaded_by(importing(*modules))


def test_the_command_line_loads_no_sdk_until_it_asks() -> None:
    assert not {"openai", "httpx2", "textual", "pydantic"} & loaded_by("import tui.cli")


@pytest.mark.parametrize("option", ["--version", "--help"])
def test_a_question_about_the_program_loads_next_to_nothing(option: str) -> None:
    code = f"import tui.cli\ntry: tui.cli.main([{option!r}])\nexcept SystemExit: pass"
    assert not {"pydantic", "openai", "textual", "httpx2", "sqlite3", "asyncio"} & loaded_by(code)


def test_the_app_leaves_what_is_slow_until_after_its_first_frame() -> None:
    loaded = loaded_by("import tui.app")
    assert "textual" in loaded
    assert not LATE & loaded


def test_markdown_needs_neither_the_engine_nor_the_app() -> None:
    code = importing(*modules_under("tui.markdown")) + "\nprint(json.dumps([n for n in sys.modules if n.startswith('tui.')]))"
    said = subprocess.check_output([sys.executable, "-c", f"import sys, json\n{code}"], cwd=ROOT, text=True)
    others = {name for name in json.loads(said) if not name.startswith("tui.markdown")}
    assert others == {"tui.safe_text"}
