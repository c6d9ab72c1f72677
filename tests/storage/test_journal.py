"""What the journal is told, and what is then on disk."""

from __future__ import annotations

import json
import os
import queue
import sqlite3
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.storage.journal_kit import BROKEN, Desk, facts
from tui.engine import events
from tui.engine.conversation import Conversation
from tui.storage.journal import Journal, OpenTab
from tui.storage.writer import Status, Writer


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "data")


def test_a_conversation_is_read_back_whole(desk: Desk) -> None:
    talk = Conversation(title="T\ud83d", model="m", endpoint_name="e", system="Be\ud83d brief.", params={"temperature": 0.5})
    desk.whole("one", "1", conversation=talk)
    desk.whole("two", "2", conversation=talk)
    loaded = desk.load(talk)
    fields = ("id", "title", "model", "endpoint_name", "system", "params")
    assert [getattr(loaded, name) for name in fields] == [getattr(talk, name) for name in fields]
    assert [(turn.id, turn.prompt, turn.answer.text) for turn in loaded.turns] == [
        (turn.id, turn.prompt, text) for turn, text in zip(talk.turns, "12", strict=True)
    ]


def test_alternatives_and_edited_prompts_come_back(desk: Desk) -> None:
    talk = desk.whole("one", "a")
    turn = talk.turns[0]
    retried = talk.retry()
    desk.journal.turn(talk, turn)
    desk.say(retried, "b", BROKEN)
    _, edited = talk.edit_last("uno")
    desk.journal.turn(talk, turn)
    desk.say(edited, "c", events.Finished())
    talk.select_alternative(-1)
    desk.journal.turn(talk, turn)
    desk.journal.pump()
    loaded = desk.load(talk).turns[0]
    assert (loaded.shown, loaded.prompt, loaded.prompts) == (1, "one", ["one", "uno"])
    assert [(reply.version, reply.text, reply.answer.state) for reply in loaded.replies] == [
        (0, "a", "complete"),
        (0, "b", "interrupted"),
        (1, "c", "complete"),
    ]


def test_a_continuation_comes_back_with_its_seam(desk: Desk) -> None:
    talk, partial = desk.ask("one")
    desk.say(partial, "The quick brown", BROKEN)
    rest = talk.continue_answer()
    desk.journal.turn(talk, talk.turns[0])
    desk.say(rest, "brown fox")
    desk.journal.pump()
    assert desk.load(talk).turns[0].reply.seams == [5]  # not told yet, but decided on reading
    talk.settle()
    desk.journal.turn(talk, talk.turns[0])
    desk.say(rest, events.Finished())
    desk.journal.pump()
    reply = desk.load(talk).turns[0].reply
    assert (reply.text, reply.seams, [answer.text for answer in reply.answers]) == (
        "The quick brown fox",
        [5],
        ["The quick brown", "brown fox"],
    )
    assert desk.rows("SELECT seam FROM answers ORDER BY step") == [(0,), (5,)]


def test_deltas_of_one_write_are_one_row(desk: Desk) -> None:
    talk, answer = desk.ask("one")
    usage = [events.UsageReported({"completion_tokens": count}) for count in range(50)]
    for count in range(50):
        desk.say(answer, f"{count} ", events.TextDelta("", 0), usage[count], events.TextDelta("other", 1))
        desk.say(answer, events.ToolCallDelta(0, None if count else "id", None if count else "name", "x"))
    desk.journal.pump()
    assert desk.rows("SELECT kind, choice FROM events ORDER BY n") == [
        ("text", "0"),
        ("usage", None),
        ("text", "1"),
        ("tool", None),
        ("text", "0"),
    ]
    desk.say(answer, events.Finished())
    desk.journal.pump()
    assert facts(desk.answer(talk)) == facts(answer)


def test_when_the_stream_began_is_kept_even_if_it_is_told_late(desk: Desk) -> None:
    talk, answer = desk.ask("one")
    desk.clock.now += 1.5  # the client is still being imported
    answer.meter.start(desk.clock())
    desk.clock.now += 0.25
    desk.say(answer, "a", events.Finished())
    desk.journal.pump()
    assert desk.answer(talk).meter.first_token == 0.25


def test_a_running_answer_is_on_disk_up_to_the_last_write(desk: Desk) -> None:
    talk, answer = desk.ask("one")
    desk.say(answer, "kept ")
    desk.journal.pump()
    desk.say(answer, "not yet")
    stored = desk.answer(talk)
    assert (stored.text, stored.state) == ("kept ", "interrupted")


def test_drafts_and_tabs(desk: Desk, tmp_path: Path) -> None:
    talk = desk.whole("one", "1")
    empty = Conversation()
    desk.journal.draft(talk.id, "first")
    desk.journal.draft(talk.id, "second \ud83d")
    desk.journal.draft(empty.id, "unsent")
    desk.journal.tabs([OpenTab(talk.id, "m", "e"), OpenTab(empty.id, "n", "f", active=True)])
    desk.journal.close()
    tabs = Desk(tmp_path / "data").journal.claim_tabs()
    assert [(tab.conversation, tab.model, tab.endpoint_name, tab.active, tab.draft) for tab in tabs] == [
        (talk.id, "m", "e", False, "second \ud83d"),
        (empty.id, "n", "f", True, "unsent"),
    ]


def test_drafts_go_with_what_they_were_for(desk: Desk) -> None:
    talk = desk.whole("one", "1")
    closed = Conversation()
    desk.journal.draft(talk.id, "stays")
    desk.journal.draft(closed.id, "goes")
    desk.journal.tabs([])
    desk.journal.pump()
    assert desk.rows("SELECT conversation FROM drafts") == [(talk.id,)]
    desk.journal.draft(talk.id, "")
    desk.journal.pump()
    assert desk.rows("SELECT * FROM drafts") == []


def test_rename(desk: Desk) -> None:
    talk = desk.whole("one", "1")
    desk.journal.rename(talk.id, "Better")
    desk.journal.pump()
    assert desk.load(talk).title == "Better"


def test_what_is_deleted_is_gone_from_the_files(desk: Desk) -> None:
    kept, gone = desk.whole("keep this", "kept"), desk.whole("the SECRETPROMPT", "the SECRETANSWER")
    desk.journal.draft(gone.id, "SECRETDRAFT")
    desk.journal.pump()
    assert [found.summary.id for found in desk.history.search("secretanswer")] == [gone.id]
    desk.journal.delete(gone.id)
    desk.journal.pump()
    assert desk.history.load(gone.id) is None
    assert desk.history.search("secretanswer") == []
    assert desk.load(kept).turns[0].answer.text == "kept"
    for path in desk.folder.iterdir():
        assert b"secret" not in path.read_bytes().lower(), path.name


def test_what_is_deleted_stays_deleted(desk: Desk) -> None:
    talk, answer = desk.ask("one")
    desk.say(answer, "a")
    desk.journal.pump()
    desk.journal.delete(talk.id)
    desk.say(answer, "b")
    desk.journal.pump()
    desk.say(answer, "c", events.Finished())
    desk.journal.conversation(talk)
    desk.journal.turn(talk, talk.turns[0])
    desk.journal.save_anew()
    desk.journal.pump()
    for table in ("conversations", "turns", "prompts", "answers", "events", "search"):
        assert desk.rows(f"SELECT * FROM {table}") == [], table  # noqa: S608 - names from above


def test_a_reader_holds_up_the_scrubbing_only_for_a_while(desk: Desk) -> None:
    talk = desk.whole("one", "SECRET")
    reader = sqlite3.connect(desk.path, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM events").fetchone()
    desk.journal.delete(talk.id)
    desk.journal.pump()
    assert desk.journal.status == Status(saving=True)
    assert desk.path.with_name("streamtui.db-wal").stat().st_size > 0
    reader.close()
    desk.journal.pump()
    assert desk.path.with_name("streamtui.db-wal").stat().st_size == 0


def test_no_save_writes_nothing(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "data", save=False)
    desk.whole("one", "1")
    desk.journal.draft("x", "y")
    desk.journal.tabs([OpenTab("x")])
    assert desk.journal.claim_tabs() == []
    assert not desk.journal.flush()
    desk.journal.close()
    assert not desk.folder.exists()
    assert desk.journal.status == Status(saving=False, reason="saving is off")
    assert desk.told == []


@pytest.mark.skipif(os.name != "posix", reason="permission bits are POSIX")
@pytest.mark.parametrize("umask", [0o000, 0o777])
def test_files_are_private_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    desk = Desk(tmp_path / "data")
    before = os.umask(umask)
    try:
        desk.whole("one", "1")
    finally:
        os.umask(before)
    modes = {path.name.split("-")[0] + path.suffix[3:]: path.stat().st_mode & 0o777 for path in desk.folder.iterdir()}
    assert len(modes) == 4
    assert set(modes.values()) == {0o600}
    assert desk.folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.skipif(os.name != "posix", reason="permission bits are POSIX")
def test_a_folder_in_use_keeps_its_mode_but_the_database_is_private(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    (tmp_path / "other").touch()
    path = tmp_path / "streamtui.db"
    path.touch(0o644)
    Desk(tmp_path).whole("one", "1")
    assert (tmp_path.stat().st_mode & 0o777, path.stat().st_mode & 0o777) == (0o755, 0o600)


def test_params_that_are_not_json_do_not_stop_it(desk: Desk) -> None:
    talk = desk.whole("one", "1", conversation=Conversation(params={"stop": {1, 2}}))
    assert desk.load(talk).params == {}
    assert json.loads(desk.rows("SELECT params FROM conversations")[0][0]) is None


def test_the_thread_writes_and_then_sleeps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: queue.Queue[tuple[float | None, bool]] = queue.Queue()
    written = threading.Event()
    pump = Writer.pump

    def seen(self: Writer, **options: bool) -> None:
        pump(self, **options)
        written.set()

    class Watched(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            waits.put((timeout, self.is_set()))
            return super().wait(timeout)

    monkeypatch.setattr(Writer, "pump", seen)
    monkeypatch.setattr("tui.storage.journal.threading", SimpleNamespace(Event=Watched, Thread=threading.Thread))
    journal = Journal(tmp_path / "data")
    desk = Desk(tmp_path / "data")
    talk = Conversation(model="m")
    turn, answer = talk.ask("one")
    journal.conversation(talk)
    journal.turn(talk, turn)
    journal.event(answer.id, events.TextDelta("a"))
    assert written.wait(10)
    assert desk.answer(talk).text == "a"
    assert journal.flush()
    assert any(waits.get(timeout=10) == (None, False) for _ in range(10))  # asleep until it is woken
    journal.event(answer.id, events.TextDelta("b"))
    journal.close()
    assert desk.answer(talk).text == "ab"
    journal.event(answer.id, events.TextDelta("too late"))
    assert not journal.flush()
    assert {path.name for path in desk.folder.iterdir()} == {"streamtui.db"}


def test_a_bug_in_the_writer_stops_the_saving_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = threading.Event()
    monkeypatch.setattr(Writer, "pump", lambda self: 1 / 0)
    journal = Journal(tmp_path / "data", on_status=lambda status: told.set())
    journal.rename("x", "y")
    assert told.wait(10)
    assert journal.status == Status(saving=False, reason="the journal broke (ZeroDivisionError: division by zero)")
    journal.rename("x", "z")
    journal.close()
