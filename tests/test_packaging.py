"""What is installed: the wheel holds the package and its styles, and they are found there, and in a checkout."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from tests.support.readme import commands
from tui.style_files import style_files, styles_folder

ROOT = Path(__file__).resolve().parents[1]
SHEETS = sorted(path.name for path in (ROOT / "styles").glob("*.tcss"))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built as an installer would."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)], cwd=ROOT, check=True)
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_holds_the_package_and_its_styles_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert sorted(Path(name).name for name in names if name.endswith(".tcss")) == SHEETS
    assert {name.split("/")[0].split("-")[0] for name in names} == {"tui", "streamtui"}
    assert {"tui/py.typed", "tui/app.py", "tui/styles/app.tcss"} <= set(names)


def test_the_styles_are_found_inside_the_wheel(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    code = "from tui.style_files import style_files; print(*style_files(), sep='\\n')"
    said = subprocess.check_output([sys.executable, "-c", code], cwd=tmp_path, text=True).splitlines()
    assert Path(said[0]) == tmp_path / "tui" / "styles" / "app.tcss"
    assert sorted(Path(line).name for line in said) == SHEETS


def test_in_a_checkout_the_styles_beside_the_package_are_used() -> None:
    assert styles_folder() == ROOT / "styles"
    files = [Path(path) for path in style_files()]
    assert files[0].name == "app.tcss"
    assert sorted(path.name for path in files) == SHEETS
    assert all(path.is_absolute() for path in files)


def test_the_version_stands_in_one_place() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    quoted = re.compile(rf"[\"']{re.escape(version)}[\"']")
    assert not [path for path in (ROOT / "tui").rglob("*.py") if quoted.search(path.read_text())]


def test_the_readme_has_the_two_commands() -> None:
    found = commands()
    assert found["run"].endswith(".venv/bin/streamtui")
    assert found["test"].endswith("-m pytest")
    assert all(command.startswith("python3 -m venv .venv && .venv/bin/pip install ") for command in found.values())


def test_the_pictures_of_the_readme_are_there() -> None:
    shown = re.findall(r"\((tests/snapshots/[^)]*)\)", (ROOT / "README.md").read_text())
    assert shown
    assert [path for path in shown if not (ROOT / path).is_file()] == []
