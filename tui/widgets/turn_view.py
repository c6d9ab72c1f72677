"""One turn as sections of the transcript: the prompt, who answers, the answer as it grows, and how it ended."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rich.cells import cell_len

from tui.engine.answer import Answer, Part
from tui.engine.turn import Reply, Turn
from tui.markdown.markdown_section import MarkdownSection
from tui.markdown.section import Action, Section, Target
from tui.markdown.sections import BlankSection, RowSection, TextSection
from tui.safe_text import visible_line
from tui.widgets.failure_banner import reconnected
from tui.widgets.folds import FoldKey, Folds
from tui.widgets.reasoning_section import ReasoningSection
from tui.widgets.status_bar import model_label
from tui.widgets.tool_card import ToolCard
from tui.workspace import SIGNS

FOLD_LINES = 24  # a longer prompt shows its beginning
FOLD_CHARACTERS = 4_000
MOST_NOTES = 5  # footnotes under one answer
NOTE_CHARACTERS = 300


def folded(prompt: str) -> str:
    """The beginning of a long prompt, and how much more of it there is."""
    head = "\n".join(prompt[:FOLD_CHARACTERS].split("\n")[:FOLD_LINES])
    left = len(prompt) - len(head)
    return prompt if left <= 0 else f"{head} …\n… and {left:,} more characters, all sent"


class TurnView:
    """The sections of one reply to one turn. `update` takes in what arrived; what is here already is not touched."""

    def __init__(self, turn: Turn, folds: Folds, clock: Callable[[], float], *, last: bool) -> None:
        self.turn, self.reply = turn, turn.reply
        self._folds, self._clock = folds, clock
        self.key = _key(turn, last)
        self.last = last
        self._header = RowSection()
        self._note = RowSection()
        self._content: list[Section] = []
        self._shown_folds: list[tuple[Answer, Part, ReasoningSection | ToolCard]] = []
        self._apart = False  # what comes next begins a section of its own
        self._step = 0  # the answer of the reply that is read now
        self._part = 0  # the part of it that is read now
        self._offset = 0  # how much of that part was taken
        self._seams_told = (0, "")
        self._told = ""  # the footnotes that are shown
        self._revision: tuple[int, int, int] | None = None
        you = RowSection([[("You", "transcript--who")]])
        self._head: list[Section] = [you, TextSection(folded(turn.prompt), "transcript--prompt"), BlankSection(), self._header]
        self._tail: list[Section] = [self._note, BlankSection()]
        self.update()

    def fits(self, turn: Turn, *, last: bool) -> bool:
        """Whether this still is the view of what `turn` shows."""
        return self.turn is turn and self.key == _key(turn, last)

    @property
    def sections(self) -> list[Section]:
        """All sections, top to bottom."""
        return [*self._head, *self._content, *self._tail]

    def update(self) -> bool:
        """Take in what arrived; True if there are new sections."""
        answer = self.reply.answer
        revision = (answer.revision, len([seam for seam in self.reply.seams if seam is not None]), self._folds.version)
        if revision == self._revision:
            if self.ticks:
                self._show_folds()
            return False
        self._revision = revision
        before = len(self._content), self._told
        self._read()
        self._show_folds()
        self._header.update(*_header(self.turn, self.reply, self._seams()))
        self._note.update(_note(self.reply, self.last))
        if answer.final:
            self._finish()
            self._tell_footnotes()
        return (len(self._content), self._told) != before

    @property
    def ticks(self) -> bool:
        """Whether a running time is on show: of a tool, or of a model that thinks."""
        answer = self.reply.answer
        parts = answer.first.parts
        return answer.runs_open or (not answer.final and bool(parts) and parts[-1].kind == "reasoning")

    @property
    def fold_keys(self) -> set[FoldKey]:
        """All that folds in it."""
        return {section.key for _, _, section in self._shown_folds}

    def _show_folds(self) -> None:
        now = self._clock()
        for answer, part, section in self._shown_folds:
            if isinstance(section, ToolCard):
                section.show(answer, now)
            else:
                section.show(answer, part, now)

    def _tell_footnotes(self) -> None:
        """What was odd about the streams, though the answer is what it is: a line each, under it."""
        notes = [note for answer in self.reply.answers for note in answer.footnotes]
        told = "\n".join(f"· {visible_line(note)[:NOTE_CHARACTERS]}" for note in notes[:MOST_NOTES])
        if told != self._told:
            self._told = told
            self._tail = [self._note, TextSection(told, "transcript--note"), BlankSection()]

    def _seams(self) -> str:
        """Where continuations were joined on; worked out when one was, because it takes the whole text."""
        decided = sum(seam is not None for seam in self.reply.seams)
        if decided != self._seams_told[0]:
            places = ", ".join(f"{offset:,}" for offset in self.reply.seam_offsets)
            self._seams_told = (decided, f"continued after {places} characters" if places else "")
        return self._seams_told[1]

    def _read(self) -> None:
        skips: Sequence[int | None] = [0, *self.reply.seams]
        while self._step < len(self.reply.answers):
            skip = skips[self._step]
            if skip is None:
                return
            self._read_answer(self.reply.answers[self._step], skip)
            if self._step == len(self.reply.answers) - 1:
                return
            if self.reply.answers[self._step].first.calls:
                self._finish()
                self._apart = True  # a round of its own
            self._step, self._part, self._offset = self._step + 1, 0, 0

    def _read_answer(self, answer: Answer, skip: int) -> None:
        parts = answer.first.parts
        while self._part < len(parts):
            part = parts[self._part]
            if part.kind == "tool_call":
                self._show_call(answer, part)
            elif self._offset < part.log.length:
                start = self._offset
                if part.kind == "text" and self._part == _first_text(parts):
                    start = max(start, skip)
                new = part.log.since(start)
                self._offset = part.log.length
                if new:
                    self._append(answer, part, new)
            if self._part == len(parts) - 1:
                return
            self._part, self._offset = self._part + 1, 0

    def _show_call(self, answer: Answer, part: Part) -> None:
        if part.call is not None and not any(shown is part for _, shown, _ in self._shown_folds):
            card = ToolCard(self._fold_key(answer), self._folds, part.call)
            self._shown_folds.append((answer, part, card))
            self._add_apart(card)

    def _append(self, answer: Answer, part: Part, text: str) -> None:
        last = self._content[-1] if self._content and not self._apart else None
        self._apart = False
        if part.kind == "reasoning":
            last = self._thoughts(part)
            if last is None:
                last = ReasoningSection(self._fold_key(answer), self._folds)
                self._shown_folds.append((answer, part, last))
                self._add_apart(last)
        elif not isinstance(last, MarkdownSection):
            last = MarkdownSection()
            self._content.append(last)
        last.append(text)

    def _thoughts(self, part: Part) -> ReasoningSection | None:
        """The section that shows this run of reasoning already."""
        for _, shown, section in reversed(self._shown_folds):
            if shown is part and isinstance(section, ReasoningSection):
                return section
        return None

    def _fold_key(self, answer: Answer) -> FoldKey:
        return answer.id, answer.first.index, self._part

    def _add_apart(self, section: Section) -> None:
        """Add a section with a blank row on either side."""
        if self._content and not isinstance(self._content[-1], BlankSection):
            self._content.append(BlankSection())
        self._content += [section, BlankSection()]

    def _finish(self) -> None:
        for section in self._content:
            if isinstance(section, MarkdownSection | ReasoningSection):
                section.finish()


def _key(turn: Turn, last: bool) -> tuple[int, int, int, int, bool]:
    # a round goes on under what is there; a continuation is joined to it, and so read anew, as is text that was reasoning
    answers = turn.reply.answers
    anew = sum(not before.first.calls for before in answers[:-1]) + sum(answer.first.turned for answer in answers)
    return id(turn.reply), turn.answer.first.index, anew, len(turn.replies), last


def _first_text(parts: Sequence[Part]) -> int:
    return next((place for place, part in enumerate(parts) if part.kind == "text"), -1)


def _header(turn: Turn, reply: Reply, seams: str) -> tuple[list[list[RowSection.Piece]], dict[int, tuple[Target, ...]]]:
    name = model_label(reply.answer.model or reply.answer.requested_model or "answer")
    row: list[RowSection.Piece] = [(name, "transcript--who")]
    targets: list[Target] = []
    if len(turn.replies) > 1:
        back, forth = (f"alternative({by}, {turn.id!r})" for by in (-1, 1))
        _add_steps(row, targets, f"{turn.shown + 1}/{len(turn.replies)}", back, forth)
    if reply.can_pick:
        order = sorted(reply.answer.choices)
        place = order.index(reply.answer.first.index) + 1
        _add_steps(row, targets, f"choice {place}/{len(order)}", None, f"next_choice({turn.id!r})")
    if seams:
        row.append((f"   {seams}", "transcript--note"))
    return [row], {0: tuple(targets)} if targets else {}


def _add_steps(row: list[RowSection.Piece], targets: list[Target], label: str, back: str | None, forth: str) -> None:
    """Add a place among several, with marks to click for the one before it, if that can be asked for, and the one after it."""
    start = sum(cell_len(text) for text, _ in row) + 3
    row.append(("   ", None))
    if back is not None:
        row.append(("‹ ", "transcript--mark"))
        targets.append(Target(start, start + 2, Action(f"screen.{back}")))
        start += 2
    row += [(f"{label} ", "transcript--note"), ("›", "transcript--mark")]
    end = start + cell_len(label) + 2
    targets.append(Target(end - 2, end, Action(f"screen.{forth}")))


def _note(reply: Reply, last: bool) -> list[list[RowSection.Piece]]:
    """How an answer ended, where it needs saying. Under the last one the banner says it better."""
    answer = reply.answer
    state = answer.state
    if answer.final and answer.reattached and state == "complete":
        return [[(f"{SIGNS[state]} {reconnected(answer)}", "transcript--note")]]
    if not answer.final or state == "complete":
        return []
    if state == "cancelled":
        text = "stopped; what arrived is kept" if answer.first.parts else "stopped before anything arrived"
    elif last:
        return []
    else:
        text = state + (f": {visible_line(answer.failure.title)}" if answer.failure else "")
    return [[(f"{SIGNS[state]} {text}", "transcript--note")]]
