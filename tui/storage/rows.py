"""The rows of an answer in the database: appended, read, and what is done when they are complete."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tui.engine import events
from tui.engine.answer import Answer
from tui.engine.failure import Failure
from tui.storage.codec import Row, encode, unpack
from tui.storage.replay import restore

if TYPE_CHECKING:
    import sqlite3


def add_rows(db: sqlite3.Connection, answer: str, rows: Sequence[Row]) -> None:
    """Append rows to an answer; none if it is not there (any more)."""
    db.executemany(
        "INSERT INTO events(answer, kind, choice, at, until, body) SELECT n, ?, ?, ?, ?, ? FROM answers WHERE id = ?",
        [(row.kind, row.choice, row.at, row.until, row.body, answer) for row in rows],
    )


def read_answer(db: sqlite3.Connection, answer: str) -> Answer | None:
    """The answer with this id, restored; None if there is none."""
    found = db.execute("SELECT n, model, started FROM answers WHERE id = ?", (answer,)).fetchone()
    if found is None:
        return None
    number, model, started = found
    rows = db.execute("SELECT kind, choice, at, until, body FROM events WHERE answer = ? ORDER BY n", (number,))
    return restore(answer, unpack(model), started, (Row(*row) for row in rows))


def finish(db: sqlite3.Connection, answer: str, now: float) -> None:
    """The last row of an answer is in: note its state, and make it findable. `now` is by the wall clock."""
    restored = read_answer(db, answer)
    if restored is None:
        return
    number, conversation = db.execute(
        "UPDATE answers SET state = ? WHERE id = ? RETURNING n, conversation", (restored.state, answer)
    ).fetchone()
    db.execute("UPDATE conversations SET updated = ? WHERE id = ?", (now, conversation))
    said = [choice.joined("text") or choice.joined("refusal") for choice in restored.choices.values()]
    index(db, 2 * number, "\n\n".join(said))


def fail(db: sqlite3.Connection, answer: str, failure: Failure, now: float) -> None:
    """End an answer that has no end of its own, at the time of its last row."""
    started, last = db.execute(
        "SELECT max(started), max(until) FROM answers LEFT JOIN events ON events.answer = answers.n WHERE id = ?", (answer,)
    ).fetchone()
    if started is None:
        return
    at = started if last is None else last
    add_rows(db, answer, [encode(events.Failed(failure), at, at)])
    finish(db, answer, now)


def index(db: sqlite3.Connection, rowid: int, text: str) -> None:
    """Make `text` findable under `rowid`, in place of what was there."""
    db.execute("DELETE FROM search WHERE rowid = ?", (rowid,))
    if text.strip():
        db.execute("INSERT INTO search(rowid, text) VALUES (?, ?)", (rowid, text.encode("utf-8", "replace").decode()))
