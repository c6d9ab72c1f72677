"""Changes other than events, as immutable snapshots: made by the thread that owns the data, written by the writer.

A conversation that was deleted stays deleted, whatever is still said about it: `deleted` remembers ids, nothing else.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from tui.engine.answer import Answer
from tui.engine.conversation import Conversation
from tui.engine.turn import Turn
from tui.storage.codec import TERMINAL, Row, pack, pack_json
from tui.storage.rows import add_rows, finish, index

if TYPE_CHECKING:
    import sqlite3


@dataclass(frozen=True, slots=True)
class Stamp:
    """Who writes, and when, by the wall clock."""

    instance: str
    now: float


class Change(Protocol):
    """One thing to write. Of two with one key that wait, either the last or both may be written, in order."""

    @property
    def key(self) -> Hashable: ...

    def write(self, db: sqlite3.Connection, stamp: Stamp) -> None:
        """Write it, within a transaction. Raises sqlite3.Error."""


@dataclass(frozen=True, slots=True)
class SaveConversation:
    """A conversation's own fields; its turns are saved one by one."""

    id: str
    title: str
    model: str
    endpoint: str
    system: str | None
    params: Mapping[str, Any]

    @classmethod
    def of(cls, conversation: Conversation) -> SaveConversation:
        """A snapshot."""
        talk = conversation
        return cls(talk.id, talk.title, talk.model, talk.endpoint_name, talk.system, dict(talk.params))

    @property
    def key(self) -> Hashable:
        return "conversation", self.id

    def write(self, db: sqlite3.Connection, stamp: Stamp) -> None:
        system = None if self.system is None else pack(self.system)
        fields = (pack(self.title), pack(self.model), pack(self.endpoint), system, pack_json(self.params))
        db.execute(
            "INSERT INTO conversations(id, title, model, endpoint, system, params, created, updated)"
            " SELECT ?, ?, ?, ?, ?, ?, ?, ? WHERE NOT EXISTS (SELECT 1 FROM deleted WHERE id = ?)"
            " ON CONFLICT(id) DO UPDATE SET title = excluded.title, model = excluded.model, endpoint = excluded.endpoint,"
            " system = excluded.system, params = excluded.params",
            (self.id, *fields, stamp.now, stamp.now, self.id),
        )


@dataclass(frozen=True, slots=True)
class Place:
    """Where an answer stands in its turn."""

    answer: str
    model: str
    reply: int
    step: int
    version: int
    seam: int | None
    started: float


@dataclass(frozen=True, slots=True)
class SaveTurn:
    """A turn: its prompts, and where its answers stand."""

    conversation: str
    id: str
    position: int
    shown: int
    prompts: tuple[str, ...]
    places: tuple[Place, ...]

    @classmethod
    def of(cls, conversation: Conversation, turn: Turn, now: float) -> SaveTurn:
        """A snapshot. `now` is the start of answers whose stream has not begun."""
        position = next(place for place, candidate in enumerate(conversation.turns) if candidate is turn)
        return cls(conversation.id, turn.id, position, turn.shown, tuple(turn.prompts), tuple(_places(turn, now)))

    @property
    def key(self) -> Hashable:
        return "turn", self.id

    def write(self, db: sqlite3.Connection, stamp: Stamp) -> None:
        updated = db.execute("UPDATE conversations SET updated = ? WHERE id = ?", (stamp.now, self.conversation))
        if not updated.rowcount:
            return  # deleted meanwhile
        db.execute(
            "INSERT INTO turns(id, conversation, position, shown) VALUES (?, ?, ?, ?)"
            " ON CONFLICT(id) DO UPDATE SET position = excluded.position, shown = excluded.shown",
            (self.id, self.conversation, self.position, self.shown),
        )
        for version, prompt in enumerate(self.prompts):
            self._write_prompt(db, stamp, version, prompt)
        for place in self.places:
            self._write_place(db, stamp, place)

    def _write_prompt(self, db: sqlite3.Connection, stamp: Stamp, version: int, prompt: str) -> None:
        if db.execute("SELECT 1 FROM prompts WHERE turn = ? AND version = ?", (self.id, version)).fetchone():
            return
        row = db.execute(
            "INSERT INTO prompts(conversation, turn, version, created, text) VALUES (?, ?, ?, ?, ?)",
            (self.conversation, self.id, version, stamp.now, pack(prompt)),
        )
        index(db, 2 * (row.lastrowid or 0) + 1, prompt)

    def _write_place(self, db: sqlite3.Connection, stamp: Stamp, place: Place) -> None:
        standing = (place.reply, place.step, place.version, place.seam)
        db.execute(
            "INSERT INTO answers(id, conversation, turn, reply, step, version, seam, model, instance, started)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT(id) DO UPDATE SET reply = excluded.reply, step = excluded.step, version = excluded.version,"
            " seam = excluded.seam",
            (place.answer, self.conversation, self.id, *standing, pack(place.model), stamp.instance, place.started),
        )


def _places(turn: Turn, now: float) -> Iterator[Place]:
    for number, reply in enumerate(turn.replies):
        for step, (answer, seam) in enumerate(zip(reply.answers, [0, *reply.seams], strict=True)):
            yield Place(answer.id, answer.requested_model, number, step, reply.version, seam, _start(answer, now))


def _start(answer: Answer, now: float) -> float:
    return now if answer.meter.started is None else answer.meter.started


@dataclass(frozen=True, slots=True)
class Started:
    """When an answer's request went out, on the clock of its events."""

    answer: str
    at: float

    @property
    def key(self) -> Hashable:
        return "started", self.answer

    def write(self, db: sqlite3.Connection, stamp: Stamp) -> None:
        db.execute("UPDATE answers SET started = ? WHERE id = ?", (self.at, self.answer))


@dataclass(frozen=True, slots=True)
class ReplaceAnswer:
    """Everything that is known of an answer, in place of what the journal has of it."""

    answer: str
    rows: tuple[Row, ...]

    @property
    def key(self) -> Hashable:
        return "answer", self.answer

    def write(self, db: sqlite3.Connection, stamp: Stamp) -> None:
        db.execute("DELETE FROM events WHERE answer = (SELECT n FROM answers WHERE id = ?)", (self.answer,))
        db.execute("UPDATE answers SET state = NULL, instance = ? WHERE id = ?", (stamp.instance, self.answer))
        add_rows(db, self.answer, self.rows)
        if any(row.kind in TERMINAL for row in self.rows):
            finish(db, self.answer, stamp.now)


@dataclass(frozen=True, slots=True)
class Rename:
    """A title that the person gave."""

    conversation: str
    title: str

    @property
    def key(self) -> Hashable:
        return "title", self.conversation

    def write(self, db: sqlite3.Connection, stamp: Stamp) -> None:
        db.execute("UPDATE conversations SET title = ? WHERE id = ?", (pack(self.title), self.conversation))


@dataclass(frozen=True, slots=True)
class Draft:
    """What stands unsent in the prompt of a conversation's tab; "" is nothing."""

    conversation: str
    text: str

    @property
    def key(self) -> Hashable:
        return "draft", self.conversation

    def write(self, db: sqlite3.Connection, stamp: Stamp) -> None:
        if self.text:
            db.execute("INSERT OR REPLACE INTO drafts(conversation, text) VALUES (?, ?)", (self.conversation, pack(self.text)))
        else:
            db.execute("DELETE FROM drafts WHERE conversation = ?", (self.conversation,))


@dataclass(frozen=True, slots=True)
class OpenTab:
    """A tab as it stands; its place is the place in the list. The conversation need not have a turn yet."""

    conversation: str
    model: str = ""
    endpoint_name: str = ""
    active: bool = False


@dataclass(frozen=True, slots=True)
class OpenTabs:
    """All tabs of this instance, in order."""

    tabs: tuple[OpenTab, ...]

    @property
    def key(self) -> Hashable:
        return "tabs"

    def write(self, db: sqlite3.Connection, stamp: Stamp) -> None:
        db.execute("DELETE FROM tabs WHERE instance = ?", (stamp.instance,))
        db.executemany(
            "INSERT INTO tabs(instance, position, conversation, model, endpoint, active, seen) VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (stamp.instance, place, tab.conversation, pack(tab.model), pack(tab.endpoint_name), tab.active, stamp.now)
                for place, tab in enumerate(self.tabs)
            ],
        )
        # drafts of tabs that were closed without a turn can't be reached again
        db.execute(
            "DELETE FROM drafts WHERE conversation NOT IN (SELECT conversation FROM tabs)"
            " AND conversation NOT IN (SELECT id FROM conversations)"
        )


@dataclass(frozen=True, slots=True)
class Delete:
    """Delete a conversation for good, out of the search index too."""

    conversation: str

    @property
    def key(self) -> Hashable:
        return "delete", self.conversation

    def write(self, db: sqlite3.Connection, stamp: Stamp) -> None:
        indexed = "SELECT 2 * n FROM answers WHERE conversation = ? UNION SELECT 2 * n + 1 FROM prompts WHERE conversation = ?"
        wanted = (self.conversation,)
        db.execute("INSERT OR IGNORE INTO deleted(id) VALUES (?)", wanted)
        db.execute(f"DELETE FROM search WHERE rowid IN ({indexed})", wanted * 2)  # noqa: S608 - constant text
        db.execute("DELETE FROM events WHERE answer IN (SELECT n FROM answers WHERE conversation = ?)", wanted)
        for table in ("answers", "prompts", "turns", "drafts", "tabs"):
            db.execute(f"DELETE FROM {table} WHERE conversation = ?", wanted)  # noqa: S608 - constant names
        db.execute("DELETE FROM conversations WHERE id = ?", wanted)
        # deleted words stay in the index's segments until these are merged
        db.execute("INSERT INTO search(search) VALUES ('optimize')")
