"""The splitter: bytes in any pieces, items out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.strategies import cuts, often, shards
from tui.engine.sse import Comment, Cut, Item, Line, ServerEvent, Splitter, TooLarge, is_whole


def _split(*pieces: bytes, limit: int = 1000) -> list[Item]:
    splitter = Splitter(limit)
    return [item for piece in pieces for item in splitter.feed(piece)] + splitter.end()


@pytest.mark.parametrize(
    ("body", "items"),
    [
        (b"", []),
        (b"\n\n\r\n\r", []),
        (b"data: a\n\n", [ServerEvent("", "a")]),
        (b"data:a\ndata:  b\n\n", [ServerEvent("", "a\n b")]),
        (b"data\ndata\n\n", [ServerEvent("", "\n")]),
        (b"data: a\r\rdata: b\r\n\r\n", [ServerEvent("", "a"), ServerEvent("", "b")]),
        (b"\xef\xbb\xbfdata: a\n\n", [ServerEvent("", "a")]),
        (b"data: \xef\xbb\xbfa\n\n", [ServerEvent("", "\ufeffa")]),
        (b"event: error\ndata: a\n\ndata: b\n\n", [ServerEvent("error", "a"), ServerEvent("", "b")]),
        (b"event: error\n\n", [ServerEvent("error", "")]),
        (b": hi\n:\n", [Comment(" hi"), Comment("")]),
        (b"id: 1\nretry: 2\n", []),
        (b"oops\nfoo: bar\n", [Line("oops"), Line("foo: bar")]),
        (b"database: x\n", [Line("database: x")]),
        (b"data: \xff\n\n", [ServerEvent("", "�")]),
        (b"data: {}\ndata: {}\n\n", [ServerEvent("", "{}"), ServerEvent("", "{}")]),
        (b"data: {\ndata: }\n\n", [ServerEvent("", "{\n}")]),
        (b"data: [DONE]\ndata: x\n\n", [ServerEvent("", "[DONE]"), ServerEvent("", "x")]),
        (b"data: {}", [ServerEvent("", "{}")]),
        (b"data: {}\n", [ServerEvent("", "{}")]),
        (b"data: {", [Cut("{")]),
        (b"data: text\n", [Cut("text")]),
        (b"dat", [Cut("dat")]),
        (b"oops", [Line("oops")]),
        (b"\xef\xbb\xbfoops", [Line("oops")]),
    ],
)
def test_bodies(body: bytes, items: list[Item]) -> None:
    assert _split(body) == items
    assert _split(*(body[place : place + 1] for place in range(len(body)))) == items


@often
@given(st.data())
def test_no_cut_changes_the_items(data: st.DataObject) -> None:
    body = data.draw(shards)

    assert _split(*data.draw(cuts(body)), limit=40) == _split(*(body[n : n + 1] for n in range(len(body))), limit=40)


@pytest.mark.parametrize(
    ("body", "items"),
    [
        (b"data: 123456789012345\n\ndata: b\n\n", [TooLarge(20), ServerEvent("", "b")]),
        (b"data: 12345678901234567890123\ndata: more\n\ndata: b\n\n", [TooLarge(20), ServerEvent("", "b")]),
        (b"data: 1234567890\ndata: 67890\n\ndata: b\n\n", [TooLarge(20), ServerEvent("", "b")]),
        (b"event: error\ndata: 1234567890123456\n\ndata: b\n\n", [TooLarge(20), ServerEvent("", "b")]),
        (b"123456789012345678901234\n{}\n", [TooLarge(20), Line("{}")]),
        (b"123456789012345678901234", [TooLarge(20)]),
    ],
)
def test_what_is_too_large_is_refused_and_the_rest_is_read(body: bytes, items: list[Item]) -> None:
    assert _split(*(body[place : place + 1] for place in range(len(body))), limit=20) == items


@pytest.mark.parametrize("whole", [b"{}", b" [1] ", b"[DONE]", b'{"a": "\t"}'])
def test_whole(whole: bytes) -> None:
    assert is_whole(whole)


@pytest.mark.parametrize("part", [b"", b"{", b"1", b'{"a": }', b"[" * 200_000 + b"]" * 200_000, b"[DONE", b"text"])
def test_not_whole(part: bytes) -> None:
    assert not is_whole(part)
