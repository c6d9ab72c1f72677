"""What was read lately. A line that is not whole is tried anew at each frame, but not read anew from its beginning."""

from __future__ import annotations

from time import perf_counter

from tui.markdown import inline
from tui.markdown.definitions import References
from tui.markdown.dividing import closed_parts
from tui.markdown.inline import Inline
from tui.safe_text import visible_line

_DEAR = 0.001  # seconds
_MOST = 32  # readings that are kept
_NOTHING = ("", Inline(""))


class Readings:
    """Reads inline markup, a long text by parts. To be thrown away when a definition comes: it may change what they say."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, bool], Inline] = {}  # parts, and what took long to read
        self._growing = _NOTHING  # of the text that grows: what was read last of its end, if that took long

    def parse(self, source: str, references: References, *, growing: bool, breaks: bool = False) -> Inline:
        """Read `source`; of one that is `growing`, the parts that are closed are read once. `breaks` as in `inline`."""
        parts, rest = closed_parts(source, wide=True)
        end = self._read_end(rest, references, growing, breaks)
        if not parts:
            return end
        return _joined([(self._read(part, references, breaks, keep=True), gap) for part, gap in parts], end)

    def _read_end(self, source: str, references: References, growing: bool, breaks: bool) -> Inline:
        """What has come since is put after what was read, until it is worth the while."""
        before, known = self._growing
        if growing and before and source.startswith(before) and len(source) < len(before) * 9 // 8:
            return known._replace(text=known.text + visible_line(source[len(before) :]))
        start = perf_counter()
        content = self._read(source, references, breaks, keep=not growing)
        if growing:
            self._growing = (source, content) if perf_counter() - start > _DEAR else _NOTHING
        return content

    def _read(self, source: str, references: References, breaks: bool, *, keep: bool) -> Inline:
        key = (source, breaks)
        if (content := self._known.get(key)) is not None:
            return content
        start = perf_counter()
        content = inline.parse(source, references, breaks)
        if keep and perf_counter() - start > _DEAR / 8:
            if len(self._known) >= _MOST:
                del self._known[next(iter(self._known))]
            self._known[key] = content
        return content


def _joined(parts: list[tuple[Inline, str]], end: Inline) -> Inline:
    """Texts one after the other, and spaces where there was white space."""
    spans: list[inline.Span] = []
    text = ""
    for content, gap in [*parts, (end, "")]:
        at = len(text)
        spans += [inline.Span(start + at, stop + at, bits, href) for start, stop, bits, href in content.spans]
        text += content.text + (gap and " ")
    missed = end.missed.union(*(content.missed for content, _ in parts))
    return Inline(text, tuple(spans), missed)
