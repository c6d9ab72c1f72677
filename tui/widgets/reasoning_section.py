"""What the model thinks before it answers: a folded block that streams, never mixed into the answer."""

from __future__ import annotations

from tui.engine.answer import Answer, Part
from tui.engine.meter import estimate_tokens
from tui.markdown.fold import FoldSection
from tui.markdown.markdown_section import MarkdownSection
from tui.markdown.sections import RowSection
from tui.widgets.folds import FoldKey, Folds, header
from tui.widgets.status_bar import seconds

_TICK = 0.1  # seconds: what is shown of a running time


class ReasoningSection(FoldSection):
    """A run of reasoning: one counted line, and the text itself where the person opens it."""

    def __init__(self, key: FoldKey, folds: Folds) -> None:
        self._text = MarkdownSection()
        super().__init__(RowSection(), self._text, bar="transcript--note", quiet="transcript--note")
        self.key, self._folds = key, folds
        self._tokens = 0.0

    def append(self, text: str) -> None:
        """Take in more of it."""
        self._tokens += estimate_tokens(text)
        self._text.append(text)

    def finish(self) -> None:
        """No more of it comes."""
        self._text.finish()

    def show(self, answer: Answer, part: Part, now: float) -> None:
        """Say how long it takes or took, and how much it is."""
        self.turn(open=self._folds.is_open(self.key))
        parts = answer.first.parts
        thinking = not answer.final and parts[-1] is part
        took = seconds(round(max((now if thinking else part.last) - part.began, 0.0) / _TICK) * _TICK)
        lead = f"thinking {took}" if thinking else f"thought for {took}"
        row, target = header(self.key, self._folds, [(f"{lead}, {self._count(answer)} tokens", "transcript--note")])
        self.head.update([row], {0: target})

    def _count(self, answer: Answer) -> str:
        exact = answer.usage_count("completion_tokens_details", "reasoning_tokens")
        alone = sum(part.kind == "reasoning" for part in answer.first.parts) == 1
        return f"{exact:,}" if exact and alone and len(answer.choices) == 1 else f"~{round(self._tokens):,}"
