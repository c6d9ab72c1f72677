"""What the model thinks before it answers: one quiet line, never mixed into the answer."""

from __future__ import annotations

from tui.engine.meter import estimate_tokens
from tui.markdown.sections import RowSection


class ReasoningSection(RowSection):
    """A folded run of reasoning, counted as it streams."""

    def __init__(self) -> None:
        super().__init__()
        self._tokens = 0.0

    def append(self, text: str) -> None:
        """Take in more of it."""
        self._tokens += estimate_tokens(text)
        self.update([[(f"▸ thought, ~{round(self._tokens):,} tokens", "transcript--note")]])
