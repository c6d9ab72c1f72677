"""Code blocks, and raw HTML, which is shown as the text that it is."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from itertools import accumulate
from time import perf_counter

from tui.markdown.blocks import Fence, Html, Indented, Verbatim
from tui.markdown.cells import chop, cut, width
from tui.markdown.highlight import Highlighter, as_shown
from tui.markdown.lexing import Grammar, Tokens
from tui.markdown.palette import CODE_STYLES, Ink
from tui.markdown.rows import Content, Run
from tui.markdown.section import CodeBlock, Cut
from tui.markdown.views import Setting, View, next_stamp
from tui.safe_text import visible_line

_INKS = tuple(Ink(f"code-{name}") for name in CODE_STYLES)
_PLAIN = _INKS[0]
_LINE = 1 << 13  # an offset is a line's number times this, and a character in it
_LINES_AT_ONCE, _TEXT_AT_ONCE = 60, 1500  # lines and characters that may be lexed while a row waits for them


class VerbatimView(View):
    """Lines as they are, wrapped where they are too long. `starts` are the rows at which lines begin."""

    __slots__ = ("_firm", "_last", "_picture", "_setting", "starts")
    block: Verbatim
    margin = 0  # columns at each side
    head = 0  # rows above the lines

    def __init__(self, block: Verbatim, index: int) -> None:
        super().__init__(block, index)
        self.starts = array("I", [0])
        self._firm = 0
        self._picture = 0  # the stamp of rows that will not change at this width
        self._setting: Setting | None = None
        self._last: tuple[str, int, str, list[int]] = ("", 0, "", [0])  # the line that was looked at last, as at what width

    @property
    def inner(self) -> int:
        """Columns for a line."""
        return max(self.width - 2 * self.margin, 1)

    def forget(self) -> None:
        super().forget()
        self._firm = 0

    def _lay(self, width: int, setting: Setting) -> int:
        lines, firm = self.block.lines, self._firm
        if width != self.width or self._setting is not setting:
            firm, self._setting = 0, setting
        if not firm:
            self._picture = next_stamp()
        del self.starts[firm + 1 :]
        first = self.starts[-1]
        self.width = width
        self._add_rows(lines, firm)
        self._firm = len(lines) if self.block.firm is None else self.block.firm
        self.height = self.head + self.starts[-1] + self.foot
        return first + self.head if firm else 0

    @property
    def foot(self) -> int:
        """Rows below the lines."""
        return 0

    def _add_rows(self, lines: list[str], at: int) -> None:
        row, inner, starts = self.starts[-1], self.inner, self.starts
        wraps = self.wraps
        for line in lines[at:] if at else lines:
            if not wraps or (len(line) <= inner and line.isascii() and "\t" not in line):
                row += 1
            else:
                row += len(chop(as_shown(line), inner))
            starts.append(row)

    @property
    def settled(self) -> int:
        """How many lines will not change."""
        return self._firm

    def row_stamp(self, y: int) -> int:
        return self._picture if y - self.head < self.starts[self.settled] else self.stamp

    @property
    def wraps(self) -> bool:
        """Whether long lines are wrapped, not cut."""
        return True

    def place(self, y: int) -> tuple[int, int]:
        """(line, row within it) of a row of lines."""
        line = bisect_right(self.starts, y) - 1
        return line, y - self.starts[line]

    def row(self, y: int) -> Content:
        line, sub = self.place(y)
        text, starts = self._chopped(self.block.lines[line])
        end = starts[sub + 1] if sub + 1 < len(starts) else len(text)
        joins = "" if sub or line in self.block.pieces else None
        return Content(self._runs(line, text, starts[sub], end), joins)

    def _chopped(self, line: str) -> tuple[str, list[int]]:
        """A line as it is shown, and where its rows begin; kept, because the next row is of the same line, if that is long."""
        if self._last[0] is not line or self._last[1] != self.inner:
            text = as_shown(line)
            self._last = line, self.inner, text, chop(text, self.inner)
        return self._last[2:]

    def _runs(self, line: int, text: str, start: int, end: int) -> list[Run]:
        return [Run(text[start:end], Ink("html"))]

    def offset(self, y: int) -> int:
        y -= self.head
        if y < 0 or not self.block.lines:
            return 0
        line, sub = self.place(min(y, self.starts[-1] - 1))
        return (line + 1) * _LINE + (self._chopped(self.block.lines[line])[1][sub] if sub else 0)

    def row_at(self, offset: int) -> int:
        line, character = divmod(offset, _LINE)
        if not line or line > len(self.block.lines):
            return 0
        starts = self._chopped(self.block.lines[line - 1])[1] if self.wraps else [0]
        return self.head + self.starts[line - 1] + bisect_right(starts, character) - 1


class HtmlView(VerbatimView):
    """Raw HTML."""

    __slots__ = ()
    block: Html


class CodeView(VerbatimView):
    """A code block on a surface of its own, under a row with the language's name and the mark that copies it."""

    __slots__ = ("_grammar", "_highlighter", "_stops")
    block: Fence | Indented
    margin = 2
    head = 1

    def __init__(self, block: Fence | Indented, index: int) -> None:
        super().__init__(block, index)
        self._grammar = Grammar(self.language) if self.language else None
        self._highlighter: Highlighter | None = None
        self._stops: tuple[Tokens, list[int]] = (b"", [])  # of the line that was drawn last: where its tokens end

    @property
    def foot(self) -> int:
        return 1

    @property
    def wraps(self) -> bool:
        return self._setting is None or self._setting.wrap_code

    @property
    def settled(self) -> int:
        if self._grammar is None or (self._highlighter and not self._highlighter.known):
            return self._firm
        return min(self._highlighter.settled, self._firm) if self._highlighter else 0

    @property
    def language(self) -> str:
        """The language's name."""
        return self.block.language if isinstance(self.block, Fence) else ""

    # rows

    def row(self, y: int) -> Content:
        if y == 0:
            return self._label()
        y -= self.head
        if y >= self.starts[-1]:
            return self._framed([], 0)._replace(indent=self.width)
        if not self.wraps:
            return self._cut_row(self.place(y)[0])  # rows may still be those of wrapped lines
        content = super().row(y)
        return self._framed(content.runs, sum(width(run.text) for run in content.runs), content.joins)

    def _framed(self, runs: list[Run], size: int, joins: str | None = None) -> Content:
        margin = Run(" " * self.margin, _PLAIN)
        fill = Run(" " * max(self.width - self.margin - size, 0), _PLAIN)
        return Content([margin, *runs, fill], joins, self.margin)

    def _label(self) -> Content:
        language = visible_line(self.language)
        copy = CodeBlock(self.block.number, self.block.text)
        label = [Run(f"{language} ", Ink("label"))] if language and width(language) + 8 < self.width else []
        label.append(Run(" copy ", Ink("copy"), copy))
        size = sum(width(run.text) for run in label)
        runs = [Run(" " * max(self.width - size, 0), _PLAIN), *label]
        return Content(runs, indent=sum(len(run.text) for run in runs))

    def _cut_row(self, line: int) -> Content:
        """One row for the whole line, as far as it is in view."""
        text = as_shown(self.block.lines[line])
        left = self._setting.code_left if self._setting else 0
        start = cut(text, 0, left) if left else 0
        end = cut(text, start, self.inner) if start < len(text) else start
        runs = self._runs(line, text, start, end)
        content = self._framed(runs, width(text[start:end]))
        if end < len(text):
            content.runs[-1] = Run("›".rjust(max(self.width - self.margin - width(text[start:end]), 1)), Ink("cut"))
        if start:
            content.runs[0] = Run("‹".ljust(self.margin), Ink("cut"))
        return content._replace(cut=Cut(text, start, end)) if start or end < len(text) else content

    def _runs(self, line: int, text: str, start: int, end: int) -> list[Run]:
        tokens = self._highlighter.tokens(line, text) if self._highlighter and self._highlighter.known else None
        if tokens is None:
            return [Run(text[start:end], _PLAIN)]
        if self._stops[0] is not tokens:
            self._stops = tokens, list(accumulate(tokens[::2]))
        stops = self._stops[1]
        runs: list[Run] = []
        at = start
        for index in range(bisect_right(stops, start), len(stops)):
            if at >= end:
                break
            stop = min(stops[index], end)
            runs.append(Run(text[at:stop], _INKS[tokens[2 * index + 1]]))
            at = stop
        if at < end:
            runs.append(Run(text[at:end], _PLAIN))
        return runs

    # highlighting

    @property
    def _final(self) -> bool:
        return self.block.closed and self.block.firm is None

    @property
    def ready(self) -> bool:
        """Whether the language's lexer is loaded."""
        return self._grammar is None or self._grammar.ready

    def unlexed(self, y: int) -> int:
        """How many lines must be lexed before row `y` has its colours."""
        if self._grammar is None or y < self.head or y - self.head >= self.starts[-1]:
            return 0
        if self._highlighter is None:
            return self.place(y - self.head)[0] + 1
        if not self._highlighter.known:
            return 0
        return max(self.place(y - self.head)[0] + 1 - self._highlighter.reached(self._final), 0)

    def lex(self, y: int, deadline: float) -> bool:
        """Lex until row `y` has its colours, or the deadline passed; True if it has them not. Waits for the lexer."""
        if self._grammar is None:
            return False
        if self._highlighter is None:
            self._highlighter = Highlighter(self._grammar)
            self.touch()
        lines, firm = self.block.lines, self.block.firm
        whole = len(lines) if firm is None else firm
        while self.unlexed(y):
            self.touch()
            if not self._highlighter.settle(lines, whole, self._final, deadline):
                self._highlighter.draft(lines, whole)
                break
            if perf_counter() >= deadline:
                break
        return self.unlexed(y) > 0

    def soon_lexed(self, y: int) -> bool:
        """Whether row `y` has no colours yet, and lexing up to it takes no longer than a row can wait."""
        waiting = self.unlexed(y)
        if not 0 < waiting <= _LINES_AT_ONCE:
            return False
        stop = self.place(y - self.head)[0] + 1
        return sum(map(len, self.block.lines[stop - waiting : stop])) <= _TEXT_AT_ONCE

    @property
    def long(self) -> bool:
        """Whether lexing it may take longer than a row can wait."""
        last = self.height - 2
        return self.unlexed(last) > 0 and not self.soon_lexed(last)
