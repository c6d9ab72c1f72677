"""Pygments, driven so that its state can be kept: text and a stack of lexer states in, tokens by line and the new stack out.

A language's lexer takes up to 40 ms to load, so it is loaded in a thread.
"""

from __future__ import annotations

import math
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache, lru_cache
from itertools import islice
from time import perf_counter
from typing import TYPE_CHECKING, Any

from tui.markdown.palette import CODE_STYLES

if TYPE_CHECKING:
    from collections.abc import Iterator

_Loaded = tuple[Any, bool]  # the lexer, or None; whether its state can be kept

#: Tokens of a line: pairs of bytes, a length and an index into CODE_STYLES.
Tokens = bytes

_STYLE_OF = {
    "Comment": "comment",
    "Comment.Preproc": "import",
    "Keyword": "keyword",
    "Keyword.Constant": "constant",
    "Keyword.Type": "type",
    "Keyword.Namespace": "import",
    "Literal.Number": "number",
    "Literal.String": "string",
    "Literal.String.Doc": "doc",
    "Literal.String.Escape": "escape",
    "Literal.String.Interpol": "escape",
    "Literal.String.Regex": "escape",
    "Literal.Date": "number",
    "Name.Attribute": "attribute",
    "Name.Builtin": "builtin",
    "Name.Class": "class",
    "Name.Constant": "constant",
    "Name.Decorator": "decorator",
    "Name.Exception": "class",
    "Name.Function": "function",
    "Name.Tag": "tag",
    "Name.Variable": "variable",
    "Operator.Word": "keyword",
    "Operator": "operator",
    "Generic.Inserted": "inserted",
    "Generic.Deleted": "deleted",
    "Generic.Heading": "heading",
    "Generic.Subheading": "heading",
    "Generic.Prompt": "comment",
    "Generic.Output": "comment",
    "Generic.Error": "error",
    "Generic.Traceback": "error",
}


class Grammar:
    """A language's lexer, or none where the language is not known. It loads from the first mention of the language on."""

    def __init__(self, language: str) -> None:
        self._loading = _loading(language)

    @property
    def ready(self) -> bool:
        """Whether it is loaded."""
        return self._loading.done()

    @property
    def known(self) -> bool:
        """Whether there is anything to tell apart. Waits for the lexer."""
        return self._loading.result()[0] is not None

    def lex(self, lines: list[str], stack: list[str]) -> Lexing:
        """Begin to lex lines; `stack` is changed to what holds after the last one. Waits for the lexer."""
        return self._begin("\n".join(lines) + "\n", stack, len(lines))

    def lex_on(self, text: str, stack: list[str]) -> Tokens:
        """The tokens of a part of a line."""
        lexing = self._begin(text, stack, 1)
        lexing.run(math.inf)
        return lexing.lines[0]

    def _begin(self, text: str, stack: list[str], count: int) -> Lexing:
        lexer, keeps_state = self._loading.result()
        if keeps_state:
            return Lexing(_run(lexer, text, stack), count)
        return Lexing(((kind, value) for _, kind, value in lexer.get_tokens_unprocessed(text)), count)


class Lexing:
    """Some lines that are being lexed; `lines` has their tokens once `run` says that it is done."""

    def __init__(self, tokens: Iterator[tuple[Any, str]], count: int) -> None:
        self._tokens = tokens
        self._count = count
        self._line = bytearray()
        self.lines: list[Tokens] = []

    def run(self, deadline: float) -> bool:
        """Go on until the deadline, by a few tokens at least; True if all is done."""
        while some := list(islice(self._tokens, _TOKENS_A_LOOK)):
            self._take(some)
            if perf_counter() >= deadline:
                return False
        self.lines.append(bytes(self._line))
        self.lines = (self.lines + [b""] * self._count)[: self._count]
        return True

    def _take(self, tokens: list[tuple[Any, str]]) -> None:
        line = self._line
        for kind, value in tokens:
            style = _style(kind)
            if "\n" in value:
                *whole, value = value.split("\n")
                for part in whole:
                    _add(line, len(part), style)
                    self.lines.append(bytes(line))
                    line.clear()
            _add(line, len(value), style)


@cache
def _loader() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, thread_name_prefix="lexers")


@lru_cache(maxsize=256)
def _loading(language: str) -> Future[_Loaded]:
    return _loader().submit(_load, language)


def _load(language: str) -> _Loaded:
    from pygments.lexer import ExtendedRegexLexer, RegexLexer  # not before there is code: it takes a while to import
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        lexer = get_lexer_by_name(language)
    except ClassNotFound:
        return None, False
    return lexer, isinstance(lexer, RegexLexer) and not isinstance(lexer, ExtendedRegexLexer)


def _run(lexer: Any, text: str, stack: list[str]) -> Iterator[tuple[Any, str]]:
    """RegexLexer's own loop, on a stack that is the caller's."""
    from pygments.token import Error, Whitespace, _TokenType

    definitions = lexer._tokens  # noqa: SLF001 - the compiled tables have no public name
    position, end = 0, len(text)
    rules = definitions[stack[-1]]
    idle = 0
    while position < end:
        for match_rule, action, new_state in rules:
            match = match_rule(text, position)
            if not match:
                continue
            if action is not None:
                if type(action) is _TokenType:
                    yield action, match[0]
                else:
                    yield from ((kind, value) for _, kind, value in action(lexer, match))
            idle = idle + 1 if match.end() == position else 0
            position = match.end()
            if new_state is not None:
                _change(stack, new_state)
                rules = definitions[stack[-1]]
            break
        else:
            newline = text[position] == "\n"
            yield (Whitespace if newline else Error), text[position]
            position += 1
            if newline:
                stack[:] = ["root"]
                rules = definitions["root"]
        if idle > _MOST_IDLE:
            yield Error, text[position]
            position, idle = position + 1, 0


_TOKENS_A_LOOK = 64
_MOST_IDLE = 200  # rules that match nothing, one after the other


def _change(stack: list[str], new_state: Any) -> None:
    for state in new_state if isinstance(new_state, tuple) else (new_state,):
        if isinstance(state, int):
            del stack[max(len(stack) + state, 1) :]
        elif state == "#pop":
            del stack[max(len(stack) - 1, 1) :]
        else:
            stack.append(stack[-1] if state == "#push" else state)


def _add(line: bytearray, length: int, style: int) -> None:
    while length > 255:
        line += bytes((255, style))
        length -= 255
    if length:
        if line and line[-1] == style and line[-2] + length < 256:
            line[-2] += length
        else:
            line += bytes((length, style))


@cache
def _style(kind: Any) -> int:
    path = str(kind).removeprefix("Token.").split(".")
    while path:
        if found := _STYLE_OF.get(".".join(path)):
            return CODE_STYLES.index(found)
        path.pop()
    return 0
