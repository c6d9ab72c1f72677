"""What was saved, listed, searched and read back."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.storage.journal_kit import Desk
from tui.engine import events
from tui.engine.conversation import Conversation
from tui.storage import schema
from tui.storage.history import Found, History, HistoryError
from tui.storage.search import Snippet


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "data")


def titles(found: list[Found]) -> list[str]:
    return [one.summary.title for one in found]


def hits(snippet: Snippet) -> list[str]:
    return [piece for piece, hit in snippet if hit]


def test_without_a_database_everything_is_empty(tmp_path: Path) -> None:
    history = History(tmp_path / "nothing")
    assert (history.conversations(), history.search("x"), history.load("x"), history.prompts()) == ([], [], None, [])
    assert not (tmp_path / "nothing").exists()


def test_an_empty_file_is_no_history(tmp_path: Path) -> None:
    (tmp_path / "streamtui.db").touch()
    assert History(tmp_path).conversations() == []


def test_the_list(desk: Desk) -> None:
    first = desk.whole("one", "1")
    desk.clock.now += 10
    second = desk.whole("two", "2")
    desk.clock.now += 10
    desk.whole("one more", "3", conversation=first)
    desk.journal.conversation(Conversation(title="never asked"))
    desk.journal.pump()
    rows = desk.history.conversations()
    assert [(row.id, row.title, row.turns, row.answers) for row in rows] == [(first.id, "one", 2, 2), (second.id, "two", 1, 1)]
    assert [(row.model, row.endpoint_name, row.created, row.updated) for row in rows] == [
        ("m", "e", 1000, 1020),
        ("m", "e", 1010, 1010),
    ]
    assert desk.history.conversations(limit=1) == rows[:1]


def test_search_finds_words_by_their_beginnings(desk: Desk) -> None:
    desk.whole("about streams", "An event loop waits. Événement!")
    desk.whole("about trees", "An apple tree waits.")
    search = desk.history.search
    assert titles(search("event")) == ["about streams"]
    assert titles(search("EVENE")) == ["about streams"]
    assert titles(search("apple WAI")) == ["about trees"]
    assert titles(search("apple event")) == []
    assert sorted(titles(search("about"))) == ["about streams", "about trees"]
    assert [hits(found.snippet) for found in search("appl")] == [["apple"]]
    assert len(search("waits", limit=1)) == 1


def test_a_title_that_was_given_is_found_first(desk: Desk) -> None:
    desk.whole("stripes", "zebra zebra zebra")
    talk = desk.whole("one", "1")
    desk.journal.rename(talk.id, "My Zebra_100%")
    desk.journal.pump()
    assert titles(desk.history.search("zebra")) == ["My Zebra_100%", "stripes"]
    assert titles(desk.history.search("a_100%")) == ["My Zebra_100%"]
    assert titles(desk.history.search("aX100%")) == []


def test_words_without_spaces_and_signs_are_found_too(desk: Desk) -> None:
    desk.whole("学ぶ", "私は語を学ぶのが好きです")
    desk.whole("code", "x += 1 -- 50% \\o/ of " + "y" * 200)
    assert [(titles([found]), hits(found.snippet)) for found in desk.history.search("語を")] == [(["学ぶ"], ["語を"])]
    assert titles(desk.history.search("+=")) == ["code"]
    assert titles(desk.history.search("%")) == ["code"]
    assert titles(desk.history.search("\\")) == ["code"]
    assert titles(desk.history.search("_")) == []
    [found] = desk.history.search("--")
    assert "".join(piece for piece, _ in found.snippet).endswith("…")


def test_long_answers_are_found_too(desk: Desk) -> None:
    desk.whole("long", "x " * 50_000 + "needle événement " + "y " * 50_000)
    assert [hits(found.snippet) for found in desk.history.search("NEEDLE")] == [["needle"]]
    assert [hits(found.snippet) for found in desk.history.search("evenement")] == [[]]


def test_every_choice_is_found(desk: Desk) -> None:
    desk.whole("drinks", "Tea, please.", events.TextDelta("Coffee.", 1))
    assert titles(desk.history.search("tea")) == titles(desk.history.search("coffee")) == ["drinks"]


def test_refusals_are_found(desk: Desk) -> None:
    talk = desk.whole("one", events.RefusalDelta("I can't do that"))
    assert [found.summary.id for found in desk.history.search("can't")] == [talk.id]


def test_nothing_is_asked(desk: Desk) -> None:
    desk.whole("one", "1")
    assert desk.history.search(" \x00 ") == []


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> History:
    desk = Desk(tmp_path_factory.mktemp("library") / "data")
    desk.whole("one\ud83d", 'quotes " and \x02marks\x03 \x00 and \ud83d')
    return desk.history


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.text(st.characters(exclude_categories=()), max_size=20) | st.text('"*:^()-+{} \x00NEAROT', max_size=20))
def test_no_query_is_an_error(library: History, query: str) -> None:
    assert all(found.summary.turns == 1 for found in library.search(query))


def test_prompts_for_the_up_key(desk: Desk) -> None:
    for prompt in ("one", "two", "one", "three \ud83d"):
        desk.whole(prompt, "x")
    assert desk.history.prompts() == ["two", "one", "three \ud83d"]
    assert desk.history.prompts(limit=2) == ["one", "three \ud83d"]


def test_a_damaged_database_is_said_to_be(tmp_path: Path) -> None:
    (tmp_path / "streamtui.db").write_bytes(b"no database" * 1000)
    with pytest.raises(HistoryError, match="the database is damaged"):
        History(tmp_path).conversations()


def test_another_version_is_said_to_be(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.whole("one", "1")
    monkeypatch.setattr(schema, "MIGRATIONS", [])
    with pytest.raises(HistoryError, match="newer"):
        desk.history.conversations()
    monkeypatch.setattr(schema, "MIGRATIONS", ["SELECT 1"] * 2)
    with pytest.raises(HistoryError, match="older"):
        desk.history.conversations()


def test_reading_changes_nothing_and_waits_for_nobody(desk: Desk) -> None:
    desk.whole("one", "1")
    writer = sqlite3.connect(desk.path, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("DELETE FROM turns")
    assert [row.turns for row in desk.history.conversations()] == [1]
    writer.close()
