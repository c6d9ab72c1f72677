"""Statuses, headers and exceptions as failures; what the table over sockets does not reach."""

from __future__ import annotations

import ssl
import zlib

import httpx2
import pytest

from tui.engine import http_failure, net_failure, retry
from tui.engine.events import Retrying
from tui.engine.failure import Call, Failure
from tui.engine.http_failure import Refusal, page_title, retry_after
from tui.engine.names import nearest
from tui.engine.request import Request

CALL = Call(Request("gpt-x", []), "https://me:secret@api.example:8443/v1", "sk-0123456789")


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": " 1.5 "}, 1.5),
        ({"retry-after": "-3"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": ""}, None),
        ({"retry-after": "Thu, 01 Jan 1970 00:01:40 GMT"}, 40.0),
        ({"retry-after": "Thu, 01 Jan 1970 00:00:10 GMT"}, 0.0),
        ({"retry-after": "Thu, 99 Jan 1970 00:00:10 GMT"}, None),
        ({"retry-after-ms": "250", "retry-after": "9"}, 0.25),
        ({"retry-after-ms": "x", "retry-after": "9"}, 9.0),
        ({"retry-after": "9" * 400}, 366 * 86400.0),
        *(({"retry-after-ms": odd}, None) for odd in ("nan", "inf", "1e400", "-1", "٣")),
        *(({"retry-after": odd}, None) for odd in ("nan", "inf", "1e400", "٣")),
    ],
)
def test_retry_after(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers, lambda: 60.0) == seconds


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("<html><title>Bad\n Gateway</title>", "Bad Gateway"),
        ("<!DOCTYPE HTML PUBLIC>\n<TITLE lang=x>A &amp; B</TITLE>", "A & B"),
        ("  <!-- x --><html><body>Hi", "a web page"),
        ("<html><title>never ends", "never ends"),
        ("<html><title></title>", "a web page"),
        ("plain", None),
        ("<xml>", None),
        ("", None),
    ],
)
def test_page_titles(text: str, title: str | None) -> None:
    assert page_title(text) == title


@pytest.mark.parametrize("retries", range(8))
def test_backoff_doubles_to_a_limit(retries: int) -> None:
    assert retry.backoff(retries) == min(0.5 * 2**retries, 8)


def _setback(status: int, **headers: str) -> retry.Setback:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return retry.from_refusal(Refusal(status, named, b"{}"), CALL)


def test_the_plan() -> None:
    assert retry.plan(_setback(400), 0, 2) == _setback(400).failure
    step = retry.plan(_setback(503), 0, 2)
    assert isinstance(step, Retrying)
    assert (step.attempt, step.attempts, step.delay) == (2, 3, 0.5)
    assert retry.plan(_setback(503), 2, 2) == _setback(503).failure
    waits = retry.plan(_setback(503, retry_after="30"), 0, 2)
    assert isinstance(waits, Retrying)
    assert waits.delay == 30
    too_long = retry.plan(_setback(429, retry_after="31"), 0, 2)
    assert isinstance(too_long, Failure)
    assert "31 s" in too_long.advice
    assert too_long.retry_after == 31


@pytest.mark.parametrize(("seconds", "words"), [("90", "90 s"), ("600", "10 minutes"), ("36000", "10 hours")])
def test_a_long_wait_is_said(seconds: str, words: str) -> None:
    failure = retry.plan(_setback(429, retry_after=seconds), 0, 2)
    assert isinstance(failure, Failure)
    assert words in failure.advice


def _chained(outer: Exception, inner: BaseException) -> Exception:
    outer.__cause__ = inner
    return outer


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (httpx2.ConnectTimeout("x"), "timeout"),
        (httpx2.WriteTimeout("x"), "timeout"),
        (httpx2.ConnectError("x"), "connect"),
        (_chained(httpx2.ConnectError("x"), OSError(113, "No route to host")), "connect"),
        (_chained(httpx2.ConnectError("x"), ExceptionGroup("all", [ConnectionRefusedError(111, "no")])), "connect"),
        (_chained(httpx2.ConnectError("x"), ssl.SSLCertVerificationError(1, "self-signed certificate")), "tls"),
        (_chained(httpx2.ConnectError("x"), ConnectionResetError(104, "reset")), "closed"),
        (httpx2.ReadError("x"), "closed"),
        (httpx2.RemoteProtocolError("Server disconnected without sending a response."), "closed"),
        (httpx2.RemoteProtocolError("illegal status line"), "protocol"),
        (httpx2.ProxyError("407 Proxy Authentication Required"), "auth"),
        (httpx2.ProxyError("403 Forbidden"), "connect"),
        (httpx2.UnsupportedProtocol("x"), "usage"),
        (httpx2.InvalidURL("x"), "usage"),
        (httpx2.LocalProtocolError("Illegal header value b'Bearer sk-0123456789'"), "usage"),
        (TypeError("not JSON"), "usage"),
    ],
)
def test_no_response(error: Exception, kind: str) -> None:
    failure = net_failure.from_exception(error, CALL, began=False)

    assert failure.kind == kind
    assert "sk-0123456789" not in repr(failure)
    assert "secret" not in failure.title
    assert failure.title.endswith(".")


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (httpx2.ReadTimeout("x"), "stalled"),
        (httpx2.ReadError(""), "closed"),
        (httpx2.RemoteProtocolError("peer closed connection without sending complete message body"), "closed"),
        (httpx2.RemoteProtocolError("illegal chunk header"), "protocol"),
        (httpx2.DecodingError("x"), "protocol"),
        (zlib.error("x"), "protocol"),
        (ssl.SSLEOFError(8, "EOF occurred"), "closed"),
        (ssl.SSLError(1, "bad record mac"), "tls"),
        (ConnectionResetError(104, "reset"), "closed"),
        (ValueError("what"), "protocol"),
    ],
)
def test_a_broken_stream(error: Exception, kind: str) -> None:
    failure = net_failure.from_exception(error, CALL, began=True, characters=1204)

    assert failure.kind == kind
    if kind == "closed":
        assert failure.title == "The connection closed after 1,204 characters."


def test_the_innermost_words_count() -> None:
    error = _chained(_chained(httpx2.ReadError(""), RuntimeError("")), ConnectionResetError(104, "Connection reset by peer"))

    assert net_failure.from_exception(error, CALL, began=True).detail == "Connection reset by peer"


def test_a_circle_of_causes_ends() -> None:
    one, two = ValueError("one"), ValueError("two")
    one.__cause__, two.__cause__ = two, one

    assert list(net_failure.causes(one)) == [one, two]


def test_long_bodies_are_clipped() -> None:
    failure = http_failure.from_refusal(Refusal(500, {}, b"x" * 60000), CALL)
    assert len(failure.detail) < 2100


def test_the_nearest_names() -> None:
    names = ["gpt-4o", "gpt-4o-mini", "zeta", "x" * 500]
    assert nearest("gpt-4o-min", names)[0] == "gpt-4o-mini"
    assert nearest("???", names) == ["gpt-4o", "gpt-4o-mini", "zeta"]
    assert nearest("x", []) == []


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("a sk-0123456789 b", "a [key] b"),
        ("cut: sk-012345 …", "cut: [key] …"),
        ("cut: sk-012345", "cut: [key]"),
        ("sk-0123 is its beginning", "sk-0123 is its beginning"),
        ("too little to tell: sk-01", "too little to tell: sk-01"),
        ("", ""),
    ],
)
def test_a_key_is_taken_out_even_where_it_is_cut(text: str, clean: str) -> None:
    assert CALL.scrub(text) == clean


def test_a_key_in_a_request_id_is_taken_out() -> None:
    assert http_failure.request_id({"x-request-id": f"Bearer {CALL.key}"}, CALL) == "Bearer [key]"
