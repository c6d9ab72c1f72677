"""The journal: everything that happens is told to it, and a thread of its own writes it down.

Every method but `flush`, `claim_tabs` and `close` only puts something into a queue: an append, and at most once per write
the waking of the writer. None raises. Call it from one thread, the one that owns the conversations.
"""

from __future__ import annotations

import threading
import time
import weakref
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from tui.engine.answer import Answer
from tui.engine.conversation import Conversation
from tui.engine.events import Kept
from tui.engine.turn import Turn, new_id
from tui.storage import changes
from tui.storage.backlog import LIMIT
from tui.storage.changes import OpenTab
from tui.storage.files import DATABASE
from tui.storage.instances import SavedTab
from tui.storage.replay import rows_of
from tui.storage.store import Store
from tui.storage.writer import Call, Status, Writer

__all__ = ["Journal", "OpenTab", "SavedTab", "Status"]

GATHER = 0.05  # seconds that events gather before they are written together


class Journal:
    """Keeps conversations in `<data_dir>/streamtui.db`. With `save=False` nothing is written and no file is touched.

    `on_status` is called in the writer's thread whenever `status` changes. Without `threaded`, `pump` does the writing.
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        save: bool = True,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
        on_status: Callable[[Status], None] = lambda status: None,
        threaded: bool = True,
        busy_ms: int = 1000,
        limit: int = LIMIT,
    ) -> None:
        self.instance = new_id()
        self._clock = clock
        self._store = Store(data_dir / DATABASE, self.instance, wall=wall, busy_ms=busy_ms)
        self._writer = Writer(self._store, clock=clock, on_status=on_status, limit=limit)
        self._append = self._writer.queue.append
        self._open: weakref.WeakValueDictionary[str, Conversation] = weakref.WeakValueDictionary()
        self._unstarted: dict[str, Answer] = {}  # answers whose start is not known yet
        self._mended: Status | None = None  # the status that made us save everything anew
        self._saves, self._closing = save, False
        self._awake = False
        self._wake, self._hurry = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None
        if not save:
            self._writer.status = Status(saving=False, reason="saving is off")
        elif threaded:
            self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
            self._thread.start()

    @property
    def status(self) -> Status:
        """Whether it saves, and if not, why not."""
        return self._writer.status

    def conversation(self, conversation: Conversation) -> None:
        """Save a conversation's own fields (title, model, system, ...); it must be told before its first turn."""
        self._open[conversation.id] = conversation
        self._mend()
        self._put(changes.SaveConversation.of(conversation))

    def turn(self, conversation: Conversation, turn: Turn) -> None:
        """Save a turn: its prompts, where its answers stand, which is shown. Tell it before the events of a new answer."""
        self._mend()
        self._save_turn(conversation, turn)

    def event(self, answer_id: str, event: Kept) -> None:
        """Save one event of an answer, or what became of a tool that it called."""
        if self._unstarted:
            self._note_start(answer_id)
        if self._saves:
            self._append((answer_id, event, self._clock()))
            if not self._awake:
                self._rouse()

    def rename(self, conversation_id: str, title: str) -> None:
        """Give a conversation a title. One that is open here must get it too, as `Conversation.title`."""
        self._put(changes.Rename(conversation_id, title))

    def delete(self, conversation_id: str) -> None:
        """Delete a conversation for good. What is still said about it afterwards is not saved."""
        self._open.pop(conversation_id, None)
        self._put(changes.Delete(conversation_id))

    def draft(self, conversation_id: str, text: str) -> None:
        """Save what stands unsent in the prompt of a conversation's tab; "" is nothing."""
        self._mend()
        self._put(changes.Draft(conversation_id, text))

    def tabs(self, tabs: Sequence[OpenTab]) -> None:
        """Save which tabs are open, in order, and which is in front."""
        self._mend()
        self._put(changes.OpenTabs(tuple(tabs)))

    def save_anew(self) -> None:
        """Save everything of the conversations that are open here, whatever the database has of them."""
        for conversation in list(self._open.values()):
            self._put(changes.SaveConversation.of(conversation))
            for turn in conversation.turns:
                self._save_turn(conversation, turn)
                for answer in turn.answers:
                    self._put(changes.ReplaceAnswer(answer.id, tuple(rows_of(answer))))

    def claim_tabs(self, timeout: float = 10.0) -> list[SavedTab]:
        """Take over the tabs of instances that no longer run; waits, so call it in a thread. Nothing to claim: []."""
        return list(self._ask(lambda db, stamp: self._store.claim_tabs(db, stamp), [], timeout))

    def flush(self, timeout: float = 5.0) -> bool:
        """Wait until all that was told before is on disk; whether it is."""
        return bool(self._ask(lambda db, stamp: True, False, timeout))

    def pump(self) -> None:
        """Write what waits, in this thread: for tests, which have no writer's thread."""
        self._writer.pump()

    def close(self, timeout: float = 5.0) -> None:
        """Write what waits if that is possible, and end."""
        if not self._saves:
            return
        self._mend()
        self._saves, self._closing = False, True
        if self._thread is None:
            self._writer.close()
            return
        self._hurry.set()
        self._wake.set()
        self._thread.join(timeout)

    def _save_turn(self, conversation: Conversation, turn: Turn) -> None:
        if self._saves:
            self._unstarted.update((answer.id, answer) for answer in turn.answers if answer.meter.started is None)
            self._put(changes.SaveTurn.of(conversation, turn, self._clock()))

    def _note_start(self, answer_id: str) -> None:
        answer = self._unstarted.pop(answer_id, None)
        if answer is not None and answer.meter.started is not None:
            self._put(changes.Started(answer_id, answer.meter.started))

    def _mend(self) -> None:
        """Make good what the database lost. Not from `event`, where the answer may be ahead of the events told so far."""
        status = self._writer.status
        if status.incomplete and status.saving and status is not self._mended:
            self._mended = status
            self.save_anew()

    def _put(self, change: changes.Change) -> None:
        if self._saves:
            self._append(change)
            if not self._awake:
                self._rouse()

    def _ask(self, ask: Callable[..., Any], otherwise: Any, timeout: float) -> Any:
        if not self._saves:
            return otherwise
        call = Call(ask, otherwise, Future())
        self._append(call)
        if self._thread is None:
            self._writer.pump(now_or_never=True)
        self._hurry.set()
        self._rouse()
        try:
            return call.reply.result(timeout)
        except TimeoutError:
            return otherwise

    def _rouse(self) -> None:
        self._awake = True
        self._wake.set()

    def _run(self) -> None:
        """The writer's thread. It sleeps while there is nothing to write."""
        try:
            while not self._closing:
                self._wake.wait(self._writer.patience())
                self._wake.clear()
                self._hurry.wait(GATHER)
                self._hurry.clear()
                self._awake = False  # from here on whoever adds something wakes the writer again
                self._writer.pump()
            self._writer.close()
        except Exception as error:  # the worker's edge: saving may fail, the app may not
            self._saves = False
            self._writer.stop(f"the journal broke ({type(error).__name__}: {error})")
