"""What CommonMark's HTML of an example says, as runs of marked text: to be compared with what we show."""

from __future__ import annotations

from html.parser import HTMLParser

from tui.markdown.inline import CODE, EMPHASIS, STRONG

#: Text, its marks (of STRONG, EMPHASIS and CODE), and where it leads to.
MarkedRun = tuple[str, int, str | None]
#: A paragraph or heading, or the text of a code block.
Leaf = list[MarkedRun] | str

_BLOCKS = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "ul", "ol", "blockquote", "hr"}
_MARKS = {"em": EMPHASIS, "strong": STRONG, "code": CODE}


def leaves(html: str) -> list[Leaf]:
    """The leaves of a document; empty ones are left out."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.end_leaf()
    return reader.leaves


def joined(runs: list[MarkedRun]) -> list[MarkedRun]:
    """The same text in as few runs as can be, without the spaces at its end."""
    out: list[MarkedRun] = []
    for text, bits, href in runs:
        if out and out[-1][1:] == (bits, href):
            out[-1] = (out[-1][0] + text, bits, href)
        elif text:
            out.append((text, bits, href))
    if out:
        out[-1] = (out[-1][0].rstrip(" "), *out[-1][1:])
    return [run for run in out if run[0]]


class _Reader(HTMLParser):
    """Tags that no Markdown makes are text, as they are on our screen."""

    def __init__(self) -> None:
        super().__init__()
        self.leaves: list[Leaf] = []
        self._runs: list[MarkedRun] = []
        self._bits: list[int] = []
        self._hrefs: list[str | None] = []
        self._code = False

    def end_leaf(self) -> None:
        if runs := joined(self._runs):
            self.leaves.append(runs)
        self._runs = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag in _BLOCKS:
            self.end_leaf()
        elif tag == "pre":
            self.end_leaf()
            self._code = True
        elif tag in _MARKS:
            self._bits.append(_MARKS[tag])
        elif tag == "a" and "href" in values:
            self._hrefs.append(values["href"])
        elif tag == "br":
            self._runs.append(("\n", *self._state))
        elif tag == "img":
            self._runs.append((f"▣ {values.get('alt') or 'image'}", self._state[0], values["src"]))
        else:
            self._add(self.get_starttag_text() or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.end_leaf()
        elif tag == "pre":
            self.leaves.append("".join(text for text, _, _ in self._runs).rstrip("\n"))
            self._runs, self._code = [], False
        elif tag in _MARKS and self._bits:
            self._bits.pop()
        elif tag == "a" and self._hrefs:
            self._hrefs.pop()
        else:
            self._add(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self._add(data)

    @property
    def _state(self) -> tuple[int, str | None]:
        return sum(set(self._bits)), self._hrefs[-1] if self._hrefs else None

    def _add(self, text: str) -> None:
        if not self._code:
            after_break = not self._runs or self._runs[-1][0] == "\n"
            text = (text.removeprefix("\n") if after_break else text).replace("\n", " ")
        if text:
            self._runs.append((text, *self._state))
