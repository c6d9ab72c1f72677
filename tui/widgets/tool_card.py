"""A tool call in the conversation: its name, its arguments as they arrive, what became of it, and its result, folded."""

from __future__ import annotations

import json
import re
from collections import deque

from tui.engine.answer import Answer, ToolCall
from tui.engine.partial_json import Unfolding, one_line
from tui.engine.rounds import is_whole
from tui.markdown.fold import FoldSection
from tui.markdown.markdown_section import MarkdownSection
from tui.markdown.sections import RowSection
from tui.safe_text import visible_line
from tui.widgets.folds import FoldKey, Folds, header
from tui.widgets.status_bar import seconds

#: state → its sign and the component class of both
LOOKS = {
    "arriving": ("◐", "transcript--busy"),
    "waiting for you": ("?", "transcript--busy"),
    "running": ("⚙", "transcript--busy"),
    "done": ("✓", "transcript--good"),
    "failed": ("✗", "transcript--bad"),
    "declined": ("⊘", "transcript--note"),
    "cancelled": ("■", "transcript--note"),
    "cut, not run": ("✂", "transcript--bad"),
    "not run": ("·", "transcript--note"),
}
WORDS = {"waiting": "waiting for you"}
_HEAD = 400  # characters of the arguments that one row can need
_WORTH_SAYING = 0.05  # seconds that a tool took
_SLICE = 4096  # characters of arguments that are laid out between two looks at the clock


class ToolCard(FoldSection):
    """One call as rows of the transcript; opened, it shows arguments and result whole, each as a code block to copy."""

    def __init__(self, key: FoldKey, folds: Folds, call: ToolCall) -> None:
        self._text = MarkdownSection()
        super().__init__(RowSection(), self._text, bar="transcript--note")
        self.key, self._folds, self.call = key, folds, call
        self._taken = 0  # characters of the arguments that were read
        self._first = ""  # their beginning
        self._waiting: deque[str] = deque()  # what was read and is not laid out yet
        self._offset = 0  # how much of the first of these is
        self._unfolding = Unfolding()
        self._stage = "new"  # then "arguments", "result", "ended"
        self._unrun = ""  # what is said of it while nobody means to run it, once it is here as far as it comes

    def show(self, answer: Answer, now: float) -> None:
        """Take in what arrived, and say what became of it."""
        self.turn(open=self._folds.is_open(self.key))
        self._take()
        run = self.call.run
        if answer.final and not self._unrun:
            self._unrun = "not run" if is_whole(answer, self.call) else "cut, not run"
        state = self._unrun or "arriving" if run is None else WORDS.get(run.state, run.state)
        sign, look = LOOKS[state]
        took = 0.0 if run is None else run.elapsed(now)
        word = f"{state} {seconds(took)}" if took >= _WORTH_SAYING else state
        name = visible_line(self.call.name or "?")[:64]
        row, target = header(self.key, self._folds, [(name, "transcript--call"), (f"  {sign} {word}", look)])
        self.head.update([row, *([] if self.is_open else self._brief())], {0: target})

    def _take(self) -> None:
        log = self.call.arguments
        if log.length > self._taken:
            new = log.since(self._taken)
            self._taken = log.length
            self._waiting.append(new)
            self._first = self._first if len(self._first) > _HEAD else (self._first + new)[: _HEAD + 1]

    def _brief(self) -> list[list[RowSection.Piece]]:
        """The rows of a folded card below its first: arguments, and what came of them, a line each."""
        rows: list[list[RowSection.Piece]] = []
        if said := one_line(self._first, _HEAD):
            rows.append([(f"  {visible_line(said)}", "transcript--note")])
        run = self.call.run
        if run is None:
            return rows
        if run.final:
            head, _, rest = run.content.strip().partition("\n")
            left = rest.count("\n") + 1
            more = f"  … {left} more line{'s' * (left != 1)}" if rest else ""
            rows.append([("  ↳ ", "transcript--mark"), (visible_line(head[:_HEAD]), None), (more, "transcript--note")])
        elif run.progress:
            rows.append([(f"  … {visible_line(run.progress[:_HEAD])}", "transcript--note")])
        return rows

    # the body: arguments and result as two code blocks, laid out only while the card is open

    @property
    def pending(self) -> bool:
        return self.is_open and (bool(self._waiting) or self._can_go_on or self._text.pending)

    @property
    def _can_go_on(self) -> bool:
        match self._stage:
            case "arguments":
                return bool(self._unrun)  # they are here as far as they come
            case "result":
                return self.call.run is not None and self.call.run.final
        return self._stage == "new"

    def work(self, deadline: float, window: range) -> bool:
        if self.is_open:
            self._write()
        return super().work(deadline, window) or (self.is_open and bool(self._waiting))

    def _write(self) -> None:
        if self._stage == "new":
            self._text.append("~~~~~~~~ json\n")
            self._stage = "arguments"
        if self._waiting:
            self._write_slice()
        if not self._waiting and self._stage == "arguments" and self._can_go_on:
            self._text.append("\n~~~~~~~~\n")
            self._stage = "result"
        if self._stage == "result" and self._can_go_on:
            self._write_result()

    def _write_slice(self) -> None:
        piece = self._waiting[0]
        self._text.append(self._unfolding.feed(piece[self._offset : self._offset + _SLICE]))
        self._offset += _SLICE
        if self._offset >= len(piece):
            self._waiting.popleft()
            self._offset = 0

    def _write_result(self) -> None:
        content = self.call.run.content if self.call.run else ""
        if content:
            longest = max((len(run) for run in re.findall("~+", content)), default=0)
            fence = "~" * max(longest + 1, 3)
            self._text.append(f"\n{fence} {_language(content)}\n{content}\n{fence}\n")
        self._text.finish()
        self._stage = "ended"


def _language(content: str) -> str:
    """The name on the label of a result: JSON where it is, else what it is to us."""
    try:
        return "json" if isinstance(json.loads(content), (dict, list)) else "result"
    except (ValueError, RecursionError):
        return "result"
