"""The finished picture does not depend on how the text came, nor on the widths that it had meanwhile."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.markdown.documents import DOCUMENTS, FRAGMENTS
from tests.markdown.kit import Picture, picture, section, settle, streamed

documents = st.lists(st.sampled_from(FRAGMENTS), min_size=1, max_size=14).map("".join)


def cut(text: str, sizes: list[int]) -> list[str]:
    """`text` in pieces of these sizes, over and over."""
    pieces: list[str] = []
    at = 0
    while at < len(text):
        size = sizes[len(pieces) % len(sizes)]
        pieces.append(text[at : at + size])
        at += size
    return pieces


def whole(text: str, width: int) -> Picture:
    return picture(section(text, width))


@pytest.mark.parametrize("name", DOCUMENTS)
@pytest.mark.parametrize("sizes", [[1], [3, 1, 7, 2], [40]], ids=str)
def test_a_document_in_pieces_looks_like_the_whole(name: str, sizes: list[int]) -> None:
    text = DOCUMENTS[name]
    sizes = [size + len(text) // 300 for size in sizes]  # some hundred pieces at most
    assert picture(streamed(cut(text, sizes), 50)) == whole(text, 50)


@given(documents, st.lists(st.integers(1, 12), min_size=1, max_size=5), st.sampled_from([1, 3, 9, 24, 60, 100]))
@settings(max_examples=200, deadline=None, derandomize=True)
def test_any_cut_of_any_document(text: str, sizes: list[int], width: int) -> None:
    assert picture(streamed(cut(text, sizes), width)) == whole(text, width)


@given(documents, st.lists(st.tuples(st.integers(1, 20), st.sampled_from([1, 8, 30, 90])), min_size=1, max_size=6))
@settings(max_examples=100, deadline=None, derandomize=True)
def test_any_widths_on_the_way(text: str, steps: list[tuple[int, int]]) -> None:
    made, at = section(width=40), 0
    while at < len(text):
        for size, width in steps:
            made.append(text[at : at + size])
            made.resize(width)
            made.work(0, range(5))  # the deadline is long past: most waits for the next time
            at += size
    made.finish()
    made.resize(40)
    assert picture(settle(made)) == whole(text, 40)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_row_says_what_its_strip_shows(name: str) -> None:
    for width in (1, 7, 60):
        for strip, row in picture(section(DOCUMENTS[name], width)):
            assert strip.text == row.text
            assert strip.cell_length == sum(segment.cell_length for segment in strip) <= width
            assert 0 <= row.indent <= len(row.text)
            assert all(0 <= target.start < target.end <= strip.cell_length for target in row.targets)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_nothing_that_a_terminal_obeys_is_shown(name: str) -> None:
    for _, row in picture(section(DOCUMENTS[name])):
        assert not [character for character in row.text if ord(character) < 32 or 127 <= ord(character) < 160]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_an_anchor_leads_back_to_its_row(name: str) -> None:
    made = settle(section(DOCUMENTS[name]))
    anchors = [made.anchor(y) for y in range(made.height)]
    assert anchors == sorted(anchors)
    rows = [made.row_at(anchor) for anchor in anchors]
    assert all(row == y or anchors[row] == anchors[y] for y, row in enumerate(rows))
