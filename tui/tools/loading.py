"""Tools out of the Python files and modules that the person named. Their code is run: naming them is trusting them.

Nothing is ever loaded that was not named: not from the current folder by itself, and not by a model's words.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import inspect
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

from tui.tools.definition import Tool
from tui.tools.errors import BadToolError, ToolsError
from tui.tools.marks import Marks, marks_of
from tui.tools.signature import tool_of

BUILTIN = "builtin"  # the name of the tools that are always at hand


def load_tools(sources: Iterable[str]) -> list[Tool]:
    """The tools of files (FILE.py), modules (package.module) and "builtin". Raises ToolsError, also if two have one name."""
    found: dict[str, Tool] = {}
    for source in dict.fromkeys(sources):
        for tool in _load(source):
            if tool.name in found:
                raise ToolsError(f"{source}: the tool {tool.name} is in {found[tool.name].source} already")
            found[tool.name] = tool
    return list(found.values())


def is_file(source: str) -> bool:
    """Whether a source is named as a file, not as a module."""
    return source.endswith(".py") or "/" in source or "\\" in source


def _load(source: str) -> list[Tool]:
    if source == BUILTIN:
        module = importlib.import_module("tui.tools.builtin")
    else:
        module = _of_file(source) if is_file(source) else _of_module(source)
    tools = [_tool(function, marks, source) for function, marks in _functions(module)]
    if not tools:
        raise ToolsError(f"{source}: holds no tools: public functions with a docstring and type hints, or with @tool")
    return tools


def _of_file(source: str) -> ModuleType:
    path = Path(source).expanduser()
    try:
        path = path.resolve(strict=True)
        path.read_bytes()
    except (OSError, RuntimeError) as error:
        raise ToolsError(f"{source}: {getattr(error, 'strerror', None) or error}") from None
    name = f"streamtui_tools_{hashlib.sha256(str(path).encode()).hexdigest()[:12]}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ToolsError(f"{source}: must be a Python file, FILE.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses and type hints look their module up there
    try:
        _run(partial(spec.loader.exec_module, module), source, str(path))
    except ToolsError:
        del sys.modules[name]
        raise
    return module


def _of_module(source: str) -> ModuleType:
    if not all(part.isidentifier() for part in source.split(".")):
        raise ToolsError(f"{source!r}: must be a Python file, or the name of a module")
    module = _run(partial(importlib.import_module, source), source, "")
    assert isinstance(module, ModuleType), "that is what an import gives"  # noqa: S101 - for the type checker
    return module


def _run(load: Callable[[], Any], source: str, path: str) -> Any:
    try:
        return load()
    except SyntaxError as error:
        raise ToolsError(f"{error.filename or source}:{error.lineno or 1}: {error.msg}") from None
    except ModuleNotFoundError as error:
        raise ToolsError(f"{_where(error, source, path)}: there is no module {error.name}") from None
    except (Exception, SystemExit) as error:  # the file's own code may raise anything
        raise ToolsError(f"{_where(error, source, path)}: {type(error).__name__}: {_line(error)}") from None


def _where(error: BaseException, source: str, path: str) -> str:
    """The source, with the line in it that the error came from, where it is known."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == path]
    return f"{source}:{lines[-1]}" if lines else source


def _line(error: BaseException) -> str:
    return " ".join(str(error).split())


def _functions(module: ModuleType) -> Iterator[tuple[Callable[..., Any], Marks]]:
    """The marked functions; without any those of `__all__`; without that the public ones that tell what they do."""
    own = [value for value in vars(module).values() if inspect.isfunction(value) and value.__module__ == module.__name__]
    own = list(dict.fromkeys(own))
    if marked := [(function, marks) for function in own if (marks := marks_of(function)) is not None]:
        yield from marked
        return
    listed = getattr(module, "__all__", None)
    if listed is not None:
        named = [getattr(module, name, None) for name in listed]
        yield from ((function, Marks()) for function in named if inspect.isfunction(function))
        return
    yield from ((function, Marks()) for function in own if _tells_what_it_does(function))


def _tells_what_it_does(function: Any) -> bool:
    hinted = all(
        parameter.annotation is not parameter.empty
        or parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)  # refused, with a word, as a tool
        for parameter in inspect.signature(function).parameters.values()
    )
    return hinted and bool((function.__doc__ or "").strip()) and not function.__name__.startswith("_")


def _tool(function: Callable[..., Any], marks: Marks, source: str) -> Tool:
    try:
        return tool_of(function, marks, source)
    except BadToolError as error:
        line = inspect.unwrap(function).__code__.co_firstlineno
        name = getattr(function, "__name__", "a function")
        raise ToolsError(f"{source}:{line}: {name} can't be a tool: {error}") from None
