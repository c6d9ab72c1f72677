"""Several instances at once, one after the other, and killed ones."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.storage.journal_kit import Desk
from tui.engine import events
from tui.engine.conversation import Conversation
from tui.storage import lease, opening
from tui.storage.instances import SavedTab
from tui.storage.journal import OpenTab
from tui.storage.lease import Lease, only_one
from tui.storage.replay import ENDED_EARLY

pytestmark = pytest.mark.skipif(os.name != "posix", reason="kills and locks as POSIX has them")

CHILD = """
import sys
from tests.storage.held_journal import run
run(*sys.argv[1:])
"""


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[Callable[[], Desk]]:
    """Makes instances that share a folder."""
    made: list[Desk] = []

    def make() -> Desk:
        made.append(Desk(tmp_path / "data"))
        return made[-1]

    yield make
    for desk in made:
        desk.journal.close()


def die(desk: Desk) -> None:
    """What a kill leaves: the lock is gone, and nothing else was done."""
    held = desk.journal._store._lease
    assert held is not None
    os.close(held._handle)
    desk.journal._store._lease = None
    desk.journal._store.close()
    desk.journal._saves = False


def conversations(tabs: list[SavedTab]) -> list[str]:
    return [tab.conversation for tab in tabs]


def test_a_lease_ends_with_its_owner(tmp_path: Path) -> None:
    held = Lease(tmp_path, "a")
    assert lease.runs(tmp_path, "a")
    assert lease.runs(tmp_path, "a"), "asking took it"
    held.release()
    assert not lease.runs(tmp_path, "a")
    assert list(tmp_path.iterdir()) == []


def test_an_abandoned_lock_file_is_nobody(tmp_path: Path) -> None:
    (tmp_path / "instance-a.lock").touch()
    assert not lease.runs(tmp_path, "a")
    lease.forget(tmp_path, "a")
    assert list(tmp_path.iterdir()) == []


def test_two_instances_write_at_once(desks: Callable[[], Desk]) -> None:
    first, second = desks(), desks()
    (one, a), (two, b) = first.ask("one"), second.ask("two")
    for word in "abc":
        first.say(a, word)
        second.say(b, word.upper())
        first.journal.pump()
        second.journal.pump()
    assert (first.answer(one).text, second.answer(one).text, first.answer(two).text) == ("abc", "abc", "ABC")


def test_tabs_of_a_running_instance_are_left_to_it(desks: Callable[[], Desk]) -> None:
    first, second = desks(), desks()
    talk, answer = first.ask("one")
    first.say(answer, "a")
    first.journal.tabs([OpenTab(talk.id)])
    first.journal.pump()
    assert second.journal.claim_tabs() == []
    assert [row.open_elsewhere for row in second.history.conversations()] == [True]
    assert [row.open_elsewhere for row in first.history.conversations()] == [False]
    assert second.rows("SELECT state FROM answers") == [(None,)]
    first.journal.close()
    assert conversations(second.journal.claim_tabs()) == [talk.id]
    assert [row.open_elsewhere for row in second.history.conversations()] == [False]


def test_tabs_come_in_the_order_of_their_instances_and_one_is_in_front(desks: Callable[[], Desk]) -> None:
    for clock, names in ((20.0, ["c", "d"]), (10.0, ["a", "b"])):
        desk = desks()
        desk.clock.now = clock
        desk.journal.tabs([OpenTab(name, active=name in "ac") for name in names])
        desk.journal.pump()
        die(desk)
    tabs = desks().journal.claim_tabs()
    assert [(tab.conversation, tab.active) for tab in tabs] == [("a", False), ("b", False), ("c", True), ("d", False)]


def test_a_conversation_that_two_left_open_comes_back_once(desks: Callable[[], Desk]) -> None:
    dead, dead_too, alive, new = desks(), desks(), desks(), desks()
    for desk, names in ((dead, "ab"), (dead_too, "bc"), (alive, "c")):
        desk.journal.tabs([OpenTab(name) for name in names])
        desk.journal.pump()
    die(dead)
    die(dead_too)
    assert sorted(conversations(new.journal.claim_tabs())) == ["a", "b"]


def test_claimed_tabs_are_one_s_own_until_it_says_otherwise(desks: Callable[[], Desk]) -> None:
    first, second, third = desks(), desks(), desks()
    first.journal.tabs([OpenTab("a"), OpenTab("b", active=True)])
    first.journal.pump()
    die(first)
    assert conversations(second.journal.claim_tabs()) == ["a", "b"]
    assert third.journal.claim_tabs() == []
    die(second)
    tabs = third.journal.claim_tabs()
    assert [(tab.conversation, tab.active) for tab in tabs] == [("a", False), ("b", True)]
    third.journal.tabs([])
    third.journal.close()
    assert desks().journal.claim_tabs() == []


def test_only_one_of_many_claims(desks: Callable[[], Desk]) -> None:
    dead = desks()
    dead.journal.tabs([OpenTab("a"), OpenTab("b")])
    dead.journal.pump()
    die(dead)
    rivals = [desks() for _ in range(4)]
    for rival in rivals:
        rival.journal._store._busy_ms = 10_000
    claimed: list[list[SavedTab]] = []
    gate = threading.Barrier(len(rivals))

    def claim(desk: Desk) -> None:
        gate.wait()
        claimed.append(desk.journal.claim_tabs())

    threads = [threading.Thread(target=claim, args=(desk,)) for desk in rivals]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(len, claimed)) == [0, 0, 0, 2]


def test_answers_that_died_are_ended_and_found(desks: Callable[[], Desk]) -> None:
    dead = desks()
    talk, answer = dead.ask("one")
    silent, _ = dead.ask("two")
    dead.clock.now += 2
    dead.say(answer, "a peculiar beginning")
    dead.journal.pump()
    die(dead)
    desk = desks()
    assert desk.journal.flush()
    ended = desk.answer(talk)
    assert (ended.state, ended.failure, ended.meter.elapsed(0)) == ("interrupted", ENDED_EARLY, 0)
    assert desk.answer(silent).state == "failed"
    assert desk.rows("SELECT state FROM answers ORDER BY n") == [("interrupted",), ("failed",)]
    assert [found.summary.id for found in desk.history.search("peculiar")] == [talk.id]


def test_one_of_two_sets_a_damaged_database_aside(desks: Callable[[], Desk], monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = desks(), desks()
    first.folder.mkdir()
    first.path.write_bytes(b"x" * 10_000)
    passed: list[str] = []

    @contextlib.contextmanager
    def late(path: Path) -> Iterator[None]:
        if not passed:
            passed.append("second goes first")
            second.whole("two", "2")
        with only_one(path):
            yield

    monkeypatch.setattr(opening, "only_one", late)
    first.whole("one", "1")
    assert len(list(first.folder.glob("streamtui.db.corrupt-*"))) == 1
    assert {row.title for row in first.history.conversations()} == {"one", "two"}


@pytest.mark.parametrize(
    ("point", "state", "sure"),
    [("waiting", "failed", ""), ("streaming", "interrupted", "one two "), ("finished", "complete", "one two three")],
)
def test_kill_9(tmp_path: Path, desks: Callable[[], Desk], point: str, state: str, sure: str) -> None:
    talk_id = "c" * 32
    child: Any = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(tmp_path / "data"), talk_id, point], stdout=subprocess.PIPE, stdin=subprocess.PIPE
    )
    with child:
        assert child.stdout.readline() == b"held\n"
        assert desks().journal.claim_tabs() == []
        child.send_signal(signal.SIGKILL)
    desk = desks()
    assert [(tab.conversation, tab.draft) for tab in desk.journal.claim_tabs()] == [(talk_id, "half a thou")]
    last = desk.load(Conversation(id=talk_id)).last
    assert last is not None
    assert (last.prompt, last.answer.state) == ("count", state)
    assert last.answer.text.startswith(sure)
    assert "one two three".startswith(last.answer.text)
    assert desk.rows("PRAGMA integrity_check") == [("ok",)]


def test_a_clean_end_leaves_only_the_database(desks: Callable[[], Desk]) -> None:
    desk = desks()
    desk.whole("one", "1", events.Footnote("odd"))
    desk.journal.close()
    assert [path.name for path in desk.folder.iterdir()] == ["streamtui.db"]
