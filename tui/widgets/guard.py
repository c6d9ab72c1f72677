"""The last line of defence: nothing that a terminal obeys leaves a widget, whatever was typed or pasted into it."""

from __future__ import annotations

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from tui.safe_text import visible


def guarded(text: str) -> str:
    """`text`, of one line, in as many cells: what has no width is left out, else a symbol."""
    shown = visible(text)
    if shown == text:
        return text
    if len(shown) != len(text):  # a pair of surrogates was joined
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return "".join(new if new == old or cell_len(old) else "" for old, new in zip(text, shown, strict=True))


class Guard(LineFilter):
    """Textual's own editable widgets need it: they draw what they hold as it is, and count its cells."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same list where nothing is wrong."""
        if all(visible(text) is text for text, _, _ in segments):
            return segments
        return [Segment(guarded(text), style, control) for text, style, control in segments]
