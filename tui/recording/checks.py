"""Checks of what stands in one line of a recording. What is wrong raises WrongError; who reads the file adds where it is."""

from __future__ import annotations

import json
import math
from base64 import b64decode
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from tui.recording.format import FORMAT, VERSION, Asked, Headers, Link


class WrongError(Exception):
    """What is wrong with a line."""


def wrong(what: str) -> NoReturn:
    """Raise WrongError."""
    raise WrongError(what)


def parsed(line: bytes) -> Mapping[str, Any]:
    """The JSON object that a line is."""
    try:
        value = _decoder.decode(line.decode())
    except UnicodeDecodeError:
        wrong("is not UTF-8")
    except RecursionError:
        wrong("is nested too deep")
    except ValueError as error:
        wrong(f"is not JSON ({' '.join(str(error).split())[:80]})")
    if not isinstance(value, dict):
        wrong("must be a JSON object")
    return value


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON's")


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError("a number is too great")
    return number


_decoder = json.JSONDecoder(parse_constant=_no_number, parse_float=_finite)  # making one costs more than a line


def check_version(head: Mapping[str, Any]) -> None:
    """Whether this is the first line of a recording that can be read here."""
    version = head.get("version")
    if head.get("format") != FORMAT:
        wrong(f'is not the first line of a recording: format must be "{FORMAT}"')
    if isinstance(version, bool) or not isinstance(version, int) or version < 1:
        wrong("version must be a whole number, from 1")
    if version > VERSION:
        wrong(f"is of version {str(version)[:20]}, and this streamtui reads up to version {VERSION}; a newer one may play it")


def asked(value: Mapping[str, Any]) -> Asked:
    """The request."""
    method, url = text_of(value, "method"), text_of(value, "url")
    return Asked(method, url, headers(value, "request"), value.get("body"), removed(value, "request"))


def removed(value: Mapping[str, Any], where: str) -> Sequence[str]:
    """The names of what was taken out of a request or response."""
    names = value.get("removed", [])
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        wrong(f"{where}.removed must be a list of texts")
    return tuple(names)


def headers(value: Mapping[str, Any], where: str) -> Headers:
    """The headers of a request or response."""
    pairs = value.get("headers")
    if not isinstance(pairs, list) or not all(_is_pair(pair) for pair in pairs):
        wrong(f"{where}.headers must be a list of [name, value]")
    return tuple((name, text) for name, text in pairs)


def _is_pair(pair: Any) -> bool:
    if not isinstance(pair, list) or len(pair) != 2 or not all(isinstance(text, str) for text in pair):
        return False
    return bool(pair[0]) and not any(character in text for text in pair for character in "\r\n\0")


def link(value: Mapping[str, Any]) -> Link:
    """One error of a chain."""
    name = value.get("errno")
    if name is not None and not isinstance(name, str):
        wrong("errno must be a text, such as ECONNRESET")
    return Link(text_of(value, "type"), text_of(value, "says"), name)


def table(value: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """The object under `name`."""
    found = value.get(name)
    if not isinstance(found, dict):
        wrong(f"{name} must be an object")
    return found


def text_of(value: Mapping[str, Any], name: str) -> str:
    """The text under `name`."""
    found = value.get(name)
    if not isinstance(found, str):
        wrong(f"{name} must be a text")
    return found


def utf8(text: str) -> bytes:
    """The bytes of a `text`."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        wrong("text holds half a surrogate pair, which is no UTF-8; such bytes go into base64")


def base64(text: str) -> bytes:
    """The bytes of a `base64`."""
    try:
        return b64decode(text, validate=True)
    except ValueError:
        wrong("base64 is not base64")
