"""What must not be written down: keys, authorization, cookies; wherever a request or a server's answer holds them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from tui.recording.format import Headers

STARS = "***"
_SHORTEST = 4  # characters: a shorter key would blot out half of a text
_of_request = re.compile(r"auth|key|token|secret|cookie|session|password|credential|signature", re.IGNORECASE).search
_of_response = re.compile(
    r"cookie|^(proxy-)?authorization$|api-?key|secret|(session|access|security)-?token", re.IGNORECASE
).search
_in_query = re.compile(r"auth|key|token|secret|session|password|credential|^sig", re.IGNORECASE).search
_in_body = re.compile(
    r"(.*[-_])?(api[-_]?key|authorization|password|secret|(access|auth|session)[-_]?token|token)", re.IGNORECASE
)

_scheme = re.compile(r"^(bearer|basic|token|apikey|negotiate) +", re.IGNORECASE)


class Secrets:
    """Texts to blot out, and in which forms they may stand: as they are, in an address, in JSON."""

    def __init__(self, texts: Iterable[str]) -> None:
        forms = {form for text in texts if len(text) >= _SHORTEST for form in _forms(text)}
        self.forms = sorted((form.encode("utf-8", "replace") for form in forms), key=len, reverse=True)
        pattern = b"|".join(map(re.escape, self.forms))
        self._in_bytes = re.compile(pattern)
        self._in_text = re.compile(pattern.decode())

    def __bool__(self) -> bool:
        return bool(self.forms)

    def blot(self, data: bytes) -> bytes:
        """`data` with as many asterisks in place of each secret as it has bytes."""
        return self._in_bytes.sub(lambda found: b"*" * len(found[0]), data) if self.forms else data

    def blot_text(self, text: str) -> str:
        """The same for a text."""
        return self._in_text.sub(lambda found: "*" * len(found[0]), text) if self.forms else text


def _forms(text: str) -> set[str]:
    in_json = json.dumps(text)[1:-1]
    return {text, quote(text, safe=""), in_json, in_json.replace("/", r"\/")}


def of_headers(headers: Headers) -> list[str]:
    """The secrets that stand in a request's headers: without the scheme or the cookie's name before them."""
    found: list[str] = []
    for name, value in headers:
        if "cookie" in name.lower():
            found += [part.partition("=")[2] for part in value.split(";")]
        elif _of_request(name):
            found.append(_scheme.sub("", value))
    return found


def headers(given: Headers, secrets: Secrets, *, of_response: bool = False) -> tuple[Headers, list[str]]:
    """(headers that may be written down, the names of those that may not)."""
    is_secret = _of_response if of_response else _of_request
    kept = [(name, secrets.blot_text(value)) for name, value in given if not is_secret(name)]
    return kept, sorted({name for name, _ in given if is_secret(name)})


def address(url: str, secrets: Secrets) -> str:
    """A URL without a password, and with asterisks for what is secret in its query."""
    parts = urlsplit(url)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    query = parts.query
    if any(_in_query(name) for name, _ in pairs):
        query = urlencode([(name, STARS if _in_query(name) else value) for name, value in pairs], safe="*")
    return secrets.blot_text(urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2], query=query)))


def body(data: bytes, secrets: Secrets) -> tuple[Any, bool]:
    """(the JSON of a request's body with asterisks for what is secret in it, whether there are any); None if it is no JSON."""
    blotted = secrets.blot(data)
    changed = blotted != data

    def without_keys(table: dict[str, Any]) -> dict[str, Any]:
        nonlocal changed
        for name, value in table.items():
            if isinstance(value, str) and _in_body.fullmatch(name):
                table[name] = STARS
                changed = True
        return table

    try:
        return json.loads(blotted, object_hook=without_keys, parse_constant=lambda _: None), changed
    except (ValueError, RecursionError):
        return None, changed
