"""What a docstring says of a function and of its parameters: in Google's, NumPy's or Sphinx's style, or in none."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

_SPHINX = re.compile(r"^:(?:param|parameter|arg|argument|key|keyword)\s+(?:[^:]*?\s)?\*{0,2}(\w+)\s*:[ \t]*(.*)$")
_FIELD = re.compile(r"^:\w+[^:]*:")
_GOOGLE = re.compile(r"^(\w[\w ]*):\s*$")
_GOOGLE_ITEM = re.compile(r"^\*{0,2}(\w+)\s*(?:\([^)]*\))?\s*:\s*(.*)$")
_NUMPY_ITEM = re.compile(r"^\*{0,2}(\w+(?:\s*,\s*\w+)*)\s*(?::.*)?$")
_PARAMETERS = ("args", "arguments", "parameters", "params", "keyword args", "keyword arguments", "other parameters")
_SECTIONS = (
    *_PARAMETERS,
    *("returns", "return", "raises", "yields", "yield", "example", "examples", "note", "notes", "see also", "references"),
    *("attributes", "warning", "warnings", "warns", "todo", "receives", "methods"),
)


def read(docstring: str | None) -> tuple[str, dict[str, str]]:
    """(what the function does, parameter → what it means), without indentation; sections on results stay with the first."""
    lines = inspect.cleandoc(docstring or "").splitlines()
    kept: list[str] = []
    told: dict[str, str] = {}
    at = 0
    while at < len(lines):
        end, found = _section(lines, at)
        told |= found
        if end == at:
            kept.append(lines[at])
            end += 1
        at = end
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip(), {name: text for name, text in told.items() if text}


def _section(lines: list[str], at: int) -> tuple[int, dict[str, str]]:
    """(where the parameters that are described from line `at` on end, what is said of them); `at` where none are."""
    line = lines[at]
    if match := _SPHINX.match(line):
        end = _indented(lines, at + 1)
        return end, {match[1]: _joined([match[2], *lines[at + 1 : end]])}
    if _FIELD.match(line) and line.startswith((":type ", ":rtype")):
        return _indented(lines, at + 1), {}
    head = _GOOGLE.match(line)
    if head and head[1].lower() in _PARAMETERS and at + 1 < len(lines) and lines[at + 1][:1].isspace():
        end = _indented(lines, at + 1)
        return end, dict(_google(lines[at + 1 : end]))
    if line.strip().lower() in _PARAMETERS and at + 1 < len(lines) and set(lines[at + 1].strip()) == {"-"}:
        end = _numpy_end(lines, at + 2)
        return end, dict(_numpy(lines[at + 2 : end]))
    return at, {}


def _indented(lines: list[str], at: int) -> int:
    """Where the indented lines from `at` on end; blank ones belong to them only in between."""
    end = at
    for place in range(at, len(lines)):
        if lines[place][:1].isspace():
            end = place + 1
        elif lines[place].strip():
            break
    return end


def _numpy_end(lines: list[str], at: int) -> int:
    for place in range(at, len(lines)):
        under = lines[place + 1].strip() if place + 1 < len(lines) else ""
        if lines[place].strip().lower() in _SECTIONS and under and set(under) == {"-"}:
            return place
    return len(lines)


def _google(lines: list[str]) -> Iterator[tuple[str, str]]:
    depth = min(len(line) - len(line.lstrip()) for line in lines if line.strip())
    name, said = "", [""]
    for line in lines:
        match = _GOOGLE_ITEM.match(line[depth:])
        if match:
            if name:
                yield name, _joined(said)
            name, said = match[1], [match[2]]
        else:
            said.append(line)
    if name:
        yield name, _joined(said)


def _numpy(lines: list[str]) -> Iterator[tuple[str, str]]:
    at = 0
    while at < len(lines):
        match = _NUMPY_ITEM.match(lines[at])
        end = _indented(lines, at + 1)
        if match:
            for name in match[1].split(","):
                yield name.strip(), _joined(lines[at + 1 : end])
        at = max(end, at + 1)


def _joined(lines: list[str]) -> str:
    return " ".join(" ".join(lines).split())
