"""Inline markup: source of a paragraph, heading or cell in, plain text and what is marked in it out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from tui.markdown.definitions import References
from tui.safe_text import visible

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

STRONG, EMPHASIS, STRIKE, CODE, LINK, NOTE, HTML = (1 << bit for bit in range(7))


class Span(NamedTuple):
    """Characters [start, end) carry these bits, and lead to `href`."""

    start: int
    end: int
    bits: int
    href: str | None


class Inline(NamedTuple):
    """Text as it is shown, newlines where it must break; what is marked in it, in order; labels that had no definition."""

    text: str
    spans: tuple[Span, ...] = ()
    missed: frozenset[str] = frozenset()

    def same_up_to(self, other: Inline) -> int:
        """How many characters say the same here as there, and carry the same marks."""
        spans = _common(self.spans, other.spans)
        marks = [content.spans[spans].start for content in (self, other) if spans < len(content.spans)]
        return min([_common(self.text, other.text), *marks])


def _common(one: Sequence[Any], other: Sequence[Any]) -> int:
    """The length of what two sequences begin with alike; by halves, for comparing slices is quick."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


_marked = re.compile(r"[\\`*_\[<&]|~~|://|www\.|\w@\w").search
_soft_break = re.compile(r"[ \t]*\n[ \t]*").sub
_note = re.compile(r"\[\^([^\s\[\]]{1,99})\]").match
_break = re.compile(r"<br\s*/?>", re.IGNORECASE).fullmatch
_address = re.compile(
    r"(?<![\w/@.])(?:(https?://|www\.)[!-;=?-~]+|[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)", re.IGNORECASE
).finditer
_could_open = re.compile(r"`|<(?=[A-Za-z/!?])|\]\(|[*~](?=[^\s])|(?<!\w)_+(?=[^\s_])").search
_brackets = re.compile(r"[\[\]]").findall
_MOST_BRACKETS = 256  # in one text; looking for the links in more would take too long, and there are none
_OPENS = {"strong_open": STRONG, "em_open": EMPHASIS, "s_open": STRIKE}
_CLOSES = {"strong_close": STRONG, "em_close": EMPHASIS, "s_close": STRIKE}


def parse(source: str, references: References, breaks: bool = False) -> Inline:
    """Read inline markup. `breaks`: `<br>` is a line break, as it must be in a table."""
    if not _marked(source):
        if "\n" not in source:
            return Inline(visible(source.replace("\t", " ")))
        if "  \n" not in source:
            return Inline(visible(_soft_break(" ", source).replace("\t", " ")))
    references.missed = set()
    parser = _parser(source.count("[") <= _MOST_BRACKETS)
    tokens = parser.inline.parse(source, parser, {"references": references}, [])
    reader = _Reader(breaks)
    for token in tokens:
        reader.read(token)
    return reader.result(references.missed)


def is_closed(source: str) -> bool:
    """Whether no markup that begins in `source`, which white space follows, can reach beyond it."""
    parser = _parser(True)
    tokens = parser.inline.parse(source, parser, {"references": {}}, [])
    # what no markup has used up is all that could still begin some
    left = "".join(token.content if token.type == "text" else "\n" if token.type.endswith("break") else "." for token in tokens)
    return not _could_open(left) and _open_brackets(left) == 0


def _open_brackets(text: str) -> int:
    depth = 0
    for bracket in _brackets(text):
        depth = max(depth + (1 if bracket == "[" else -1), 0)
    return depth


class _Reader:
    """Gathers runs of text; markup that nests is counted."""

    def __init__(self, breaks: bool) -> None:
        self._breaks = breaks
        self._parts: list[str] = []
        self._spans: list[Span] = []
        self._length = 0
        self._depth = dict.fromkeys((STRONG, EMPHASIS, STRIKE), 0)
        self._bits = 0
        self._href: list[str | None] = []

    def read(self, token: Token) -> None:
        kind = token.type
        match kind:
            case "text":
                self._text(token.content)
            case "text_special":  # what was escaped, or named by an entity
                self._add(token.content.replace("\n", " "))
            case "softbreak" | "hardbreak":
                self._add(" " if kind == "softbreak" else "\n")
            case "code_inline":
                self._add(token.content, CODE)
            case "link_open":
                self._href.append(_safe(str(token.attrs.get("href", ""))))
            case "link_close":
                self._href.pop()
            case "image":
                self._image(token)
            case "html_inline":
                self._html(token.content)
            case "note":
                self._add(f"[{token.content}]", NOTE)
            case _:
                self._nest(kind)

    def _nest(self, kind: str) -> None:
        bit = _OPENS.get(kind, 0) or _CLOSES.get(kind, 0)
        if bit:
            self._depth[bit] += 1 if kind in _OPENS else -1
            self._bits = sum(bit for bit, depth in self._depth.items() if depth)

    def _html(self, tag: str) -> None:
        if self._breaks and _break(tag):
            self._add("\n")
        else:
            self._add(tag, HTML)

    def _image(self, token: Token) -> None:
        self._href.append(_safe(str(token.attrs.get("src", ""))))
        self._add("▣ " + (_plain(token.children or []) or "image"))
        self._href.pop()

    def _text(self, text: str) -> None:
        at = 0
        if not self._href and ("://" in text or "www." in text or "@" in text):
            for match in _address(text):
                address = _trimmed(match[0])
                self._add(text[at : match.start()])
                self._href.append(_target(address, match[1]))
                self._add(address)
                self._href.pop()
                at = match.start() + len(address)
        self._add(text[at:])

    def _add(self, text: str, bits: int = 0) -> None:
        if not text:
            return
        if text != "\n":
            text = text.replace("\n", " ").replace("\t", " ")
        href = self._href[-1] if self._href else None
        bits |= self._bits | (LINK if href else 0)
        start, self._length = self._length, self._length + len(text)
        self._parts.append(text)
        if not bits:
            return
        last = self._spans[-1] if self._spans else None
        if last and (last.end, last.bits, last.href) == (start, bits, href):
            self._spans[-1] = last._replace(end=self._length)
        else:
            self._spans.append(Span(start, self._length, bits, href))

    def result(self, missed: set[str]) -> Inline:
        return Inline(visible("".join(self._parts)), tuple(self._spans), frozenset(missed))


def _plain(tokens: list[Token]) -> str:
    """The text alone: what describes an image carries no markup."""
    parts = (
        " " if token.type.endswith("break") else _plain(token.children) if token.children else token.content for token in tokens
    )
    return "".join(parts)


def _trimmed(address: str) -> str:
    """A bare address without the punctuation of the sentence around it."""
    while address:
        if address[-1] in "?!.,:*_~'\"" or (address[-1] == ")" and address.count(")") > address.count("(")):
            address = address[:-1]
        else:
            break
    return address


def _target(address: str, scheme: str | None) -> str | None:
    if scheme is None:
        return f"mailto:{address}"
    return _safe(address if "://" in scheme else f"https://{address}")


def _safe(href: str) -> str | None:
    return href if href.lower().startswith(("http://", "https://", "mailto:")) else None


@cache
def _parser(links: bool) -> MarkdownIt:
    from markdown_it import MarkdownIt  # not before there is markup: it takes a while to import

    parser: Any = MarkdownIt("commonmark").enable("strikethrough")
    if not links:
        return parser.disable(["link", "image"])  # type: ignore[no-any-return] # see below
    parser.inline.ruler.before("link", "note", _note_rule)
    return parser  # type: ignore[no-any-return] # the library's chain of calls is typed loosely


def _note_rule(state: StateInline, silent: bool) -> bool:
    """`[^1]`, whether there is such a footnote or not: the text may come later, or never."""
    found = _note(state.src, state.pos)
    if found is None or found.end() > state.posMax:
        return False
    if not silent:
        state.push("note", "", 0).content = found[1]
    state.pos = found.end()
    return True
