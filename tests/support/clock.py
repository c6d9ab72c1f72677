"""A clock that a test moves."""

from __future__ import annotations


class Clock:
    """Monotonic seconds that stand still until they are told to pass.

    Let time pass only while every stream stands at a gate: what was read before is then folded, what comes after is not sent.
    """

    def __init__(self, now: float = 1000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    def passes(self, seconds: float) -> None:
        """Let `seconds` pass."""
        self.now += seconds
