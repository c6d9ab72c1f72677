"""HTTP: every status with every body, redirects, retries before the first token."""

# ruff: noqa: E501 - a row of the table is one line

from __future__ import annotations

import json
from typing import Any

from tests.faults.framing import HELLO, TEXT
from tests.faults.server import CLOSE, HOLD, RESET, Flood, Script
from tests.faults.table import Row, row
from tests.faults.wire import CHUNKED, as_json, head, http_chunk, plain, sized
from tui.engine.failure import Kind

KEY = "sk-secret-0123456789"
_WORDS = "something went wrong here"

_KINDS: dict[int, Kind] = {
    401: "auth",
    402: "quota",
    403: "permission",
    404: "not_found",
    407: "auth",
    410: "not_found",
    429: "rate_limit",
    451: "permission",
}
STATUSES = (
    *(400, 401, 402, 403, 404, 405, 406, 407, 408, 409, 410, 411, 412, 413, 414, 415, 416, 417, 418, 421, 422, 423, 424, 425),
    *(426, 428, 429, 431, 451, 499),
    *(500, 501, 502, 503, 504, 505, 507, 508, 511, 520, 521, 522, 524, 529, 530, 599),
)
_RETRIED = (408, 409, 429, *(status for status in STATUSES if status >= 500))


def kind_of(status: int) -> Kind:
    """The kind that a status makes, whatever its body says."""
    return _KINDS.get(status, "bad_request" if status < 500 else "server")


def _line(status: int) -> str:
    return f"{status} Because"


def _body(status: int, form: str) -> Script:
    message = {"error": {"message": _WORDS, "type": "x", "code": "y"}}
    scripts: dict[str, Script] = {
        "JSON": as_json(message, _line(status)),
        "a JSON string": as_json(_WORDS, _line(status)),
        "FastAPI's JSON": as_json({"detail": _WORDS}, _line(status)),
        "text": sized(_WORDS.encode(), "text/plain", _line(status)),
        "a web page": sized(f"<html><head><title>{_WORDS}</title></head></html>".encode(), "text/html", _line(status)),
        "nothing": sized(b"", None, _line(status)),
        "bad JSON": sized(b'{"error": ' + _WORDS.encode(), "application/json", _line(status)),
        "a cut body": [head(_line(status), "application/json", 5000), json.dumps(message).encode(), CLOSE],
        "a reset body": [head(_line(status), "application/json", 5000), json.dumps(message).encode(), RESET],
        "a stalling body": [head(_line(status), "application/json", 5000), json.dumps(message).encode(), HOLD],
        "a body that never comes": [head(_line(status), "application/json", 5000), HOLD],
        "a huge body": [head(_line(status), "text/plain"), _WORDS.encode(), Flood(b"x" * 65536)],
        "a dripping body": [head(_line(status), "text/plain"), _WORDS.encode(), Flood(b"x")],
        "gzip that is none": sized(b"\x1f\x8b" + b"\xff" * 30, "application/json", _line(status), Content_Encoding="gzip"),
        "a bad chunk": [head(_line(status), Transfer_Encoding="chunked"), http_chunk(_WORDS.encode()), b"zz\r\n"],
    }
    return scripts[form]


SPEAKING = (
    "JSON",
    "a JSON string",
    "FastAPI's JSON",
    "text",
    "a web page",
    "bad JSON",
    "a cut body",
    "a stalling body",
    "a huge body",
)
SILENT = ("nothing", "a body that never comes", "gzip that is none")
OTHER = ("a reset body", "a dripping body", "a bad chunk")


def _status(status: int, form: str, retries: int = 0, **expected: Any) -> Row:
    says = _WORDS if form in SPEAKING else ""
    return row(
        f"{status} with {form}",
        _body(status, form),
        state="failed",
        kind=kind_of(status),
        status=status,
        retries=retries,
        says=says,
        **expected,
    )


STATUS_ROWS = [
    *(_status(status, "JSON") for status in STATUSES),
    *(_status(status, form) for status in (400, 401, 404, 429, 500, 503) for form in (*SPEAKING[1:], *SILENT, *OTHER)),
]


def _refused(name: str, status: int, body: Any, kind: Kind, says: str = "", tries: int = 1, **headers: str) -> Row:
    script = (
        sized(body, None, _line(status), 0, **headers) if isinstance(body, bytes) else as_json(body, _line(status), **headers)
    )
    return row(name, script, state="failed", kind=kind, status=status, says=says, tries=tries)


def _error(message: str, **more: Any) -> dict[str, Any]:
    return {"error": {"message": message, **more}}


WORD_ROWS = [
    _refused("a quota by code", 429, _error("No.", code="insufficient_quota"), "quota"),
    _refused("a quota by type", 429, _error("No.", type="insufficient_quota"), "quota"),
    _refused("a quota by words", 429, _error("You exceeded your current quota, please check your plan."), "quota"),
    _refused("a quota by credit", 429, _error("Your credit balance is too low."), "quota"),
    _refused("a rate limit", 429, _error("Rate limit reached for m-1", code="rate_limit_exceeded"), "rate_limit", tries=3),
    _refused("a rate limit for an hour", 429, _error("Slow down"), "rate_limit", "60 minutes", Retry_After="3600"),
    _refused("a rate limit until a date", 429, _error("Slow down"), "rate_limit", "hours", Retry_After="Fri, 01 Jan 2100 00:00:00 GMT"),
    _refused("a rate limit for ever", 503, _error("No."), "server", "8784 hours", Retry_After="9" * 400),
    _refused("a rate limit until no number", 429, _error("No."), "rate_limit", retry_after_ms="nan", tries=3),
    _refused("a rate limit that speaks of quota", 429, _error("Quota exceeded, limit per minute"), "rate_limit", tries=3),
    _refused("a rate limit that speaks of billing", 429, _error("Rate limit reached, try again in 6 s; raise it at /account/billing"), "rate_limit", tries=3),
    _refused("an error body of an unknown shape", 400, {"errors": {"model": ["is unknown"]}}, "bad_request", "is unknown"),
    _refused("an error body that is no text", 500, "oh dear".encode("utf-16"), "server", "binary", tries=3),
    _refused("the nearest models", 404, _error("The model does not exist"), "not_found", "alpha-large, alpha-small"),
    _refused("a path that is not there", 404, {"detail": "Not Found"}, "not_found", "nothing at this address"),
    _refused("a key that is echoed", 401, _error(f"Incorrect API key provided: {KEY}."), "auth", "[key]"),
    _refused("where the key came from", 401, _error("No."), "auth", "OPENAI_API_KEY"),
    _refused("too large", 413, _error("No."), "bad_request", "too large"),
    _refused("overloaded", 529, _error("No."), "server", "overloaded", tries=3),
    _refused("a redirect to another host", 302, {}, "protocol", "elsewhere.example", Location="https://elsewhere.example/v1"),
    _refused("a lasting redirect to another host", 308, {}, "protocol", "elsewhere.example", Location="https://elsewhere.example/v1"),
    _refused("a redirect that makes a GET of it", 303, {}, "protocol", Location="/login"),
    _refused("a redirect within the server", 307, {}, "protocol", "127.0.0.1", Location="/v2"),
    _refused("a redirect to nowhere", 307, {}, "protocol"),
    _refused("a redirect to rubbish", 307, {}, "protocol", Location="http://[::bad"),
    _refused("not modified", 304, {}, "protocol"),
]  # fmt: skip

GOOD = plain(HELLO)


def _recovers(name: str, *failing: Script, **expected: Any) -> Row:
    return row(name, *failing, GOOD, text=TEXT, reason="stop", tries=len(failing) + 1, **expected)


RETRY_ROWS = [
    *(_recovers(f"{status}, then good", as_json({}, _line(status))) for status in (*_RETRIED[:3], 500, 502, 503, 529)),
    _recovers("503 twice, then good", as_json({}, _line(503)), as_json({}, _line(503))),
    _recovers("closed without a word, then good", [CLOSE]),
    _recovers("reset, then good", [RESET]),
    _recovers("closed in the headers, then good", [b"HTTP/1.1 200 OK\r\nX"]),
    _recovers("Retry-After in seconds", as_json({}, _line(503), Retry_After="0")),
    _recovers("Retry-After as a date gone by", as_json({}, _line(503), Retry_After="Fri, 01 Jan 2010 00:00:00 GMT")),
    _recovers("Retry-After in milliseconds", as_json({}, _line(503), retry_after_ms="0")),
    _recovers("Retry-After that is rubbish", as_json({}, _line(503), Retry_After="soon")),
    _recovers("stream_options refused", as_json(_error("Unknown field: stream_options"), _line(400)), noted="stream_options"),
    _recovers("stream_options refused, 422", as_json({"detail": [{"loc": ["body", "stream_options"], "msg": "extra"}]}, _line(422))),
    row("500, every time", as_json({}, _line(500)), state="failed", kind="server", status=500, tries=3),
    row("500 without retries", as_json({}, _line(500)), state="failed", kind="server", status=500, retries=0),
    row("400 is not retried", as_json({}, _line(400)), state="failed", kind="bad_request", status=400),
    row("a quota is not retried", as_json(_error("x", code="insufficient_quota"), _line(429)), state="failed", kind="quota", status=429),
    row("a begun stream is not retried", [CHUNKED, CLOSE], GOOD, state="failed", kind="closed", tries=1),
]  # fmt: skip

ROWS = [*STATUS_ROWS, *WORD_ROWS, *RETRY_ROWS]
