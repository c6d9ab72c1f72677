"""Timing and token counts of one answer. The clock is the caller's: every method takes `now`, in monotonic seconds."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

WINDOW = 3.0  # seconds that "now" in tokens/s looks back


def estimate_tokens(text: str) -> float:
    """How many tokens `text` is, roughly: four ASCII characters a token, about one of any other script."""
    length = len(text)
    if text.isascii():
        return length / 4
    plain = sum(character < "\x80" for character in text)
    return plain / 4 + (length - plain) * 0.8


@dataclass(slots=True)
class Meter:
    """When a stream started, first spoke, last spoke and ended, and how many tokens came, by estimate."""

    started: float | None = None
    first: float | None = None
    last: float | None = None
    ended: float | None = None
    tokens: float = 0.0
    _recent: deque[tuple[float, float]] = field(default_factory=deque)

    def start(self, now: float) -> None:
        """Note that the request went out."""
        self.started = now

    def content(self, text: str, now: float) -> None:
        """Note that content arrived."""
        if self.first is None:
            self.first = now
        self.last = now
        amount = estimate_tokens(text)
        self.tokens += amount
        recent = self._recent
        # one entry per 50 ms is enough for a rate, and keeps the queue short in a burst
        if recent and now - recent[-1][0] < 0.05:
            recent[-1] = (recent[-1][0], recent[-1][1] + amount)
        else:
            recent.append((now, amount))
            while recent[0][0] < now - WINDOW:
                recent.popleft()

    def end(self, now: float) -> None:
        """Note that the stream ended."""
        self.ended = now
        self._recent.clear()

    @property
    def first_token(self) -> float | None:
        """Seconds from the request to the first content, or None."""
        return None if self.first is None or self.started is None else self.first - self.started

    def elapsed(self, now: float) -> float:
        """Seconds from the request to the end, or to `now` while it runs."""
        return 0.0 if self.started is None else (now if self.ended is None else self.ended) - self.started

    def rate(self, tokens: float) -> float | None:
        """Tokens/s overall, from the first content to the last, for `tokens` in total; None where that says nothing."""
        if self.first is None or self.last is None or self.last - self.first < 0.001:
            return None
        return tokens / (self.last - self.first)

    def rate_now(self, now: float) -> float | None:
        """Tokens/s over the last few seconds, while the stream runs."""
        if self.first is None or self.ended is not None:
            return None
        since = max(self.first, now - WINDOW)
        if now - since < 0.25:
            return None
        return sum(amount for at, amount in self._recent if at >= since) / (now - since)
