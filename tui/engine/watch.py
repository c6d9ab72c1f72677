"""The stall watch: when silence becomes a notice, and when it becomes a failure. No timers: it is asked, with the time.

Only content counts as a sign of life; keep-alive comments and empty deltas do not.
"""

from __future__ import annotations

from tui.engine.events import StallNotice
from tui.engine.failure import Failure
from tui.engine.request import Timeouts

GRACE = 2.0  # seconds that usage and `[DONE]` may follow the reason to end


class Watch:
    """The limits of one attempt. `now` is monotonic seconds, everywhere."""

    def __init__(self, timeouts: Timeouts, now: float) -> None:
        self._first, self._stall = timeouts.first_token, timeouts.stall
        self._since = now  # when the request went out, or the last content came
        self._began = False
        self._noticed = False
        self._grace_from: float | None = None
        self.off = False

    def content(self, now: float) -> None:
        """Content came."""
        self._since = now
        self._began = True
        self._noticed = False
        self._grace_from = None

    def ended(self, ended: bool, now: float) -> None:
        """Whether the answer seems to be over: then little more is waited for."""
        if not ended:
            self._grace_from = None
        elif self._grace_from is None:
            self._grace_from = now

    def restart(self, now: float) -> None:
        """The stream goes on in another connection: silence counts from now."""
        self.off = self._noticed = False
        self._since, self._grace_from = now, None

    @property
    def _limit(self) -> float:
        return self._stall if self._began else self._first

    def due(self) -> float | None:
        """When to ask again, or None if nothing is limited."""
        if self.off:
            return None
        if self._grace_from is not None:
            return self._grace_from + GRACE
        if not self._limit:
            return None
        return self._since + (self._limit if self._noticed else self._limit / 2)

    def check(self, now: float) -> StallNotice | Failure | None:
        """What the silence until `now` means."""
        due = self.due()
        if due is None or now < due:
            return None
        silent = now - self._since
        if not self._noticed and self._grace_from is None and silent < self._limit:
            self._noticed = True
            return StallNotice(silent, self._limit)
        return self.failure()

    def failure(self) -> Failure:
        """What to say when the limit is reached."""
        if self._began:
            title = f"The server went silent for {self._limit:g} s."
            return Failure("stalled", title, "", "What arrived is kept; continue or retry.")
        return Failure("timeout", f"No first token within {self._limit:g} s.", "", "Retry, or allow more time.")
