"""Highlighting of a code block that grows: each line is lexed once for good, with the state that the lines before it left.

Lines are lexed for good by the chunk, and where a chunk ends depends on the lines alone: so a block that came in pieces looks
like one that came whole. Lines of a chunk that is not full yet are lexed one by one, for the time being.
"""

from __future__ import annotations

from collections.abc import Sequence

from tui.markdown.lexing import Grammar, Lexing, Tokens
from tui.safe_text import visible

_CHUNK = 16  # lines; then a chunk ends at the next blank line
_LONGEST_CHUNK = 48
_MOST_TEXT = 4000  # characters in a chunk
_PART = 128  # characters of a long line that grows, lexed for as long as it does
_PARTS_AT_ONCE = 4


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
        self._begun: tuple[int, Lexing, list[str]] | None = None  # a chunk: where it ends, how far it is, the stack after it
        self._growing = GrowingLine(grammar, ["root"])  # the line after the draft

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

    def settle(self, lines: Sequence[str], firm: int, closed: bool, deadline: float) -> bool:
        """Lex the next chunk of the first `firm` lines, if it is full or the block is closed. False if there is none.

        What the deadline cuts short is gone on with the next time.
        """
        if self._begun is None:
            end = self._chunk_end(lines, firm, closed)
            if end is None:
                return False
            stack = self._stack[:]
            self._begun = end, self._grammar.lex([as_shown(line) for line in lines[self.settled : end]], stack), stack
        _, lexing, stack = self._begun
        if lexing.run(deadline):
            self._begun = None
            self._tokens += lexing.lines
            self._draft.clear()
            self._stack = stack
            self._growing = GrowingLine(self._grammar, stack)
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
        """Lex what is left of the first `firm` lines, one by one, or some of it."""
        for line in lines[self.settled + len(self._draft) : firm]:
            found = self._growing.end(as_shown(line))
            if found is None:
                break
            self._draft.append(found[0])
            self._growing = GrowingLine(self._grammar, found[1])

    def tokens(self, line: int, text: str) -> Tokens | None:
        """The tokens of a line; of the one after the last lexed, too. None where it is not lexed yet."""
        line -= self.settled
        if line < 0:
            return self._tokens[line]
        if line < len(self._draft):
            return self._draft[line]
        return self._growing.tokens(text) if line == len(self._draft) else None


class GrowingLine:
    """The tokens of a line that is not whole, for the time being: what was lexed of it once is not lexed again."""

    def __init__(self, grammar: Grammar, stack: list[str]) -> None:
        self._grammar = grammar
        self._first_stack = stack
        self._begin_anew()

    def _begin_anew(self) -> None:
        self._text = ""  # the beginning, its tokens, and the stack after it
        self._known: Tokens = b""
        self._stack = self._first_stack[:]
        self._last: tuple[str, Tokens] = ("", b"")

    def tokens(self, text: str) -> Tokens:
        """The tokens of the line as far as it has come; of much that came at once, only of its beginning."""
        if text != self._last[0]:
            ending = self._lex_end(text, self._stack[:]) if self._go_on(text) else b""
            self._last = text, self._known + ending
        return self._last[1]

    def end(self, text: str) -> tuple[Tokens, list[str]] | None:
        """The line is whole: its tokens, and the stack after it. None if there is more to do than should be done at once."""
        if not self._go_on(text):
            return None
        stack = self._stack[:]
        return self._known + self._lex_end(text, stack), stack

    def _lex_end(self, text: str, stack: list[str]) -> Tokens:
        return self._grammar.lex_on(text[len(self._text) :] + "\n", stack)

    def _go_on(self, text: str) -> bool:
        """Take what is followed by enough for known; False if there is more of it."""
        if not text.startswith(self._text):
            self._begin_anew()
        for _ in range(_PARTS_AT_ONCE):
            start = len(self._text)
            if len(text) - start <= 2 * _PART:
                return True
            cut = text.rfind(" ", start + 1, start + _PART) + 1 or start + _PART
            self._known += self._grammar.lex_on(text[start:cut], self._stack)
            self._text = text[:cut]
        return False
