"""JSON as servers really write it: several values in a row, raw control characters, NaN, integers of any length."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any


def _any_int(digits: str) -> int | float:
    """An integer too long for `int` is good enough as a float."""
    try:
        return int(digits)
    except ValueError:
        return float(digits)


_JSON = re.compile(r'[{"]|\[(?![A-Za-z])')  # how JSON that is not whole begins; "[ERROR] ..." is none
_decoder = json.JSONDecoder(strict=False, parse_constant=lambda _: None)
_patient = json.JSONDecoder(strict=False, parse_constant=lambda _: None, parse_int=_any_int)

raw_decode = _decoder.raw_decode


def dumps(value: Any) -> str:
    """JSON of `value`; a number that JSON has no way to write, which a server's 1e999 becomes, is null."""
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False)
    except ValueError:
        return json.dumps(json.loads(json.dumps(value), parse_constant=lambda _: None), ensure_ascii=False)


def values(text: str) -> tuple[list[Any], bool]:
    """The JSON values that `text` holds, one after the other, and whether that is all that it holds."""
    found: list[Any] = []
    at, end = 0, len(text)
    while True:
        while at < end and text[at].isspace():
            at += 1
        if at == end:
            return found, bool(found)
        try:
            value, at = _patient.raw_decode(text, at)
        except (ValueError, RecursionError):
            return found, False
        found.append(value)


def objects_in(found: Iterable[Any]) -> list[Mapping[str, Any]]:
    """The objects among values, and in the lists among them."""
    flat = (one for value in found for one in (value if isinstance(value, list) else [value]))
    return [one for one in flat if isinstance(one, Mapping)]


def said_by(text: str, found: list[Any], whole: bool) -> str:
    """What an event without an object says in words; "" if it is JSON, whole or damaged, that says nothing."""
    if whole:
        return next((value.strip() for value in found if isinstance(value, str)), "")
    return "" if _JSON.match(text) else text
