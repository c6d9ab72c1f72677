"""CommonMark's own examples: their structure, their text and marks, and that no cut of them changes the picture."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.markdown.kit import look, picture, section, streamed
from tests.markdown.spec_html import Leaf, MarkedRun, joined, leaves
from tests.markdown.test_against_reference import ours, theirs
from tests.markdown.test_exactness import cut
from tui.markdown import inline
from tui.markdown.blocks import Fence, Heading, Html, Indented, Paragraph
from tui.markdown.definitions import References
from tui.markdown.parser import BlockParser
from tui.markdown.source import Source

_EXAMPLES = json.loads((Path(__file__).parent / "commonmark" / "spec-0.31.2.json").read_text(encoding="utf-8"))
SOURCES: dict[int, str] = {example["example"]: example["markdown"] for example in _EXAMPLES}
_HTML: dict[int, str] = {example["example"]: example["html"] for example in _EXAMPLES}
_MARKS = inline.STRONG | inline.EMPHASIS | inline.CODE

#: Where our text differs from the specification's, and why that is so. Blocks of raw HTML are in `_HTML_BLOCKS`.
DIFFERENT: dict[str, set[int]] = {
    "raw HTML is shown as the text that it is": {
        *(187, 344, 475, 476, 477, 623, 625, 626, 627, 628, 629, 630, 631, 642, 643),
    },
    "a bare address is a link, as on GitHub": {602, 608, 611, 612},
    "a link that leads nowhere is plain text": {200, 485, 486, 567},
    "a tab within text is a space": {13, 40},
}
_DIFFERENT = set().union(*DIFFERENT.values())


def read(text: str) -> tuple[list[Leaf], bool]:
    """The leaves of a text, as we read them; and whether there is a block of raw HTML, which has none."""
    source, parser = Source(), BlockParser()
    source.append(text)
    source.take_in(final=True)
    while (line := source.next()) is not None:
        parser.feed(line)
    parser.finish()
    references = References()
    for definition in parser.definitions:
        references.add(definition)
    found: list[Leaf] = []
    for block in parser.blocks:
        match block:
            case Paragraph() | Heading():
                found.append(_runs(inline.parse(block.source, references)))
            case Fence() | Indented():
                found.append(block.text.rstrip("\n"))
    return [leaf for leaf in found if leaf or isinstance(leaf, str)], any(isinstance(block, Html) for block in parser.blocks)


def _runs(content: inline.Inline) -> Leaf:
    runs: list[MarkedRun] = []
    at = 0
    for span in content.spans:
        runs.append((content.text[at : span.start], 0, None))
        runs.append((content.text[span.start : span.end], span.bits & _MARKS, span.href))
        at = span.end
    return joined([*runs, (content.text[at:], 0, None)])


_HTML_BLOCKS = {number for number, source in SOURCES.items() if read(source)[1]}


@pytest.fixture
def any_target(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let links lead anywhere, as they do in the examples; on the screen only web and mail addresses are links."""
    monkeypatch.setattr(inline, "_safe", lambda href: href or None)


@pytest.mark.parametrize("number", SOURCES)
def test_an_example_has_the_structure_of_the_reference(number: int) -> None:
    assert ours(SOURCES[number]) == theirs(SOURCES[number])


@pytest.mark.usefixtures("any_target")
@pytest.mark.parametrize("number", sorted(set(SOURCES) - _HTML_BLOCKS - _DIFFERENT))
def test_an_example_says_what_the_specification_says(number: int) -> None:
    assert read(SOURCES[number])[0] == leaves(_HTML[number])


@pytest.mark.usefixtures("any_target")
@pytest.mark.parametrize("number", sorted(_DIFFERENT))
def test_each_difference_is_still_one(number: int) -> None:
    assert read(SOURCES[number])[0] != leaves(_HTML[number])


def test_raw_html_is_shown_line_by_line() -> None:
    assert len(_HTML_BLOCKS) == 46
    assert look(SOURCES[148])[:2] == ["<table><tr><td>", "<pre>"]


@pytest.mark.parametrize("number", SOURCES)
def test_an_example_in_pieces_looks_like_the_whole(number: int) -> None:
    text = SOURCES[number]
    whole = picture(section(text, 40))
    for sizes in ([1], [3, 1, 7, 2]):
        assert picture(streamed(cut(text, sizes), 40)) == whole


@given(
    st.lists(st.sampled_from(list(SOURCES.values())), min_size=1, max_size=4),
    st.sampled_from(["", "\n", "\n\n"]),
    st.lists(st.integers(1, 15), min_size=1, max_size=5),
    st.sampled_from([1, 5, 20, 60]),
)
@settings(max_examples=200, deadline=None, derandomize=True)
def test_any_cut_of_any_examples(examples: list[str], between: str, sizes: list[int], width: int) -> None:
    text = between.join(examples)
    assert picture(streamed(cut(text, sizes), width)) == picture(section(text, width))
