"""Tools out of files and modules that somebody named, and what is said when there are none."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.tools.kit import run
from tui.tools.errors import ToolsError
from tui.tools.loading import load_tools

Write = Callable[..., str]

PLAIN = '''
"""A module of tools."""
from __future__ import annotations
from dataclasses import dataclass
from os.path import join

@dataclass
class Point:
    x: int

def double(point: Point) -> int:
    """Double it."""
    return 2 * point.x

def helper(x):
    """No hint."""

def silent(x: int) -> int:
    return x

def _private(x: int) -> int:
    """Nobody's."""

class Thing:
    """No function."""
'''
MARKED = '''
from tui.tools import tool

@tool
def plain(x: int) -> int:
    return x

@tool(read_only=True, timeout=5, name="careful-one")
def careful(x: int) -> int:
    """Be careful."""
    return x

def other(x: int) -> int:
    """Not marked."""
    return x
'''
LISTED = '''
__all__ = ["_one", "CONSTANT", "nowhere"]
CONSTANT = 1
def _one(x: int) -> int:
    return x
def two(x: int) -> int:
    """Not listed."""
    return x
'''


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(text: str, name: str = "my_tools.py") -> str:
        path = tmp_path / name
        path.write_text(text)
        return str(path)

    return write


@pytest.fixture
def importable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    package = tmp_path / "some_package_of_tools"
    package.mkdir()
    (package / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    yield package
    for name in [name for name in sys.modules if name.startswith(package.name)]:
        del sys.modules[name]


async def test_plain_functions_are_tools(write: Write) -> None:
    (tool,) = load_tools([write(PLAIN)])
    assert (tool.name, tool.read_only, tool.timeout) == ("double", False, None)
    assert (await run(tool, point={"x": 21})).content == "42"


def test_marked_ones_are_the_only_ones(write: Write) -> None:
    plain, careful = load_tools([write(MARKED)])
    assert (plain.name, plain.description, plain.read_only) == ("plain", "", False)
    assert (careful.name, careful.read_only, careful.timeout) == ("careful-one", True, 5)


def test_listed_ones_are_the_only_ones(write: Write) -> None:
    assert [tool.name for tool in load_tools([write(LISTED)])] == ["_one"]


def test_modules(importable: Path) -> None:
    (importable / "inner.py").write_text(PLAIN)
    (tool,) = load_tools([f"{importable.name}.inner"])
    assert tool.source == f"{importable.name}.inner"


def test_a_file_is_read_anew_each_time(write: Write) -> None:
    source = write(PLAIN)
    load_tools([source])
    write(PLAIN.replace("double", "thrice"))
    assert [tool.name for tool in load_tools([source])] == ["thrice"]


def test_one_source_named_twice_is_one(write: Write) -> None:
    source = write(PLAIN)
    assert len(load_tools([source, source, "builtin"])) == 4


def test_two_tools_of_one_name_are_refused(write: Write) -> None:
    first, second = write(PLAIN), write(PLAIN, "other.py")
    with pytest.raises(ToolsError, match=r"other\.py: the tool double is in .*my_tools\.py already"):
        load_tools([first, second])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("def broken(:\n", r"my_tools\.py:1: invalid syntax"),
        ("x = 1\nimport not_there_at_all\n", r"my_tools\.py:2: there is no module not_there_at_all"),
        ("def f():\n    1 / 0\n\nf()\n", r"my_tools\.py:2: ZeroDivisionError: division by zero"),
        ("raise SystemExit('bye')", r"my_tools\.py:1: SystemExit: bye"),
        ("x = 1", r"my_tools\.py: holds no tools: public functions"),
        ('\n\ndef f(*a: int) -> None:\n    """Do."""\n', r"my_tools\.py:3: f can't be a tool: \*a can't be offered"),
        ("from tui.tools import tool\n@tool\ndef f(x): ...\n", r"my_tools\.py:2: f can't be a tool: the parameter x has no"),
        ("\0", r"my_tools\.py"),
    ],
)
def test_what_is_wrong_is_said_with_file_and_line(write: Write, text: str, said: str) -> None:
    with pytest.raises(ToolsError, match=said) as error:
        load_tools([write(text)])
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("./not_there.py", "No such file"),
        ("/", "directory"),
        ("not_a_module_anywhere", "there is no module not_a_module_anywhere"),
        ("..", "must be a Python file, or the name of a module"),
        ("", "must be a Python file, or the name of a module"),
        ("two words", "must be a Python file, or the name of a module"),
    ],
)
def test_sources_that_are_not_there(source: str, said: str) -> None:
    with pytest.raises(ToolsError) as error:
        load_tools([source])
    assert said in str(error.value)
    assert "\n" not in str(error.value)
