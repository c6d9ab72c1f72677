"""A journal without a thread or a real clock, and conversations to tell it."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any, ClassVar

from tui.engine import events
from tui.engine.answer import Answer, Part
from tui.engine.conversation import Conversation
from tui.engine.failure import Failure
from tui.storage.files import DATABASE
from tui.storage.history import History
from tui.storage.journal import Journal
from tui.storage.writer import Status

BROKEN = events.Failed(Failure("closed", "The connection closed.", "peer", "Retry.", "req_1", 200, 1.5))


class Clock:
    """Seconds that pass only when a test says so."""

    def __init__(self, now: float = 1000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


class Desk:
    """A journal in `folder`, pumped by hand, and what one does with it. Those that a test leaves open are closed after it."""

    open: ClassVar[list[Desk]] = []

    def __init__(self, folder: Path, **options: Any) -> None:
        self.folder = folder
        self.clock = Clock()
        self.told: list[Status] = []
        self.journal = Journal(
            folder, clock=self.clock, wall=self.clock, on_status=self.told.append, threaded=False, busy_ms=1, **options
        )
        self.history = History(folder, self.journal.instance)
        self.open.append(self)

    @classmethod
    def leave(cls) -> None:
        """Let go of every database, writing nothing."""
        while cls.open:
            cls.open.pop().journal._store.release()

    @property
    def path(self) -> Path:
        return self.folder / DATABASE

    def ask(self, prompt: str, conversation: Conversation | None = None) -> tuple[Conversation, Answer]:
        """Begin a turn, and tell the journal."""
        talk = conversation or Conversation(model="m", endpoint_name="e")
        turn, answer = talk.ask(prompt)
        self.journal.conversation(talk)
        self.journal.turn(talk, turn)
        return talk, answer

    def say(self, answer: Answer, *what: str | events.Event) -> Answer:
        """Let things happen to an answer, in the way that a driver does."""
        if answer.meter.started is None:
            answer.meter.start(self.clock())
        for thing in what:
            event = events.TextDelta(thing) if isinstance(thing, str) else thing
            answer.apply(event, self.clock())
            self.journal.event(answer.id, event)
        return answer

    def whole(self, prompt: str, *what: str | events.Event, conversation: Conversation | None = None) -> Conversation:
        """A turn with an answer that is complete, written."""
        talk, answer = self.ask(prompt, conversation)
        self.say(answer, *what, events.Finished())
        self.journal.pump()
        return talk

    def load(self, conversation: Conversation) -> Conversation:
        """What the database has of it."""
        loaded = self.history.load(conversation.id)
        assert loaded is not None
        return loaded

    def answer(self, conversation: Conversation) -> Answer:
        """What the database has of its last answer."""
        last = self.load(conversation).last
        assert last is not None
        return last.answer

    def rows(self, query: str) -> list[Any]:
        """Ask the database itself."""
        db = sqlite3.connect(self.path)
        try:
            return db.execute(query).fetchall()
        finally:
            db.close()


def facts(answer: Answer) -> dict[str, Any]:
    """Everything that an answer says of itself, comparable; the time of the first token from the start on."""
    meter = answer.meter
    start = meter.started or 0.0
    times = (meter.first, meter.last, meter.ended)
    return {
        "id": answer.id,
        "asked": answer.requested_model,
        "state": answer.state,
        "choices": {index: (list(map(_part, choice.parts)), choice.reason) for index, choice in answer.choices.items()},
        "who": (answer.model, answer.response_id, answer.request_id, answer.status),
        "usage": answer.usage,
        "failure": answer.failure,
        "notes": answer.footnotes,
        "reattached": answer.reattached,
        "times": [None if at is None else round(at - start, 6) for at in times],
        "tokens": round(meter.tokens, 6),
    }


def _part(part: Part) -> tuple[Any, ...]:
    call = part.call
    return part.kind, part.log.since(0), call and (call.index, call.id, call.name)
