"""Full-text search in prompts, answers and titles: every word of the query must be there, as the beginning of a word."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

Snippet = tuple[tuple[str, bool], ...]  # pieces of text, and whether each is what was looked for
_FROM, _TO = "\x02", "\x03"  # around a match; text of the model's that holds them only marks too much
_LONG = 50_000  # characters from which on SQLite takes too long to choose a snippet
_AROUND = 60  # characters before and after a match that was found by reading
_MOST = 1000  # matches that are looked at, the best first


def find(db: sqlite3.Connection, query: str) -> dict[str, Snippet]:
    """Conversation id → a snippet of its best match, best conversation first; titles before all. Raises sqlite3.Error."""
    words = query.replace("\x00", " ").encode("utf-8", "replace").decode().split()
    if not words:
        return {}
    found = dict.fromkeys(_titled(db, words), ())  # type: dict[str, Snippet]
    matches = _scanned(db, words) if any(_needs_reading(word) for word in words) else _indexed(db, words)
    for rowid, snippet in matches:
        conversation = _conversation_of(db, rowid)
        if conversation is not None and not found.get(conversation):
            found[conversation] = snippet
    return found


def _needs_reading(word: str) -> bool:
    """Whether the index can't find it: it knows words between spaces, and nothing of punctuation alone."""
    wide = any(unicodedata.east_asian_width(character) == "W" for character in word)
    return wide or not any(character.isalnum() for character in word)


def _indexed(db: sqlite3.Connection, words: list[str]) -> Iterator[tuple[int, Snippet]]:
    pattern = " ".join('"' + word.replace('"', '""') + '"*' for word in words)
    rows = db.execute(
        "SELECT rowid, CASE WHEN length(text) < ? THEN snippet(search, 0, ?, ?, '…', 16) END FROM search"
        " WHERE search MATCH ? ORDER BY rank LIMIT ?",
        (_LONG, _FROM, _TO, pattern, _MOST),
    )
    for rowid, marked in rows:
        yield rowid, _around(_text(db, rowid), words[0]) if marked is None else _pieces(marked)


def _scanned(db: sqlite3.Connection, words: list[str]) -> Iterator[tuple[int, Snippet]]:
    where = " AND ".join(["text LIKE ? ESCAPE '\\'"] * len(words))
    rows = db.execute(
        f"SELECT rowid, text FROM search WHERE {where} ORDER BY rowid DESC LIMIT {_MOST}",  # noqa: S608 - constant text
        [_like(word) for word in words],
    )
    return ((rowid, _around(text, words[0])) for rowid, text in rows)


def _titled(db: sqlite3.Connection, words: list[str]) -> list[str]:
    where = " AND ".join(["CAST(title AS TEXT) LIKE ? ESCAPE '\\'"] * len(words))
    rows = db.execute(
        f"SELECT id FROM conversations WHERE {where} ORDER BY updated DESC",  # noqa: S608 - constant text
        [_like(word) for word in words],
    )
    return [conversation for (conversation,) in rows]


def _text(db: sqlite3.Connection, rowid: int) -> str:
    return str(db.execute("SELECT text FROM search WHERE rowid = ?", (rowid,)).fetchone()[0])


def _like(word: str) -> str:
    escaped = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def _conversation_of(db: sqlite3.Connection, rowid: int) -> str | None:
    table = "prompts" if rowid % 2 else "answers"
    row = db.execute(f"SELECT conversation FROM {table} WHERE n = ?", (rowid // 2,)).fetchone()  # noqa: S608 - constant names
    return row[0] if row else None


def _pieces(marked: str) -> Snippet:
    before, *rest = marked.split(_FROM)
    pieces = [(before, False)]
    for piece in rest:
        match, _, after = piece.partition(_TO)
        pieces += [(match, True), (after, False)]
    return tuple((text, hit) for text, hit in pieces if text)


def _around(text: str, word: str) -> Snippet:
    at = text.lower().find(word.lower())
    if at < 0:
        return ((text[: 2 * _AROUND] + "…", False),)  # the index knows it in another spelling, with accents or without
    start, end = max(at - _AROUND, 0), at + len(word)
    before, after = text[start:at], text[end : end + _AROUND]
    pieces = [("…" * (start > 0) + before, False), (text[at:end], True), (after + "…" * (end + _AROUND < len(text)), False)]
    return tuple((piece, hit) for piece, hit in pieces if piece)
