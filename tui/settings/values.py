"""Checks of single values. What is wrong raises ValueError; what is allowed is told by the setting's description."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+").fullmatch
_HEADER_VALUE = re.compile(r"[\x20-\x7e\t]*").fullmatch


def web_address(text: str) -> str:
    """An http(s) URL without its last slashes. One with a password in it would show on screens and in `ps`."""
    parts = urlsplit(text)
    good = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0 and "@" not in parts.netloc
    good = good and not parts.query and not parts.fragment  # paths are put after it
    if not good or any(character <= " " for character in text):
        raise ValueError(text)
    return text.rstrip("/")


def folder(given: object) -> Path:
    """A path; `~` is the person's own folder."""
    if not isinstance(given, (str, Path)) or not str(given) or "\0" in str(given):
        raise ValueError(given)
    return expanded(Path(given))


def expanded(path: Path) -> Path:
    """`path` with its `~` replaced, where it is known whose that is."""
    try:
        return path.expanduser()
    except RuntimeError:
        return path


def header_fields(headers: dict[str, str]) -> dict[str, str]:
    """HTTP headers that can be sent."""
    if not all(_HEADER_NAME(name) and _HEADER_VALUE(value) for name, value in headers.items()):
        raise ValueError
    return headers


def listed(given: object) -> object:
    """A list, or one text with commas in it: as an environment variable has it."""
    return [part.strip() for part in given.split(",") if part.strip()] if isinstance(given, str) else given


def json_table(table: dict[str, Any]) -> dict[str, Any]:
    """A table that can go into a request body."""
    try:
        json.dumps(table, allow_nan=False)
    except (TypeError, RecursionError):
        raise ValueError from None
    return table


def parse_json(text: str) -> Any:
    """JSON, and only that: no NaN, nothing too deep. Raises ValueError."""
    try:
        return json.loads(text, parse_constant=_no_number)
    except RecursionError:
        raise ValueError("nested too deep") from None


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON's")
