"""The growing text: whatever the pieces, what is read equals what was appended, from any mark on."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tui.engine import text_log
from tui.engine.text_log import TextLog, join_surrogates

#: any code points, halves of pairs among them
PIECES = st.lists(st.text(st.characters(exclude_categories=()), max_size=4), max_size=40)
HALVES = st.lists(st.sampled_from(["a", "\ud83d", "\ude80", "é", "👍"]), max_size=30)
quickly = settings(max_examples=100, deadline=None, derandomize=True)


def log_of(pieces: list[str], fold_at: int) -> TextLog:
    """A log of `pieces` that folds after every `fold_at`; read in between, as a view does."""
    log = TextLog()
    for place, piece in enumerate(pieces):
        log.append(piece)
        if (place + 1) % fold_at == 0:
            log._fold()
        if place % 7 == 6:
            assert len(log.text) <= log.length
    return log


@quickly
@given(PIECES, st.integers(1, 10))
def test_any_mark_reads_the_rest(pieces: list[str], fold_at: int) -> None:
    log, whole = log_of(pieces, fold_at), "".join(pieces)
    assert (log.length, len(log), bool(log)) == (len(whole), len(whole), whole != "")
    assert [log.since(mark) for mark in range(len(whole) + 3)] == [whole[mark:] for mark in range(len(whole) + 3)]


@quickly
@given(HALVES, st.integers(1, 10))
def test_the_text_is_the_pieces_with_pairs_joined(pieces: list[str], fold_at: int) -> None:
    joined = "".join(pieces).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
    assert log_of(pieces, fold_at).text == joined == TextLog("".join(pieces)).text


@quickly
@given(PIECES, PIECES)
def test_a_reader_that_follows_sees_everything_once(first: list[str], second: list[str]) -> None:
    log = log_of(first, 3)
    mark = log.length
    seen = log.since(0)
    for piece in second:
        log.append(piece)
        seen += log.since(mark)
        mark = log.length
    assert seen == "".join(first + second)


def test_pieces_are_folded_so_that_memory_stays_small() -> None:
    log = TextLog()
    for _ in range(3 * text_log._FOLD_AT + 5):
        log.append("ab")
    assert (len(log._blocks), len(log._pieces)) == (3, 5)
    assert log.since(log.length - 12) == "ab" * 6
    assert log.text == "ab" * (3 * text_log._FOLD_AT + 5)
    assert len(log._blocks) == 1


def test_a_lone_half_stays_as_it_is() -> None:
    assert join_surrogates("a\ud83db") == "a\ud83db"
    assert join_surrogates("\ude80\ud83d\ude80") == "\ude80🚀"
    assert join_surrogates("plain 🚀") == "plain 🚀"


def test_a_piece_that_is_new_is_not_copied() -> None:
    piece = "much text " * 1000
    log = TextLog("before")
    mark = log.length
    log.append(piece)
    assert log.since(mark) is piece
