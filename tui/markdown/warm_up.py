"""What the first markup and the first code block would wait for."""

from __future__ import annotations

from tui.markdown import inline
from tui.markdown.definitions import References, split_definitions
from tui.markdown.lexing import Grammar


def warm_up() -> None:
    """Import the parser and the highlighter, some 60 ms of work: call it in a thread, once the first frame is drawn."""
    inline.parse("*a*", References())
    split_definitions(["[a]: b"])
    Grammar("python")
