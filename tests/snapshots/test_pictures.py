"""The picture machinery itself: what is kept, and what is told when a picture differs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from syrupy.location import PyTestLocation
from textual.app import App, ComposeResult
from textual.widgets import Input, Static

from tests.snapshots.extension import PictureExtension, normalised
from tests.snapshots.report import Failure, Report
from tests.snapshots.screen_text import difference, screen_looks, screen_text

ADLER = ["<text class='terminal-12345-r1'/>", "<text class='terminal-678-r1'/>"]


class Sample(App[None]):
    """Text of every width, a colour and a cursor."""

    def __init__(self, colour: str = "red", word: str = "words") -> None:
        super().__init__()
        self.colour, self.word = colour, word

    def compose(self) -> ComposeResult:
        yield Static(f"two  {self.word} & <more> | 日本 | é")
        yield Static(f"[{self.colour}]colour[/]")
        yield Input("typed")


async def picture(**looks: str) -> str:
    app = Sample(**looks)
    async with app.run_test(size=(40, 6)) as pilot:
        await pilot.pause()
        return normalised(app.export_screenshot(title="sample"))


async def test_a_picture_is_read_back_as_text() -> None:
    lines = screen_text(await picture()).splitlines()
    assert lines[:2] == ["two  words & <more> | 日本 | é", "colour"]
    assert any("typed" in line for line in lines)


async def test_two_pictures_of_one_screen_are_the_same_bytes(frozen: None) -> None:
    first = await picture()
    assert first == await picture()
    assert "terminal-" not in first
    assert "http://www.w3.org" in first
    assert "https:" not in first.replace("https://www.textualize.io", "")


async def test_other_words_are_told_as_a_difference_of_lines() -> None:
    told = difference(await picture(), await picture(word="sentences"))
    assert "-two  words & <more> | 日本 | é" in told
    assert "+two  sentences & <more> | 日本 | é" in told
    assert "fill" not in told


async def test_other_colours_are_told_by_place() -> None:
    red, blue = await picture(), await picture(colour="blue")
    assert screen_text(red) == screen_text(blue)
    told = difference(red, blue)
    assert "The text is the same" in told
    assert "+row 1, column 0: 'colour' fill: #0000ff" in told
    assert "background" in screen_looks(red)


def test_every_run_begins_with_ink_and_is_as_wide_as_its_cells() -> None:
    run = '<text class="terminal-1-r2" x="12.2" y="20" textLength="48.8" clip-path="url(#terminal-1-line-0)">{}</text>'
    assert normalised(run.format("&#160;&#160;日&amp;&#160;")) == (
        '<text class="screen-r2" x="36.6" y="20" textLength="36.6" clip-path="url(#screen-line-0)">日&amp;</text>'
    )


def test_checksums_do_not_count() -> None:
    assert normalised(ADLER[0]) == normalised(ADLER[1])


def test_a_picture_is_kept_under_its_own_name() -> None:
    location = cast("PyTestLocation", SimpleNamespace(filepath="/project/tests/snapshots/test_x.py"))
    assert PictureExtension.get_location(test_location=location, index="idle") == "/project/tests/snapshots/pictures/idle.svg"
    with pytest.raises(TypeError, match="needs a name"):
        PictureExtension.get_snapshot_name(test_location=location, index=0)


def test_the_page_shows_both_pictures(tmp_path: Path) -> None:
    report = Report(tmp_path / "report.html")
    report.add(Failure("idle", "<svg>a</svg>", "<svg>b</svg>", "-a\n+b"))
    report.add(Failure("new <one>", "", "<svg>c</svg>", "none yet"))
    page = report.path.read_text()
    assert page.count("<img") == 6
    assert "new &lt;one&gt;" in page


SUITE = """
from textual.app import App
from textual.widgets import Static

class Hello(App[None]):
    def compose(self):
        yield Static({word!r})

async def test_hello(snap):
    app = Hello()
    async with app.run_test(size=(30, 4)) as pilot:
        await snap(pilot, "hello")
"""


def test_a_picture_is_kept_compared_and_missed(tmp_path: Path) -> None:
    root = Path(__file__).resolve().parents[2]
    (tmp_path / "tests").mkdir()
    (tmp_path / "pyproject.toml").write_text((root / "pyproject.toml").read_text())

    def run(suite: str, *options: str) -> tuple[int, str]:
        (tmp_path / "tests" / "test_it.py").write_text(suite)
        command = [sys.executable, "-m", "pytest", "-p", "tests.conftest", *options]
        done = subprocess.run(
            command, cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(root)}, capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout

    assert run(SUITE.format(word="hello"), "--snapshot-update")[0] == 0
    assert ">hello</text>" in (tmp_path / "tests" / "pictures" / "hello.svg").read_text()
    code, told = run(SUITE.format(word="goodbye"))
    assert code == 1
    assert "\n-hello\n+goodbye\n" in told
    assert (tmp_path / "snapshot_report.html").exists()
    code, told = run("def test_nothing(snap): pass")
    assert (code, "1 snapshot unused" in told) == (1, True), told
