"""Framing: line ends, fields, segments, encodings, and bodies that are no stream at all."""

# ruff: noqa: E501 - a row of the table is one line

from __future__ import annotations

import json
from typing import Any

from tests.faults.server import HOLD, Slowly
from tests.faults.table import HASTY, Row, cut, row
from tests.faults.wire import (
    DONE,
    HEAD,
    as_json,
    chunk,
    chunked,
    completion,
    event,
    gzipped,
    head,
    members,
    plain,
    say,
    sized,
    stop,
)

HELLO = say("Hel") + say("lo ") + say("wörld 🚀") + stop() + DONE
TEXT = "Hello wörld 🚀"
_CONTENT = json.dumps(chunk({"content": "a"}))


def _good(name: str, body: bytes, text: str = TEXT, **expected: object) -> Row:
    return row(name, plain(body), text=text, reason="stop", **expected)


def _lines(*contents: object) -> bytes:
    return b"".join(json.dumps(one, ensure_ascii=False).encode() + b"\n" for one in contents)


_OLLAMA = _lines(
    {"model": "m-1", "message": {"role": "assistant", "content": "Hello"}, "done": False},
    {"model": "m-1", "message": {"role": "assistant", "content": " you"}, "done": False},
    {"model": "m-1", "message": {"content": ""}, "done": True, "done_reason": "stop", "prompt_eval_count": 3, "eval_count": 2},
)
_NDJSON = _lines(chunk({"content": "Hello"}), chunk({"content": " you"}), chunk({}, "stop"))
_PAGE = b"<!DOCTYPE html>\n<html><head><title>502 Bad\n Gateway</title></head><body><h1>nginx</h1></body></html>"
_WHOLE = completion({"content": "Hello"})

SSE_ROWS = [
    _good("good, plain body", HELLO, noted=None),
    row("good, chunked", chunked(HELLO), text=TEXT, reason="stop", noted=None),
    row("good, one chunk an event", chunked(say("a"), say("b"), stop(), DONE), text="ab", reason="stop", noted=None),
    row("good, with a length", sized(HELLO), text=TEXT, reason="stop", noted=None),
    _good("CRLF", HELLO.replace(b"\n", b"\r\n")),
    _good("CR alone", HELLO.replace(b"\n", b"\r")),
    _good(
        "line ends mixed", say("a").replace(b"\n", b"\r\n") + say("b").replace(b"\n", b"\r") + say("c") + stop() + DONE, "abc"
    ),
    _good("a BOM", b"\xef\xbb\xbf" + HELLO),
    _good("a BOM and CRLF", b"\xef\xbb\xbf" + HELLO.replace(b"\n", b"\r\n")),
    _good("no space after the colon", HELLO.replace(b"data: ", b"data:")),
    _good("two spaces after the colon", HELLO.replace(b"data: ", b"data:  ")),
    _good(
        "comments and keep-alives",
        b": hi\n\n" + say("a") + b":\n\n: OPENROUTER PROCESSING\n\n" + say("b") + stop() + DONE,
        "ab",
    ),
    _good("a comment inside an event", b": x\n" + say("a") + stop() + DONE, "a"),
    _good("id, retry and event lines", b"id: 7\nretry: 10\nevent: message\n" + say("a") + stop() + DONE, "a"),
    _good("event lines of other names", event(chunk({"content": "a"}), event="completion") + stop() + DONE, "a"),
    _good("fields that nobody knows", b"foo: bar\n" + say("a") + stop() + DONE, "a"),
    _good("fields without a colon", b"id\nevent\nretry\n" + say("a") + stop() + DONE, "a"),
    _good("empty events", b"data:\n\ndata: \n\ndata\n\n\n\n" + say("a") + b"data:\n\n" + stop() + DONE, "a", noted=None),
    _good("data framed twice", (b"data: " + say("a")) + stop() + b"data: " + DONE, "a"),
    _good("indented fields", b"  " + say("a") + stop() + DONE, "a"),
    _good(
        "several data lines", b'data: {"choices": [{"index": 0,\ndata: "delta": {"content": "a"}}]}\n\n' + stop() + DONE, "a"
    ),
    _good("no empty line between events", HELLO.replace(b"\n\n", b"\n") + b"\n"),
    _good("two objects in one data line", b"data: " + (_CONTENT * 2).encode() + b"\n\n" + stop() + DONE, "aa"),
    _good("the last event without its empty line", say("a") + stop().rstrip(b"\n"), "a"),
    _good("the end mark without its empty line", say("a") + stop() + b"data: [DONE]", "a"),
    _good("white space around the end mark", say("a") + stop() + b"data:  [DONE] \n\n", "a"),
    row("one-byte segments", [HEAD, Slowly(HELLO)], text=TEXT, reason="stop", noted=None),
    row("one-byte segments, CRLF", [HEAD, Slowly(HELLO.replace(b"\n", b"\r\n"))], text=TEXT, reason="stop"),
    row("one-byte chunks", chunked(*(HELLO[n : n + 1] for n in range(len(HELLO)))), text=TEXT, reason="stop"),
    row("one-byte segments of the head", [Slowly(HEAD), HELLO], text=TEXT, reason="stop"),
    _good("invalid UTF-8", say("a?b").replace(b"?", b"\xff") + stop() + DONE, "a�b"),
    _good("UTF-8 cut off inside a string", say("a?b").replace(b"?", "é".encode()[:1]) + stop() + DONE, "a�b"),
    _good("raw control characters in a string", say("a?b").replace(b"?", b"\t") + stop() + DONE, "a\tb"),
    _good("a null byte in a string", say("a?b").replace(b"?", b"\x00") + stop() + DONE, "a\x00b"),
    _good("a line separator in a string", say("a b") + stop() + DONE, "a b"),
    row("a 103 before the 200", [b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n", HEAD, HELLO], text=TEXT, reason="stop"),
    row("HTTP/1.0", [HEAD.replace(b"HTTP/1.1", b"HTTP/1.0"), HELLO], text=TEXT, reason="stop"),
    row("status 201", sized(HELLO, status="201 Created"), text=TEXT, reason="stop", status=201),
]

TYPE_ROWS = [
    row(f"a good stream typed {type_}", sized(HELLO, type_), text=TEXT, reason="stop", noted=None)
    for type_ in (
        None,
        "",
        "text/plain",
        "application/json",
        "application/octet-stream",
        "text/html",
        "text/event-stream; charset=latin-1",
        "application/x-ndjson",
        "nonsense",
    )
]

_GZIP: dict[str, Any] = {"Content_Encoding": "gzip"}
PADDED_ROWS = [
    row("NUL bytes before each event", plain(*(b"\0" + part for part in (say("a"), say("b"), stop(), DONE))), text="ab", reason="stop", noted=None),
    row("a BOM before each event", plain(*(b"\xef\xbb\xbf" + part for part in (say("a"), say("b"), stop(), DONE))), text="ab", reason="stop", noted=None),
]  # fmt: skip

GZIP_ROWS = [
    row("gzip", [head(**_GZIP), gzipped(say("a"), say("b"), stop(), DONE)], text="ab", reason="stop", noted=None),
    row("gzip, one-byte segments", [head(**_GZIP), Slowly(gzipped(HELLO))], text=TEXT, reason="stop"),
    row("gzip in several members", [head(**_GZIP), members(say("a"), say("b"), stop() + DONE)], text="ab", reason="stop"),
    row("gzip said, plain sent", [head(**_GZIP), HELLO], text=TEXT, reason="stop"),
    row("deflate", [head(Content_Encoding="deflate"), gzipped(HELLO, wbits=15)], text=TEXT, reason="stop"),
    row("deflate without its header", [head(Content_Encoding="deflate"), gzipped(HELLO, wbits=-15)], text=TEXT, reason="stop"),
    row("encoding identity", [head(Content_Encoding="identity"), HELLO], text=TEXT, reason="stop", noted=None),
    row("gzip without its trailer, after the end mark", [head(**_GZIP), gzipped(HELLO, keep=-8)], text=TEXT, reason="stop"),
    row(
        "gzip without its trailer, after a reason", [head(**_GZIP), gzipped(say("a"), stop(), keep=-8)], text="a", reason="stop"
    ),
    cut("gzip cut before the end mark", [head(**_GZIP), gzipped(say("a"), say("b" * 50), keep=-20)], "a"),
    cut("gzip cut between events", [head(**_GZIP), gzipped(say("a"), keep=-10)], "a"),
    cut("gzip cut in its head", [head(**_GZIP), b"\x1f\x8b\x08"]),
    cut("gzip damaged", [head(**_GZIP), gzipped(say("a"), keep=-10) + b"\xff" * 40], "a", kind="protocol"),
]

BODY_ROWS = [
    row("one JSON object", as_json(_WHOLE), text="Hello", reason="stop", noted=None, check=lambda a: a.usage_count("total_tokens") == 5),
    row("pretty JSON", sized(json.dumps(_WHOLE, indent=2).encode(), "application/json"), text="Hello", reason="stop"),
    row("one JSON object typed as a stream", sized(json.dumps(_WHOLE).encode()), text="Hello", reason="stop"),
    row("one JSON object without a reason", as_json(completion({"content": "Hello"}, None)), text="Hello"),
    row("one JSON object, truncated by reason", as_json(completion({"content": "Hello"}, "length")), state="truncated", text="Hello", reason="length"),
    row("one JSON object, left open", [HEAD, json.dumps(_WHOLE).encode(), HOLD], text="Hello", reason="stop", timeouts=HASTY),
    row("one JSON object, left open, and no limit near", [HEAD, json.dumps(_WHOLE).encode(), HOLD], text="Hello", reason="stop", noted=None),
    row("one JSON object and a newline, left open, and no limit near", [HEAD, json.dumps(completion({"content": "Hello"}, None)).encode() + b"\n", HOLD], text="Hello"),
    row("pretty JSON, left open, and no limit near", [HEAD, json.dumps(_WHOLE, indent=2).encode(), HOLD], text="Hello", reason="stop"),
    row("pretty JSON in pieces, left open", [HEAD, Slowly(json.dumps(_WHOLE, indent=1).encode()), HOLD], text="Hello", reason="stop"),
    row("newline-delimited JSON without its last newline, left open", [HEAD, _NDJSON.rstrip(), HOLD], text="Hello you", reason="stop"),
    row("Ollama's lines without the last newline, left open", [HEAD, _OLLAMA.rstrip(), HOLD], text="Hello you", reason="stop"),
    cut("other JSON, left open, and no limit near", [HEAD, b'{"hello": "you"}', HOLD], kind="protocol", says="no chat completion"),
    row("one JSON object in gzip", [head(type_="application/json", **_GZIP), gzipped(json.dumps(_WHOLE).encode())], text="Hello", reason="stop"),
    row("one JSON object in one event", plain(event(_WHOLE)), text="Hello", reason="stop"),
    row(
        "one JSON object with tool calls",
        as_json(completion({"content": None, "tool_calls": [{"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{}"}}]}, "tool_calls")),
        reason="tool_calls",
        check=lambda a: [call.name for call in a.tool_calls] == ["f"],
    ),
    cut("one JSON object cut short", sized(json.dumps(_WHOLE).encode(), "application/json", missing=30)),
    row("newline-delimited JSON", sized(_NDJSON, "application/x-ndjson"), text="Hello you", reason="stop", noted=None),
    row("newline-delimited JSON and an end mark", sized(_NDJSON + b"[DONE]\n"), text="Hello you", reason="stop"),
    row("newline-delimited JSON without its last newline", sized(_NDJSON.rstrip()), text="Hello you", reason="stop"),
    cut("newline-delimited JSON cut", plain(b"".join(_NDJSON.splitlines(True)[:2])), "Hello you"),
    row("Ollama's lines", sized(_OLLAMA, "application/x-ndjson"), text="Hello you", reason="stop", check=lambda a: a.usage_count("completion_tokens") == 2),
    cut("Ollama's lines cut", plain(b"".join(_OLLAMA.splitlines(True)[:2])), "Hello you"),
    cut("an error among Ollama's lines", plain(_OLLAMA.splitlines(True)[0] + b'{"error": "out of memory"}\n'), "Hello", kind="in_band", says="out of memory"),
    cut("a web page", sized(_PAGE, "text/html"), kind="protocol", says="502 Bad Gateway"),
    cut("a JSON error, left open", [HEAD, b'{"error": "out of memory"}', HOLD], kind="in_band", says="out of memory", timeouts=HASTY),
    cut("a JSON error, left open, and no limit near", [HEAD, b'{"error": "out of memory"}', HOLD], kind="in_band", says="out of memory"),
    cut("a web page typed as a stream", sized(_PAGE), kind="protocol", says="502 Bad Gateway"),
    cut("a web page without a title", sized(b"<html><body>Log in</body></html>", "text/html"), kind="protocol", says="web page"),
    cut("another API's events", plain(event({"type": "message_start", "message": {"content": []}}, event="message_start"), event({"type": "message_stop"}, event="message_stop")), kind="protocol", says="message_start"),
    cut("another API's JSON", as_json({"candidates": [{"content": {"parts": [{"text": "Hi"}]}}]}), kind="protocol", says="candidates"),
    cut("UTF-16", plain(HELLO.decode().encode("utf-16")), kind="protocol", says="another encoding"),
    cut("gzip that nobody announced", plain(gzipped(HELLO)), kind="protocol", says="binary"),
    cut("an empty body", sized(b""), kind="protocol"),
    cut("an empty body without a length", plain(), kind="protocol"),
    cut("an empty chunked body", chunked(), kind="protocol"),
    cut("a body of white space", sized(b"\n\n  \n"), kind="protocol"),
    cut("plain text", sized(b"upstream connect error", "text/plain"), kind="protocol", says="upstream connect error"),
    cut("JSON that is no answer", as_json({"hello": "you"}), kind="protocol"),
    cut("a JSON list", as_json([]), kind="protocol"),
    cut("a JSON string", as_json("hello"), kind="protocol", says="hello"),
    cut("null", as_json(None), kind="protocol"),
    cut("binary rubbish", sized(bytes(range(256)) * 8, "application/octet-stream"), kind="protocol"),
    cut("only comments", plain(b": hi\n\n: hi\n\n")),
    cut("no content (204)", [head("204 No Content")], kind="protocol", status=204),
    cut("headers that are no HTTP", [b"SSH-2.0-OpenSSH_9.6\r\n\r\n"], kind="protocol", status=None),
    cut("a TLS alert in plain text", [b"\x15\x03\x01\x00\x02\x02\x46"], kind="protocol", status=None),
]  # fmt: skip

ROWS = [*SSE_ROWS, *TYPE_ROWS, *PADDED_ROWS, *GZIP_ROWS, *BODY_ROWS]
