"""What waits to be written, in memory: changes in order, and events in runs, one run a row."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from tui.engine import events
from tui.engine.text_log import TextLog
from tui.engine.tool_run import RunEnded
from tui.storage.changes import Change, Draft, OpenTabs, ReplaceAnswer
from tui.storage.codec import Row, encode

LIMIT = 64 * 1024 * 1024  # characters that may wait while nothing can be written
_TEXTS = (events.TextDelta, events.ReasoningDelta, events.RefusalDelta)


@dataclass(slots=True)
class Run:
    """One event, or deltas that add up to one: `pieces` is what follows `event`."""

    event: events.Kept
    at: float
    until: float
    pieces: TextLog = field(default_factory=TextLog)

    @property
    def size(self) -> int:
        """Roughly how many characters it holds."""
        return _size(self.event) + len(self.pieces)

    def row(self) -> Row:
        """The run as one row."""
        event = self.event
        if self.pieces and isinstance(event, events.ToolCallDelta):
            arguments = event.arguments + self.pieces.since(0)
            event = events.ToolCallDelta(event.index, event.id, event.name, arguments, event.choice)
        elif self.pieces and isinstance(event, _TEXTS):
            event = replace(event, text=event.text + self.pieces.since(0))
        return encode(event, self.at, self.until)


class Pending:
    """The events of one answer that wait. What does not depend on order is merged, so that few rows come of many chunks."""

    def __init__(self) -> None:
        self.runs: list[Run] = []
        self._last: dict[int, Run] = {}  # choice → the run that text of its kind continues
        self._calls: dict[tuple[int, int], Run] = {}
        self._usage: Run | None = None

    @property
    def ended(self) -> bool:
        """Whether the end of the answer is among them."""
        return any(isinstance(run.event, events.Terminal) for run in reversed(self.runs))

    def add(self, event: events.Kept, at: float) -> None:
        """Add one event."""
        if isinstance(event, events.Content):
            self._add_delta(event, at)
        elif isinstance(event, events.UsageReported) and self._usage is not None:
            self._usage.event = event  # some servers send it with every chunk; the last one counts
        else:
            run = self._run(event, at)
            if isinstance(event, events.UsageReported):
                self._usage = run

    def _add_delta(self, event: events.Content, at: float) -> None:
        run = self._continued(event)
        if run is None:
            run = self._last[event.choice] = self._run(event, at)
            if isinstance(event, events.ToolCallDelta):
                self._calls[event.choice, event.index] = run
            return
        run.pieces.append(event.arguments if isinstance(event, events.ToolCallDelta) else event.text)
        run.until = at

    def _continued(self, event: events.Content) -> Run | None:
        if isinstance(event, events.ToolCallDelta):
            return None if event.id or event.name else self._calls.get((event.choice, event.index))
        last = self._last.get(event.choice)
        if last is None or type(last.event) is not type(event):
            return None
        return last if getattr(last.event, "key", "") == getattr(event, "key", "") else None

    def _run(self, event: events.Kept, at: float) -> Run:
        run = Run(event, at, at)
        self.runs.append(run)
        return run


class Backlog:
    """Changes and events since the last commit. Bounded: an answer whose events find no room is `lost` from there on."""

    def __init__(self, limit: int = LIMIT) -> None:
        self.changes: list[Change] = []
        self.pending: dict[str, Pending] = {}
        self.lost: set[str] = set()
        self.size = 0
        self._limit = limit

    def __bool__(self) -> bool:
        return bool(self.changes or self.pending)

    def change(self, change: Change) -> None:
        """Add a change; only the last state of a draft, of the tabs, or of a replaced answer counts."""
        if isinstance(change, (Draft, OpenTabs, ReplaceAnswer)):
            self.changes = [other for other in self.changes if other.key != change.key]
        if isinstance(change, ReplaceAnswer):
            self.forget(change.answer)
        self.changes.append(change)

    def forget(self, answer: str) -> None:
        """Drop what waits of an answer that is saved whole."""
        pending = self.pending.pop(answer, None)
        self.size -= sum(run.size for run in pending.runs) if pending else 0
        self.lost.discard(answer)

    def event(self, answer: str, event: events.Kept, at: float) -> None:
        """Add an event of an answer."""
        size = _size(event)
        if answer in self.lost or (not size and isinstance(event, _TEXTS)):
            return
        if self.size + size > self._limit:
            self.lost.add(answer)
            return
        self.size += size
        pending = self.pending.get(answer)
        if pending is None:
            pending = self.pending[answer] = Pending()
        pending.add(event, at)

    def written(self) -> None:
        """Everything is on disk now. What was lost stays lost."""
        self.changes.clear()
        self.pending.clear()
        self.size = 0


def _size(event: events.Kept) -> int:
    if isinstance(event, events.ToolRunNoted):
        return 100 + (len(event.event.content) if isinstance(event.event, RunEnded) else 0)
    if isinstance(event, _TEXTS):
        return len(event.text)
    return 100 + (len(event.arguments) if isinstance(event, events.ToolCallDelta) else 0)
