"""Ends: with and without their marks, cut, reset, silent; and what comes after an end."""

# ruff: noqa: E501 - a row of the table is one line

from __future__ import annotations

from tests.faults.framing import HELLO, TEXT
from tests.faults.server import CLOSE, HOLD, RESET, Flood, Step
from tests.faults.table import HASTY, STALLING, Row, cut, row
from tests.faults.wire import CHUNKED, DONE, HEAD, chunk, chunked, event, head, http_chunk, plain, say, sized, stop

_ERROR = event({"error": {"message": "late trouble", "code": 500}})
_USAGE = event({"id": "x", "choices": [], "usage": {"completion_tokens": 7, "prompt_tokens": 1, "total_tokens": 8}})
AB = say("a") + say("b")


def _ended(name: str, *steps: Step, reason: str | None = "stop", text: str = "ab", **expected: object) -> Row:
    return row(name, list(steps), text=text, reason=reason, **expected)


MARK_ROWS = [
    _ended("a reason, no end mark", HEAD, AB, stop(), noted=None),
    _ended("an end mark, no reason", HEAD, AB, DONE, reason=None, noted=None),
    _ended("neither content nor reason, but an end mark", HEAD, DONE, reason=None, text=""),
    _ended("a role, then an end mark", HEAD, event(chunk({"role": "assistant", "content": ""})), DONE, reason=None, text=""),
    _ended("a reason alone", HEAD, stop(), text=""),
    _ended("an event after the end mark", HEAD, AB, stop(), DONE, say("more")),
    _ended("an event after the end mark, in one segment", HEAD, AB + stop() + DONE + say("more")),
    _ended("the end mark twice", HEAD, AB, stop(), DONE, DONE),
    _ended("rubbish after the end mark", HEAD, AB, stop(), DONE, b"\x00\xff<html>"),
    _ended("an error after the end mark", HEAD, AB, stop(), DONE, _ERROR),
    _ended("an error after the reason", HEAD, AB, stop(), _ERROR, noted="late trouble"),
    _ended("usage after the reason", HEAD, AB, stop(), _USAGE, DONE, check=lambda a: a.completion_tokens == (7, True)),
    _ended("usage after the reason, no end mark", HEAD, AB, stop(), _USAGE, check=lambda a: a.completion_tokens == (7, True)),
    _ended("usage after the end mark is not waited for", HEAD, AB, stop(), DONE, HOLD),
    _ended("a reason on every chunk", HEAD, say("a", "stop"), say("b", "stop"), stop()),
    _ended("a reason on every chunk, no end mark", HEAD, say("a", "stop"), say("b", "stop")),
    _ended("an empty reason on every chunk", HEAD, say("a", ""), say("b", ""), stop(), DONE),
    _ended("the reason twice", HEAD, AB, stop(), stop("length"), DONE),
    _ended("the reason with the last content", HEAD, say("a"), say("b", "stop"), DONE),
    _ended("an end mark in small letters", HEAD, AB, b"data: [done]\n\n", reason=None, noted=None),
    _ended("an end mark with something behind it", HEAD, AB, b"data: [DONE] bye\n\n", reason=None, noted=None),
    _ended("an end mark without brackets", HEAD, AB, b"data: DONE\n\n", reason=None, noted=None),
    _ended("an event named done", HEAD, AB, b"event: done\ndata: {}\n\n", reason=None, noted=None),
    _ended("an end mark within the text", HEAD, say("ab data: [DONE]"), stop(), text="ab data: [DONE]"),
    _ended("a reason in a list", HEAD, AB, stop(["stop"])),
    _ended("a reason in an object", HEAD, AB, stop({"type": "stop"})),
    _ended("a reason that is true", HEAD, AB, stop(True)),
    _ended("a reason in the delta", HEAD, AB, event(chunk({"finish_reason": "stop"}))),
    _ended("a reason in camel case", HEAD, AB, event({"choices": [{"index": 0, "delta": {}, "finishReason": "stop"}]})),
    cut("a reason that is false", plain(AB, stop(False)), "ab"),
    row("a reason that changes its mind", plain(say("a", "stop"), say("b", "length"), DONE), state="truncated", text="ab", reason="length"),
    _ended("left open after the end mark", HEAD, AB, stop(), DONE, HOLD),
    _ended("left open after the end mark, chunked", CHUNKED, http_chunk(AB + stop() + DONE), HOLD),
    _ended("left open after the reason", HEAD, AB, stop(), HOLD),
    _ended("left open after an end mark without a newline", HEAD, AB + b"data: [DONE]", HOLD, reason=None),
    _ended("left open after an end mark without an empty line", HEAD, AB + b"data: [DONE]\n", HOLD, reason=None),
    _ended("left open after an unended event", HEAD, AB + say("c").rstrip(), HOLD, text="abc", reason=None, timeouts=STALLING,
           state="interrupted", kind="stalled"),
    _ended("comments for ever after the reason", HEAD, AB, stop(), Flood(b": still here\n\n" * 20)),
    _ended("comments for ever after the end mark", HEAD, AB, stop(), DONE, Flood(b": still here\n\n" * 20)),
    _ended("reset after the end mark", HEAD, AB, stop(), DONE, RESET),
    _ended("reset after the reason", HEAD, AB, stop(), RESET),
    _ended("the last chunk missing after the end mark", CHUNKED, http_chunk(AB + stop() + DONE), CLOSE),
    _ended("the last chunk missing after the reason", CHUNKED, http_chunk(AB + stop()), CLOSE, noted="After the end"),
    _ended("a cut event after the reason", HEAD, AB, stop(), b'data: {"choices": [], "usa'),
    row("a length that is too great, after the end mark", [*sized(HELLO + b" " * 50, missing=50)], text=TEXT, reason="stop"),
]  # fmt: skip

CUT_ROWS = [
    cut("closed cleanly", plain(AB), "ab", says="2 characters"),
    cut("closed cleanly, chunked", chunked(AB), "ab", says="2 characters"),
    cut("closed cleanly before the first token", plain(event(chunk({"role": "assistant"})))),
    cut("cut in mid-event", plain(AB, say("lost")[:40]), "ab"),
    cut("cut in mid-event, in the field's name", plain(AB, b"da"), "ab"),
    cut("cut in mid-event, after the field's name", plain(AB, b"data: "), "ab"),
    cut("cut in the end mark", plain(AB, b"data: [DON"), "ab"),
    cut("cut in a character", plain(AB, say("é")[:-30]), "ab"),
    cut("cut in mid-chunk", [CHUNKED, http_chunk(AB), http_chunk(say("lost"))[:20]], "ab", says="2 characters"),
    cut("cut between chunks", [CHUNKED, http_chunk(AB)], "ab"),
    cut("cut in a chunk's size", [CHUNKED, http_chunk(AB), b"4"], "ab"),
    cut("a whole event, then cut in mid-chunk", [CHUNKED, b"fff\r\n" + AB], "ab"),
    cut("a size that is no number", [CHUNKED, http_chunk(AB), b"zz\r\n"], "ab", kind="protocol"),
    cut("a length that is too great", sized(AB + b" " * 50, missing=50), "ab"),
    cut("reset after content", [HEAD, AB, RESET], "ab"),
    cut("reset after content, chunked", [CHUNKED, http_chunk(AB), RESET], "ab"),
    cut("reset before the first token", [HEAD, RESET]),
    cut("closed after the headers", [CHUNKED, CLOSE]),
    cut("closed in the headers", [b"HTTP/1.1 200 OK\r\nContent-Ty"], status=None, retries=0),
    cut("closed without a word", [CLOSE], status=None, retries=0),
    cut("reset without a word", [RESET], status=None, retries=0),
    cut("closed without a word, every time", [CLOSE], status=None, tries=3),
    cut("one choice ended, the other cut", plain(say("a"), say("x", index=1), stop()), "a", reason="stop"),
    row(
        "content of no choice's end, then an end mark",
        plain(say("a"), say("x", index=1), stop(), DONE),
        text="a",
        reason="stop",
    ),
]

SILENT_ROWS = [
    cut("silence before the headers", [HOLD], kind="timeout", status=None, timeouts=HASTY),
    cut("early hints for ever", [Flood(b"HTTP/1.1 103 Early Hints\r\n\r\n")], kind="timeout", status=None, timeouts=HASTY),
    cut("headers for ever", [b"HTTP/1.1 200 OK\r\n", Flood(b"x")], kind="protocol", status=None),
    cut("silence in the headers", [b"HTTP/1.1 200 OK\r\n", HOLD], kind="timeout", status=None, timeouts=HASTY),
    cut("silence before the first token", [HEAD, HOLD], kind="timeout", timeouts=HASTY),
    cut(
        "silence after a role", plain(event(chunk({"role": "assistant", "content": ""})), HOLD), kind="timeout", timeouts=HASTY
    ),
    cut("comments before the first token", [HEAD, Flood(b": wait\n\n" * 50)], kind="timeout", timeouts=HASTY),
    cut("empty deltas before the first token", [HEAD, Flood(say("") * 20)], kind="timeout", timeouts=HASTY),
    cut("half an event before the first token", [HEAD, b"data: {", HOLD], kind="timeout", timeouts=HASTY),
    cut("silence in the middle", [HEAD, AB, HOLD], "ab", kind="stalled", timeouts=STALLING),
    cut("silence in the middle, chunked", [CHUNKED, http_chunk(AB), HOLD], "ab", kind="stalled", timeouts=STALLING),
    cut("silence in mid-event", [HEAD, AB, b"data: {", HOLD], "ab", kind="stalled", timeouts=STALLING),
    cut("comments in the middle", [HEAD, AB, Flood(b": wait\n\n" * 50)], "ab", kind="stalled", timeouts=STALLING),
    cut("empty deltas in the middle", [HEAD, AB, Flood(say("") * 20)], "ab", kind="stalled", timeouts=STALLING),
    cut("null deltas in the middle", [HEAD, AB, Flood(say(None) * 20)], "ab", kind="stalled", timeouts=STALLING),
    cut("white space in the middle", [HEAD, AB, Flood(b"\n" * 500)], "ab", kind="stalled", timeouts=STALLING),
    cut("silence after a gzip head", [head(Content_Encoding="gzip"), b"\x1f\x8b", HOLD], kind="timeout", timeouts=HASTY),
]

REASON_ROWS = [
    row("length", plain(AB, stop("length"), DONE), state="truncated", text="ab", reason="length"),
    row("content_filter", plain(AB, stop("content_filter"), DONE), state="filtered", text="ab", reason="content_filter"),
    row("content_filter before any content", plain(stop("content_filter"), DONE), state="filtered", reason="content_filter"),
    row("length before any content", plain(stop("length"), DONE), state="truncated", reason="length"),
    *(row(f"the reason {reason}", plain(AB, stop(reason), DONE), state="truncated", text="ab", reason=reason) for reason in ("max_tokens", "MAX_TOKENS", "model_length", "model_context_window_exceeded")),
    *(row(f"the reason {reason}", plain(AB, stop(reason), DONE), state="filtered", text="ab", reason=reason) for reason in ("SAFETY", "sensitive", "content-filter")),
    row("a reason nobody knows", plain(AB, stop("eos_token"), DONE), text="ab", reason="eos_token"),
    row("a reason in capitals", plain(AB, stop("STOP"), DONE), text="ab", reason="STOP"),
    row("a reason that is a number", plain(AB, stop(2), DONE), text="ab", reason="2"),
    row("tool_calls without a call", plain(AB, stop("tool_calls"), DONE), text="ab", reason="tool_calls"),
    row("a refusal", plain(event(chunk({"refusal": "No."})), stop(), DONE), state="refused", refusal="No.", reason="stop"),
    row("a refusal after text", plain(AB, event(chunk({"refusal": "No."})), stop(), DONE), text="ab", refusal="No.", reason="stop"),
    row("a refusal without a reason", plain(event(chunk({"refusal": "No."})), DONE), state="refused", refusal="No."),
    row("a refusal cut", plain(event(chunk({"refusal": "No"}))), state="interrupted", refusal="No", kind="closed"),
    *(
        cut(f"the reason {reason}", plain(AB, stop(reason), DONE), "ab", kind="in_band", reason=reason, says=reason)
        for reason in ("error", "abort", "cancelled", "insufficient_system_resource", "network_error", "server_error", "MALFORMED_FUNCTION_CALL")
    ),
    *(
        cut(f"the reason {reason} before any content", plain(stop(reason), DONE), kind="in_band", reason=reason)
        for reason in ("error", "abort", "cancelled", "insufficient_system_resource")
    ),
]  # fmt: skip

ROWS = [*MARK_ROWS, *CUT_ROWS, *SILENT_ROWS, *REASON_ROWS]
