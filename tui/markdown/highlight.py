"""Highlighting of a code block that grows: each line is lexed once for good, with the state that the lines before it left.

Lines are lexed for good by the chunk, and where a chunk ends depends on the lines alone: so a block that came in pieces looks
like one that came whole. Lines of a chunk that is not full yet are lexed one by one, for the time being.
"""

from __future__ import annotations

from collections.abc import Sequence

from tui.markdown.lexing import Grammar, Tokens
from tui.safe_text import visible

_CHUNK = 16  # lines; then a chunk ends at the next blank line
_LONGEST_CHUNK = 48
_MOST_TEXT = 4000  # characters in a chunk


def as_shown(line: str) -> str:
    """A line of code as it is drawn, and lexed."""
    if "\t" in line:
        line = line.expandtabs(4)
    return visible(line)


class Highlighter:
    """Tokens of the lines of one block. `settled` lines are lexed for good."""

    def __init__(self, grammar: Grammar) -> None:
        self._grammar = grammar
        self._stack = ["root"]
        self._tokens: list[Tokens] = []
        self._draft: list[Tokens] = []
        self._draft_stack = ["root"]
        self._next: tuple[str, Tokens] = ("", b"")  # the line after the draft, as it was last asked for

    @property
    def settled(self) -> int:
        """How many lines are lexed for good."""
        return len(self._tokens)

    @property
    def known(self) -> bool:
        """Whether the language is."""
        return self._grammar.known

    def reached(self, closed: bool) -> int:
        """How many lines have the colours that they can have now; an open block's next line is lexed when it is asked for."""
        return self.settled if closed else self.settled + len(self._draft) + 1

    def settle(self, lines: Sequence[str], firm: int, closed: bool) -> bool:
        """Lex the next chunk of the first `firm` lines, if it is full or the block is closed. False if there is none."""
        end = self._chunk_end(lines, firm, closed)
        if end is None:
            return False
        chunk = [as_shown(line) for line in lines[self.settled : end]]
        self._tokens += self._grammar.lex(chunk, self._stack)
        self._draft.clear()
        self._draft_stack = self._stack[:]
        self._next = ("", b"")
        return True

    def _chunk_end(self, lines: Sequence[str], firm: int, closed: bool) -> int | None:
        start, size = self.settled, 0
        for at in range(start, firm):
            size += len(lines[at]) + 1
            count = at - start + 1
            if count >= _LONGEST_CHUNK or size >= _MOST_TEXT or (count >= _CHUNK and not lines[at].strip()):
                return at + 1
        return firm if closed and firm > start else None

    def draft(self, lines: Sequence[str], firm: int) -> None:
        """Lex what is left of the first `firm` lines, one by one."""
        for line in lines[self.settled + len(self._draft) : firm]:
            self._draft += self._grammar.lex([as_shown(line)], self._draft_stack)
            self._next = ("", b"")

    def tokens(self, line: int, text: str) -> Tokens | None:
        """The tokens of a line; of the one after the last lexed, too. None where it is not lexed yet."""
        line -= self.settled
        if line < 0:
            return self._tokens[line]
        if line < len(self._draft):
            return self._draft[line]
        if line > len(self._draft):
            return None
        if self._next[0] != text:
            self._next = text, self._grammar.lex([text], self._draft_stack[:])[0]
        return self._next[1]
