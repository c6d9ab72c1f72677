"""The block structure is CommonMark's: it is compared with that of markdown-it-py, which reads the whole text at once.

Left out is where the two differ and the specification is on our side: definitions that lazy lines follow, code indented under
nested quotes, tables in list items.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from tests.markdown.documents import DOCUMENTS
from tui.markdown.blocks import Block, Empty, Fence, Heading, Html, Indented, Paragraph, Rule, Table
from tui.markdown.containers import Container, Item, ListRun
from tui.markdown.parser import BlockParser
from tui.markdown.source import Source

Outline = list[Any]

_reference = MarkdownIt("commonmark", {"maxNesting": 100}).enable("table").disable("inline")

FRAGMENTS = [
    *("# h\n", "## h ##\n", "#x\n", "a *b*\n", "more\n", "\n", "\n", "\n", "- x\n", "  - y\n", "1. n\n", "2. n2\n", "10. m\n"),
    *("> q\n", "> - z\n", "> ", "```py\n", "x = 1\n", "```\n", "````\n", "    ind\n", "\tt\n", "---\n", "===\n", " --\n"),
    *("<div>\n", "</div>\n", "<a href='x'>\n", "<!-- c\n", "-->\n", "<script>\n", "</script>\n", "lazy\n", "-\n", "+ p\n"),
    *(
        "* s\n",
        ">\n",
        "   \n",
        "* * *\n",
        "1) p\n",
        "  ",
        "   ",
        "- ",
        "1. ",
        "~~~\n",
        "-   wide\n",
        "-     code\n",
        "-\ttab\n",
    ),
    *("  cont\n", "2.\n", "<?php\n", "?>\n", "<b>x</b>\n", "***\n", "_ _ _\n", "a\\\n", "``` a`b\n"),
]
TABLE_FRAGMENTS = [
    "a | b\n",
    "| a | b |\n",
    "--|--\n",
    "|---|:-:|\n",
    "|---|\n",
    "| c |\n",
    "text\n",
    "\n",
    "> q\n",
    "# h\n",
    "---\n",
    "a\\|b|c\n",
]
_DIFFERENT = {
    *("control characters", "carriage returns", "surrogates", "a definition and text", "definitions in containers", "tasks"),
    *("footnotes", "a footnote in a sentence", "a long paragraph", "many lines in a paragraph", "a long line of code", "deep"),
    *("a long paragraph of marked text", "many definitions"),
    *("a definition as a heading", "nested quotes", "lazy quotes"),
}


def parsed(text: str) -> list[Block]:
    """The blocks of a whole text."""
    source, parser = Source(), BlockParser()
    source.append(text)
    source.take_in(final=True)
    while (line := source.next()) is not None:
        parser.feed(line)
    if source.rest().text:
        parser.feed(source.rest())
    parser.finish()
    return parser.blocks


def ours(text: str) -> Outline:
    outline: Outline = []
    around: list[Container | ListRun] = []
    for block in parsed(text):
        chain = _chain(block.container)
        kept = sum(1 for _ in _shared(around, chain))
        outline += [f"/{_name(each)}" for each in reversed(around[kept:])]
        outline += [_name(each) for each in chain[kept:]]
        around = chain
        if not isinstance(block, Empty):
            outline.append(_leaf(block))
    return outline + [f"/{_name(each)}" for each in reversed(around)]


def _chain(container: Container | None) -> list[Container | ListRun]:
    chain: list[Container | ListRun] = []
    while container is not None and container.parent is not None:
        chain += [container, container.run] if isinstance(container, Item) else [container]
        container = container.parent
    return chain[::-1]


def _shared(old: list[Any], new: list[Any]) -> Any:
    for before, after in zip(old, new, strict=False):
        if before is not after:
            return
        yield after


def _name(around: Container | ListRun) -> str:
    if isinstance(around, ListRun):
        return "ol" if around.ordered else "ul"
    return "li" if isinstance(around, Item) else "quote"


def _leaf(block: Block) -> Any:
    match block:
        case Rule():
            return "rule"
        case Paragraph():
            tight = isinstance(block.container, Item) and not block.container.run.loose
            return "p", tight, _plain(block.source)
        case Heading():
            return "h", block.level, _plain(block.source)
        case Fence():
            return "fence", block.language, _code(block.text)
        case Indented():
            return "code", _code(block.text)
        case Html():
            return "html", _code(block.text)
        case Table():
            return "table", block.aligns, block.rows
    raise AssertionError(block)


def _plain(source: str) -> str:
    return "\n".join(line.strip(" \t") for line in source.split("\n")).strip()


def _code(text: str) -> str:
    return "\n".join(line if line.strip(" \t") else "" for line in text.split("\n")).rstrip("\n")


_CONTAINERS = {"blockquote": "quote", "bullet_list": "ul", "ordered_list": "ol", "list_item": "li"}


def theirs(text: str) -> Outline:
    outline: Outline = []
    tokens = iter(_reference.parse(text))
    for token in tokens:
        name = token.type.removesuffix("_open").removesuffix("_close")
        if name in _CONTAINERS:
            outline.append("/" * (token.nesting < 0) + _CONTAINERS[name])
        elif name == "table":
            outline.append(_their_table(tokens))
        elif token.type == "paragraph_open":
            outline.append(("p", token.hidden, _plain(next(tokens).content)))
        elif token.type == "heading_open":
            outline.append(("h", int(token.tag[1]), _plain(next(tokens).content)))
        elif token.nesting == 0:
            outline.append(_their_leaf(token))
    return outline


def _their_table(tokens: Iterator[Token]) -> Any:
    aligns: list[str] = []
    rows: list[list[str]] = []
    for token in tokens:
        match token.type:
            case "table_close":
                break
            case "tr_open":
                rows.append([])
            case "th_open":
                aligns.append(str(token.attrs.get("style", "")).removeprefix("text-align:"))
            case "inline":
                rows[-1].append(token.content)
    return "table", aligns, rows


def _their_leaf(token: Token) -> Any:
    match token.type:
        case "fence":
            return "fence", (token.info.split() or [""])[0], _code(token.content)
        case "code_block":
            return "code", _code(token.content)
        case "html_block":
            return "html", _code(token.content)
    return "rule"


@pytest.mark.parametrize("name", sorted(set(DOCUMENTS) - _DIFFERENT))
def test_a_document_has_the_structure_of_the_reference(name: str) -> None:
    assert ours(DOCUMENTS[name]) == theirs(DOCUMENTS[name])


@given(st.lists(st.sampled_from(FRAGMENTS), max_size=8).map("".join))
@settings(max_examples=200, deadline=None, derandomize=True)
def test_any_document_has_the_structure_of_the_reference(text: str) -> None:
    assert ours(text) == theirs(text)


@given(st.lists(st.sampled_from(TABLE_FRAGMENTS), max_size=8).map("".join))
@settings(max_examples=200, deadline=None, derandomize=True)
def test_any_tables_have_the_structure_of_the_reference(text: str) -> None:
    assert ours(text) == theirs(text)


@pytest.mark.parametrize("first", ["-", "1.", "- -", "> -", "-\n-"])
@pytest.mark.parametrize("blank", ["", "  ", "   ", "    ", "\t"])
@pytest.mark.parametrize("rest", ["\tt\n", "  - x\n", "    x\n", "  x\n", "x\n"])
def test_an_item_begins_with_one_blank_line_at_most(first: str, blank: str, rest: str) -> None:
    quote = "> " if first.startswith(">") else ""
    text = f"{first}\n{quote}{blank}\n{quote}{rest}"
    assert ours(text) == theirs(text)
