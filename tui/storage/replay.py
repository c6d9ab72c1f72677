"""An answer from its rows, and rows from an answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress

from tui.engine import events
from tui.engine.answer import Answer, IllegalTransitionError, Part, State
from tui.engine.choice import THINK
from tui.engine.failure import Failure
from tui.engine.tool_run import IllegalRunError, RunEnded, RunStarted
from tui.storage.codec import Row, decode, encode

#: What became of an answer that has no end in the journal.
ENDED_EARLY = Failure(
    "closed",
    "streamtui ended before this answer did.",
    advice="What had arrived is kept. Continue asks for the rest.",
)
#: What became of one whose rest was dropped, because it could not be saved.
NOT_SAVED = Failure("closed", "The rest of this answer could not be saved.", advice="What was saved before is kept.")

#: What became of a tool that waited or ran when the program ended.
STOPPED_EARLY = RunEnded("cancelled", "Not run to its end: the program ended before.")

_ENDS: dict[State, events.Event] = {
    "cancelled": events.Cancelled(),
    **dict.fromkeys(("complete", "truncated", "filtered", "refused"), events.Finished()),
}


def restore(answer_id: str, model: str, started: float, rows: Iterable[Row]) -> Answer:
    """Fold `rows` into an Answer that is final: one without an end is interrupted if anything had come, else failed."""
    answer = Answer(model, id=answer_id)
    answer.meter.start(started)
    now = started
    for row in rows:
        event = decode(row)
        if event is None:
            continue
        if isinstance(event, events.ChoicePicked):
            with suppress(KeyError):  # likewise
                answer.pick(event.choice)
            continue
        if isinstance(event, events.ToolRunNoted):
            with suppress(IllegalTransitionError, IllegalRunError):  # of an answer whose rows are damaged
                answer.note_run(event, row.at)
            continue
        try:
            answer.apply(event, row.at)
        except IllegalTransitionError:
            continue  # two ends: the first one stands
        now = max(now, row.until)
        if isinstance(event, events.Content):
            answer.meter.last = now
            _until(answer, event.choice, row.until)
    if not answer.final:
        answer.apply(events.Failed(ENDED_EARLY), now)
    for call in answer.tool_calls:
        if call.run is not None and not call.run.final:
            answer.apply_run(call, STOPPED_EARLY, call.run.started or now)
    return answer


def rows_of(answer: Answer) -> list[Row]:
    """Rows that restore `answer` as it is now; more may follow unless it is final."""
    meter = answer.meter
    start = meter.started or 0.0
    first = start if meter.first is None else meter.first
    last = first if meter.last is None else meter.last
    end = last if meter.ended is None else meter.ended
    rows = [encode(event, start, start) for event in _head(answer)]
    content = [(part, _delta(part, choice.index)) for choice in answer.choices.values() for part in choice.parts]
    content += [
        (Part("text", began=last, last=last), events.TextDelta(choice.tags.held, choice.index))
        for choice in answer.choices.values()
        if choice.tags.held
    ]
    for place, (part, event) in enumerate(content):
        at = (part.began or last) if place else first
        rows.append(encode(event, at, last if place == len(content) - 1 else (part.last or at)))
    rows += [encode(event, end, end) for event in _tail(answer)]
    rows += [encode(note, at, at) for note, at in _runs(answer, end)]
    return rows + ([encode(events.ChoicePicked(answer.first.index), end, end)] if len(answer.choices) > 1 else [])


def _head(answer: Answer) -> Iterator[events.Event]:
    if answer.status is not None:
        yield events.Opened(answer.status, answer.request_id)
    if answer.model is not None or answer.response_id is not None:
        yield events.Identified(answer.model, answer.response_id)


def _until(answer: Answer, choice: int, until: float) -> None:
    """The last piece of a run of deltas came at `until`."""
    parts = answer.choices[choice].parts if choice in answer.choices else []
    if parts:
        parts[-1].last = until


def _delta(part: Part, choice: int) -> events.Event:
    match part.kind:
        case "text":
            return events.TextDelta(part.log.since(0), choice)
        case "reasoning" if part.key == THINK:
            return events.TextDelta(part.sent, choice)
        case "reasoning":
            return events.ReasoningDelta(part.log.since(0), choice, part.key)
        case "refusal":
            return events.RefusalDelta(part.log.since(0), choice)
    call = part.call
    assert call is not None, "a tool call's part has its call"  # noqa: S101 - for the type checker
    return events.ToolCallDelta(call.index, call.id, call.name, call.arguments.since(0), choice)


def _tail(answer: Answer) -> Iterator[events.Event]:
    for choice in answer.choices.values():
        if choice.reason is not None:
            yield events.ReasonGiven(choice.reason, choice.index)
    if answer.usage is not None:
        yield events.UsageReported(answer.usage)
    for note in answer.footnotes:
        yield events.Footnote(note)
    for _ in range(answer.reattached):
        yield events.Reattached()
    if answer.failure is not None:
        yield events.Failed(answer.failure)
    elif answer.state in _ENDS:
        yield _ENDS[answer.state]


def _runs(answer: Answer, end: float) -> Iterator[tuple[events.ToolRunNoted, float]]:
    """What became of the tool calls, and when. What a tool said while it ran is not kept."""
    for choice in answer.choices.values():
        for call in choice.calls.values():
            run = call.run
            if run is None:
                continue
            began = end if run.started is None else run.started
            yield events.ToolRunNoted(call.index, None, choice.index), began
            if run.started is not None:
                yield events.ToolRunNoted(call.index, RunStarted(), choice.index), began
            if run.state != "waiting" and run.state != "running":
                yield events.ToolRunNoted(call.index, RunEnded(run.state, run.content), choice.index), run.ended or began
