"""What was saved, read back: the list of conversations, search, whole conversations, earlier prompts.

Every method opens a connection of its own and may take a while: call it in a thread. All raise HistoryError and nothing
else. To rename and to delete, tell the journal; to see what was told to it just now, flush it first.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, islice
from pathlib import Path
from typing import TYPE_CHECKING

from tui.engine.answer import Answer
from tui.engine.conversation import Conversation
from tui.engine.turn import Reply, Turn
from tui.storage import lease, search
from tui.storage.codec import unpack
from tui.storage.files import DATABASE
from tui.storage.reading import HistoryError, reading
from tui.storage.rows import read_answer
from tui.storage.search import Snippet

if TYPE_CHECKING:
    import sqlite3

__all__ = ["Found", "History", "HistoryError", "Summary"]


@dataclass(frozen=True, slots=True)
class Summary:
    """One line of the list of conversations. Times are by the wall clock, in seconds."""

    id: str
    title: str
    model: str
    endpoint_name: str
    created: float
    updated: float
    turns: int
    answers: int
    open_elsewhere: bool  # in a tab of another instance that runs


@dataclass(frozen=True, slots=True)
class Found:
    """A conversation in which something was found, and where; the snippet is empty where only the title matched."""

    summary: Summary
    snippet: Snippet


class History:
    """Reads `<data_dir>/streamtui.db`; without one, everything is empty. `instance` is this one's own, if it has any."""

    def __init__(self, data_dir: Path, instance: str = "") -> None:
        self._folder = data_dir
        self._path = data_dir / DATABASE
        self._instance = instance

    def conversations(self, limit: int = 500) -> list[Summary]:
        """The conversations with at least one turn, the last used first."""
        with reading(self._path) as db:
            return list(islice(self._summaries(db), limit))

    def search(self, query: str, limit: int = 100) -> list[Found]:
        """Conversations that hold every word of `query`, in a title, a prompt or an answer, the best first."""
        with reading(self._path) as db:
            found = search.find(db, query)
            summaries = {summary.id: summary for summary in self._summaries(db)} if found else {}
            return [Found(summaries[name], snippet) for name, snippet in found.items() if name in summaries][:limit]

    def load(self, conversation_id: str) -> Conversation | None:
        """A whole conversation, all answers final; None if it was not saved. Where `open_elsewhere`, it is as of now."""
        with reading(self._path) as db:
            return _load(db, conversation_id)

    def prompts(self, limit: int = 200) -> list[str]:
        """The last prompts of all conversations, the oldest first, each once."""
        with reading(self._path) as db:
            rows = db.execute("SELECT text FROM prompts ORDER BY n DESC LIMIT ?", (limit,))
            latest_first = dict.fromkeys(unpack(text) for (text,) in rows)
            return list(latest_first)[::-1]

    def _summaries(self, db: sqlite3.Connection) -> Iterator[Summary]:
        elsewhere = self._open_elsewhere(db)
        rows = db.execute(
            "SELECT id, title, model, endpoint, created, updated,"
            " (SELECT count(*) FROM turns WHERE conversation = conversations.id) AS counted,"
            " (SELECT count(*) FROM answers WHERE conversation = conversations.id)"
            " FROM conversations WHERE counted > 0 ORDER BY updated DESC"
        )
        for name, title, model, endpoint, created, updated, turns, answers in rows:
            words = (unpack(title), unpack(model), unpack(endpoint))
            yield Summary(name, *words, created, updated, turns, answers, name in elsewhere)

    def _open_elsewhere(self, db: sqlite3.Connection) -> set[str]:
        tabs = db.execute("SELECT instance, conversation FROM tabs ORDER BY instance").fetchall()
        return {
            conversation
            for owner, owned in groupby(tabs, key=lambda tab: tab[0])
            if owner != self._instance and lease.runs(self._folder, owner)
            for _, conversation in owned
        }


def _load(db: sqlite3.Connection, conversation_id: str) -> Conversation | None:
    row = db.execute(
        "SELECT title, model, endpoint, system, params FROM conversations WHERE id = ?", (conversation_id,)
    ).fetchone()
    if row is None:
        return None
    title, model, endpoint, system, params = row
    turns = db.execute(
        "SELECT id, shown FROM turns WHERE conversation = ? ORDER BY position, rowid", (conversation_id,)
    ).fetchall()
    return Conversation(
        conversation_id,
        unpack(title),
        unpack(model),
        unpack(endpoint),
        None if system is None else unpack(system),
        json.loads(params) or {},
        [turn for name, shown in turns if (turn := _turn(db, name, shown)) is not None],
    )


def _turn(db: sqlite3.Connection, turn_id: str, shown: int) -> Turn | None:
    prompts = db.execute("SELECT text FROM prompts WHERE turn = ? ORDER BY version", (turn_id,))
    places = db.execute(
        "SELECT reply, version, seam, id FROM answers WHERE turn = ? ORDER BY reply, step", (turn_id,)
    ).fetchall()
    replies = [_reply(db, list(steps)) for _, steps in groupby(places, key=lambda place: place[0])]
    if not replies:
        return None
    turn = Turn(turn_id, [unpack(text) for (text,) in prompts], replies, min(shown, len(replies) - 1))
    turn.settle()  # what was undecided when the stream was cut off
    return turn


def _reply(db: sqlite3.Connection, steps: list[tuple[int, int, int | None, str]]) -> Reply:
    answers = [read_answer(db, name) or Answer("", id=name) for *_, name in steps]
    return Reply(answers, [seam for _, _, seam, _ in steps[1:]], version=steps[0][1])
