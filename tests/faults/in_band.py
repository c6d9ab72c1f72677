"""Errors that come inside a 200, in every form."""

# ruff: noqa: E501 - a row of the table is one line

from __future__ import annotations

import json
from typing import Any

from tests.faults.table import Row, cut, row
from tests.faults.wire import DONE, as_json, chunk, event, plain, say, sized, stop

AB = say("a") + say("b")
_WORDS = "The model is overloaded"

_FORMS: dict[str, Any] = {
    "an object": {"error": {"message": _WORDS, "type": "server_error", "code": 503}},
    "an object with a null code": {"error": {"message": _WORDS, "type": None, "param": None, "code": None}},
    "a string": {"error": _WORDS},
    "a list": {"error": [{"message": _WORDS}]},
    "nested": {"error": {"error": {"message": _WORDS}}},
    "nested twice": {"error": {"error": {"error": {"message": _WORDS}}}},
    "JSON in a string": {"error": {"message": json.dumps({"error": {"message": _WORDS}})}},
    "with an empty list of choices": {"choices": [], "error": {"message": _WORDS}},
    "with a choice": {**chunk({"content": ""}), "error": {"message": _WORDS}},
    "with a choice of reason error": {**chunk({"content": ""}, "error"), "error": {"message": _WORDS, "code": 502}},
    "in a choice": {"choices": [{"index": 0, "delta": {}, "error": {"message": _WORDS}}]},
    "in a choice of reason error": {"choices": [{"index": 0, "finish_reason": "error", "error": {"message": _WORDS}}]},
    "in a choice, as a string": {"choices": [{"index": 0, "delta": {}, "error": _WORDS}]},
    "in a delta": {"choices": [{"index": 0, "delta": {"error": {"message": _WORDS}}}]},
    "typed error": {"type": "error", "error": {"type": "overloaded_error", "message": _WORDS}},
    "typed error, flat": {"type": "error", "message": _WORDS},
    "object error": {"object": "error", "message": _WORDS, "type": "ServerError", "code": 503},
    "flat message and code": {"message": _WORDS, "code": 503},
    "flat message": {"message": _WORDS},
    "detail": {"detail": _WORDS},
    "FastAPI's detail": {"detail": [{"loc": ["body", "model"], "msg": _WORDS, "type": "value_error"}]},
    "msg and code": {"code": 1301, "msg": _WORDS},
    "error_message": {"error_code": 336, "error_message": _WORDS},
    "base_resp": {"base_resp": {"status_code": 1004, "status_msg": _WORDS}, "choices": None},
    "Message": {"Message": _WORDS},
    "fault": {"fault": {"faultstring": _WORDS}},
    "in Groq's part": {"id": "x", "choices": [], "x_groq": {"id": "req", "error": _WORDS}},
    "error_msg": {"error_code": 110, "error_msg": _WORDS},
    "inside a response": {"response": {"status": "failed", "error": {"message": _WORDS}}},
}


def _both(name: str, body: bytes, **expected: Any) -> list[Row]:
    return [
        cut(f"{name}, at once", plain(body), kind="in_band", **expected),
        cut(f"{name}, after text", plain(AB, body), "ab", kind="in_band", **expected),
    ]


FORM_ROWS = [
    one
    for name, form in _FORMS.items()
    for one in _both(f"an error {name}", event(form), says=_WORDS, reason="error" if name.endswith("of reason error") else None)
]
NAMED_ROWS = [
    *_both("event: error, an object", event({"error": {"message": _WORDS}}, event="error"), says=_WORDS),
    *_both("event: error, flat", event({"message": _WORDS}, event="error"), says=_WORDS),
    *_both("event: error, a JSON string", event(_WORDS, event="error"), says=_WORDS),
    *_both("event: error, plain text", b"event: error\ndata: " + _WORDS.encode() + b"\n\n", says=_WORDS),
    *_both("event: error, nothing", b"event: error\ndata:\n\n"),
    *_both("event: error without data", b"event: error\n\n"),
    *_both("an error: line", b'error: {"code": 500, "message": "' + _WORDS.encode() + b'"}\n\n', says=_WORDS),
    *_both("an error and an end mark", event({"error": {"message": _WORDS}}) + DONE, says=_WORDS),
    *_both("an error: line and an unended end mark", b"error: " + _WORDS.encode() + b"\n\ndata: [DONE]\n", says=_WORDS),
    *_both("an error, unended", event({"error": {"message": _WORDS}}).rstrip(), says=_WORDS),
]

BODY_ROWS = [
    cut(f"a JSON body with status 200, an error {name}", as_json(form), kind="in_band", says=_WORDS)
    for name, form in _FORMS.items()
    if "choices" not in form
] + [
    cut("a pretty JSON error", sized(json.dumps(_FORMS["an object"], indent=1).encode()), kind="in_band", says=_WORDS),
    cut("a JSON list of errors", as_json([_FORMS["an object"]]), kind="in_band", says=_WORDS),
]

PLAIN_ROWS = [
    cut("plain text in the middle", plain(AB, b"Internal Server Error\n"), "ab", kind="in_band", says="Internal Server Error"),
    cut("plain text, unended", plain(AB, b"Internal Server Error"), "ab", kind="in_band", says="Internal Server Error"),
    cut("plain text as data", plain(AB, b"data: upstream timed out\n\n"), "ab", kind="in_band", says="upstream timed out"),
    cut("a JSON string as data", plain(AB, event(_WORDS)), "ab", kind="in_band", says=_WORDS),
    cut(
        "an error in brackets as data",
        plain(AB, b"data: [ERROR] overloaded\n\n", DONE),
        "ab",
        kind="in_band",
        says="overloaded",
    ),
    cut("an error in words as data", plain(AB, b"data: Error: overloaded\n\n", DONE), "ab", kind="in_band", says="overloaded"),
    row("words as data, then a proper end", plain(AB, event("noise"), stop(), DONE), text="ab", reason="stop", noted="noise"),
    cut("a traceback", plain(AB, b'Traceback (most recent call last):\n  File "x"\n'), "ab", kind="in_band", says="Traceback"),
    cut("a web page in the middle", plain(AB, b"<html><title>504 Timeout</title></html>\n"), "ab", kind="in_band", says="504"),
    row("plain text, then a proper end", plain(AB, b"noise\n", stop(), DONE), text="ab", reason="stop", noted="noise"),
    row(
        "an error after the reason, typed",
        plain(AB, stop(), event("late", event="error")),
        text="ab",
        reason="stop",
        noted="late",
    ),
]

_NO_ERROR: dict[str, Any] = {"null": None, "empty": {}, "false": False, "an empty string": ""}
EMPTY_ROWS = [
    row(f"an error that is {name}", plain(event({**chunk({"content": "a"}), "error": value}), stop(), DONE), text="a", reason="stop")
    for name, value in _NO_ERROR.items()
]  # fmt: skip

ROWS = [*FORM_ROWS, *NAMED_ROWS, *BODY_ROWS, *PLAIN_ROWS, *EMPTY_ROWS]
