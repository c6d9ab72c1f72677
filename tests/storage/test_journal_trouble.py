"""When nothing can be saved: it says so, keeps what waits, and goes on when it can. Nothing is raised, nothing deleted."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.storage.journal_kit import Desk, facts
from tui.engine import events
from tui.storage import files, opening, schema
from tui.storage.replay import NOT_SAVED
from tui.storage.trouble import Trouble, from_os, from_sqlite
from tui.storage.writer import LAST_RETRY, Status

FULL = Status(saving=False, reason="the disk is full")
LOCKED = Status(saving=False, reason="another program has locked the database")
GARBAGE = b"not a database, but long enough to be taken for one" * 200


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "data")


@pytest.fixture
def quota(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Limit the database to so many pages, from the next connection on."""
    connect = opening.connect
    limit = [2**30]

    def limited(path: Path, *, busy_ms: int) -> sqlite3.Connection:
        db = connect(path, busy_ms=busy_ms)
        db.execute(f"PRAGMA max_page_count = {limit[0]}")
        return db

    monkeypatch.setattr(opening, "connect", limited)
    return lambda pages: limit.__setitem__(0, pages)


def test_a_full_disk(desk: Desk, quota: Callable[[int], None]) -> None:
    quota(60)
    talk, answer = desk.ask("one")
    desk.say(answer, "before ")
    desk.journal.pump()
    assert desk.journal.status == Status(saving=True)
    desk.say(answer, "x" * 300_000)
    desk.journal.pump()
    assert desk.journal.status == FULL
    desk.say(answer, "after", events.Finished())
    desk.journal.pump()
    assert desk.answer(talk).text == "before "
    quota(2**30)
    desk.journal.pump()
    assert desk.journal.status == FULL, "the pause is not over"
    desk.clock.now += LAST_RETRY
    desk.journal.pump()
    assert desk.told == [FULL, Status(saving=True)]
    assert facts(desk.answer(talk)) == facts(answer)


def test_the_pauses_grow_and_end(desk: Desk, quota: Callable[[int], None]) -> None:
    quota(1)
    desk.ask("one")
    pauses = []
    for _ in range(8):
        desk.journal.pump()
        patience = desk.journal._writer.patience()
        assert patience is not None
        pauses.append(patience)
        desk.clock.now += patience
    assert pauses == [0.5, 1, 2, 4, 8, 10, 10, 10]
    assert desk.told == [FULL]


def test_closing_tries_once_more(desk: Desk, quota: Callable[[int], None]) -> None:
    quota(1)
    talk, answer = desk.ask("one")
    desk.say(answer, "a", events.Finished())
    desk.journal.pump()
    quota(2**30)
    desk.journal.close()
    assert desk.answer(talk).text == "a"


def test_what_waits_is_bounded_and_what_is_dropped_is_said(tmp_path: Path, quota: Callable[[int], None]) -> None:
    desk = Desk(tmp_path / "data", limit=200_000)
    lost_talk, lost = desk.ask("one")
    kept_talk, kept = desk.ask("two")
    desk.say(lost, "first ")
    desk.say(kept, "all of it ")
    desk.journal.pump()
    quota(1)
    desk.journal._store.close()
    desk.say(lost, "second ", "x" * 200_000, "third", events.Finished())
    desk.say(kept, "k" * 100_000, events.Finished())
    desk.journal.pump()
    assert desk.journal.status == Status(saving=False, reason="the disk is full", incomplete=True)
    quota(2**30)
    desk.clock.now += LAST_RETRY
    desk.journal.pump()
    assert desk.journal.status == Status(saving=True, incomplete=True)
    stored = desk.answer(lost_talk)
    assert (stored.text, stored.state, stored.failure) == ("first second ", "interrupted", NOT_SAVED)
    assert facts(desk.answer(kept_talk)) == facts(kept)
    desk.journal.tabs([])  # whatever it is told next, it makes good what is still open
    desk.journal.pump()
    assert desk.journal.status == Status(saving=True)
    assert facts(desk.answer(lost_talk)) == facts(lost)


def test_a_locked_database(desk: Desk) -> None:
    talk, answer = desk.ask("one")
    desk.say(answer, "a")
    desk.journal.pump()
    other = sqlite3.connect(desk.path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    desk.say(answer, "b")
    desk.journal.pump()
    assert desk.journal.status == LOCKED
    assert desk.journal.claim_tabs() == []
    assert not desk.journal.flush()
    other.close()
    desk.clock.now += LAST_RETRY
    desk.journal.pump()
    assert desk.journal.status == Status(saving=True)
    assert desk.answer(talk).text == "ab"


def test_a_folder_that_can_not_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    desk = Desk(tmp_path / "file" / "data")
    desk.whole("one", "1")
    assert desk.journal.status == Status(saving=False, reason=f"the folder {desk.folder} can't be written (not a directory)")
    assert desk.journal.claim_tabs() == []
    assert desk.history.conversations() == []
    (tmp_path / "file").unlink()
    desk.clock.now += LAST_RETRY
    desk.journal.pump()
    assert [row.turns for row in desk.history.conversations()] == [1]


def test_a_folder_in_place_of_the_database(desk: Desk) -> None:
    desk.path.mkdir(parents=True)
    desk.whole("one", "1")
    assert desk.journal.status == Status(saving=False, reason=f"the folder {desk.folder} can't be written (is a directory)")


def test_a_corrupt_database_is_set_aside(desk: Desk) -> None:
    desk.folder.mkdir()
    desk.path.write_bytes(GARBAGE)
    desk.path.with_name("streamtui.db-wal").write_bytes(b"its log")
    desk.path.with_name("streamtui.db-shm").write_bytes(b"its index")
    talk = desk.whole("one", "1")
    aside = {path.name.partition(".corrupt-")[2]: path for path in desk.folder.glob("streamtui.db.corrupt-*")}
    stamp = min(aside, key=len)
    assert aside[stamp].read_bytes() == GARBAGE
    assert aside[stamp + "-wal"].read_bytes() == b"its log"
    assert len(aside) == 3
    status = desk.journal.status
    assert (status.saving, status.incomplete) == (True, False)
    assert status.reason == f"the damaged history was set aside as {aside[stamp].name}, and a new one was begun"
    assert desk.answer(talk).text == "1"


def test_a_database_that_turns_out_to_be_corrupt_in_use(desk: Desk) -> None:
    talk, answer = desk.ask("one")
    desk.say(answer, "before ")
    desk.journal.pump()
    desk.journal._store.close()
    whole = desk.path.read_bytes()
    desk.path.write_bytes(whole[:4096] + b"\x55" * (len(whole) - 4096))
    desk.say(answer, "after ")
    desk.journal.pump()
    assert desk.journal.status.saving
    assert desk.journal.status.incomplete
    assert desk.history.load(talk.id) is None
    desk.journal.draft(talk.id, "next")
    desk.say(answer, "end", events.Finished())
    desk.journal.pump()
    assert not desk.journal.status.incomplete
    assert facts(desk.answer(talk)) == facts(answer)
    assert len(list(desk.folder.glob("streamtui.db.corrupt-*"))) >= 1


def test_a_disk_that_damages_everything_ends_the_attempts(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.folder.mkdir()
    monkeypatch.setattr(files, "is_damaged", lambda path: True)
    desk.ask("one")
    desk.journal.pump()
    assert desk.journal.status == Status(saving=False, reason="the database is damaged", incomplete=True)
    assert desk.journal._writer.patience() is None
    assert len(list(desk.folder.glob("streamtui.db.corrupt-*"))) < 10


def test_a_database_that_was_removed_is_begun_anew(desk: Desk) -> None:
    talk, answer = desk.ask("one")
    desk.say(answer, "before ")
    desk.journal.pump()
    for path in desk.folder.iterdir():
        path.unlink()
    desk.folder.rmdir()
    desk.say(answer, "after", events.Finished())
    desk.journal.pump()
    assert desk.journal.status == Status(saving=True, incomplete=True)
    desk.journal.turn(talk, talk.turns[0])
    desk.journal.pump()
    assert desk.journal.status == Status(saving=True)
    assert facts(desk.answer(talk)) == facts(answer)


def test_a_newer_schema_is_left_alone(desk: Desk) -> None:
    talk = desk.whole("one", "1")
    desk.journal.close()
    db = sqlite3.connect(desk.path)
    db.execute("PRAGMA journal_mode = DELETE")
    db.execute("PRAGMA user_version = 999")
    db.close()
    before = desk.path.read_bytes()
    later = Desk(desk.folder)
    later.whole("two", "2")
    assert later.journal.status == Status(saving=False, reason="the database was written by a newer streamtui")
    later.clock.now += 1000
    later.journal.draft(talk.id, "x")
    later.journal.pump()
    later.journal.close()
    assert desk.path.read_bytes() == before


def test_an_older_schema_is_migrated_with_a_backup(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    talk = desk.whole("one", "1")
    desk.journal.close()
    more = "ALTER TABLE conversations ADD COLUMN colour TEXT;\nCREATE TABLE colours(name TEXT)"
    monkeypatch.setattr(schema, "MIGRATIONS", [*schema.MIGRATIONS, more])
    later = Desk(desk.folder)
    assert later.journal.flush()
    assert later.rows("SELECT colour FROM conversations") == [(None,)]
    assert later.answer(talk).text == "1"
    [backup] = desk.folder.glob("streamtui.db.backup-v1-*")
    assert backup.stat().st_mode & 0o777 == 0o600
    db = sqlite3.connect(backup)
    assert db.execute("PRAGMA user_version").fetchone() == (1,)
    assert db.execute("SELECT count(*) FROM events").fetchone()[0] > 0
    db.close()


def test_a_migration_that_fails_changes_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.whole("one", "1")
    desk.journal.close()
    monkeypatch.setattr(schema, "MIGRATIONS", [*schema.MIGRATIONS, "CREATE TABLE colours(name TEXT);\nCREATE NONSENSE"])
    later = Desk(desk.folder)
    assert not later.journal.flush()
    assert later.journal.status == Status(saving=False, reason='the database refuses (near "NONSENSE": syntax error)')
    assert desk.rows("PRAGMA user_version") == [(1,)]
    assert desk.rows("SELECT name FROM sqlite_schema WHERE name = 'colours'") == []


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (sqlite3.SQLITE_READONLY_DIRECTORY, "the database can't be written"),
        (sqlite3.SQLITE_IOERR_WRITE, "the disk can't be written (input/output error)"),
        (sqlite3.SQLITE_CANTOPEN, "the database can't be opened for writing"),
    ],
)
def test_other_codes_in_words(code: int, words: str) -> None:
    error = sqlite3.OperationalError("odd")
    error.sqlite_errorcode = code
    trouble = from_sqlite(error)
    assert (type(trouble), trouble.reason, trouble.retry) == (Trouble, words, True)


def test_an_operating_system_without_room() -> None:
    assert from_os(OSError(28, "No space left on device"), "the folder x").reason == "the disk is full"
