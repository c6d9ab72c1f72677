"""Link reference definitions: where they are told from text, and kept for the whole document."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from markdown_it import MarkdownIt


class Definition(NamedTuple):
    """`label`, normalized, stands for `href`."""

    label: str
    href: str


_opening = re.compile(r"\[(?:[^\[\]\\]|\\.)*(?:\]:|$|\\$)").match
_whole = re.compile(r"\[(?!\^)(?:[^\[\]\\]|\\.)+\]:[ \t]*\S*").fullmatch


def is_definition(line: str) -> bool:
    """Whether a paragraph's first line may begin a definition."""
    return line[:1] == "[" and _opening(line) is not None


def looks_whole(line: str) -> bool:
    """Whether a line is a definition, if nothing follows on it."""
    return _whole(line) is not None


def split_definitions(lines: list[str], growing: bool = False) -> tuple[list[Definition], list[str]]:
    """The definitions at the beginning of a paragraph, and the lines that are left.

    Of a paragraph that is `growing` the last one stays among the lines: it may go on.
    """
    tokens = _parser().parse("\n".join(lines))
    found: list[Definition] = []
    ends = [0]
    for token in tokens:
        if token.type != "definition" or token.map is None:
            break
        found.append(Definition(token.meta["id"], token.meta["url"]))
        ends.append(token.map[1])
    if growing and found:
        del found[-1], ends[-1]
    return found, lines[ends[-1] :]


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt  # not before there is a definition: it takes a while to import

    options: Any = {"inline_definitions": True}
    return MarkdownIt("zero", options).enable("reference").disable("inline")


class References(dict[str, dict[str, str]]):
    """Definitions by label, the first one of a label counts; `missed` gathers labels that were looked for in vain."""

    def __init__(self) -> None:
        super().__init__()
        self.missed: set[str] = set()

    def add(self, definition: Definition) -> bool:
        """Whether it is new."""
        if definition.label in self:
            return False
        self[definition.label] = {"href": definition.href, "title": ""}
        return True

    def get(self, label: str, default: Any = None) -> Any:
        """The definition; what is asked for and not there is remembered."""
        found = super().get(label)
        if found is None:
            self.missed.add(label)
        return found or default
