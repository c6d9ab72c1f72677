"""What was read lately. A line that is not whole is tried anew at each frame, but not read anew from its beginning."""

from __future__ import annotations

from time import perf_counter

from tui.markdown import inline
from tui.markdown.definitions import References
from tui.markdown.inline import Inline
from tui.safe_text import visible_line

_DEAR = 0.001  # seconds
_MOST = 4  # readings that are kept
_NOTHING = ("", Inline(""))


class Readings:
    """Reads the inline markup of paragraphs. To be thrown away when a definition comes: it may change what they say."""

    def __init__(self) -> None:
        self._dear: dict[str, Inline] = {}  # readings that took long
        self._growing = _NOTHING  # of the paragraph that grows: what was read last, if that took long

    def parse(self, source: str, references: References, *, growing: bool) -> Inline:
        """Read `source`. If it is `growing`, what has come since is put after what was read, until it is worth the while."""
        before, known = self._growing
        if growing and before and source.startswith(before) and len(source) < len(before) * 9 // 8:
            return known._replace(text=known.text + visible_line(source[len(before) :]))
        if source in self._dear:
            return self._dear[source]
        start = perf_counter()
        content = inline.parse(source, references)
        dear = perf_counter() - start > _DEAR
        if growing:
            self._growing = (source, content) if dear else _NOTHING
        elif dear:
            self._keep(source, content)
        return content

    def _keep(self, source: str, content: Inline) -> None:
        if len(self._dear) >= _MOST:
            del self._dear[next(iter(self._dear))]
        self._dear[source] = content
