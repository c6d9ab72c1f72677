"""One event's JSON → our events, tolerant of every vendor's shape.

`Decoder.chunk` takes objects; `Decoder.take` gives the events so far. Text that follows text of the same choice is one
`TextDelta`: what counts is the concatenation, and a burst of thousands of chunks costs its consumer one event.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tui.engine import events
from tui.engine.choices import choices_in, index_of, ollama_usage, reason_in
from tui.engine.content import DETAILS, REASONING_KEYS, flat, words
from tui.engine.in_band import Complaint, find_choice_error, find_error
from tui.engine.tool_deltas import ToolDeltas

#: Reasons that say that the server broke off, not that the answer ended.
_BREAKS = frozenset(
    (
        *("abort", "aborted", "cancelled", "canceled", "interrupted", "timeout"),
        *("failed", "overloaded", "insufficient_system_resource", "malformed_function_call"),
    )
)

_UNSHOWN = ("audio", "images")
_OTHER_CONTENT = (*REASONING_KEYS, "reasoning_details", "refusal", "tool_calls", "function_call", "error", *_UNSHOWN)
_BESIDE_DELTA = frozenset(("message", "text", "usage", "error", "x_groq"))
_BESIDE_CHOICES = ("usage", "error", "x_groq")


def _is_break(reason: str) -> bool:
    """Also any that speaks of an error: `error`, `network_error`, `server_error`."""
    word = reason.lower()
    return word in _BREAKS or "error" in word


@dataclass(slots=True)
class _ChoiceState:
    """What must be known of a choice to read its next chunk."""

    tools: ToolDeltas
    reason: str | None = None
    open: bool = False  # content came, and no reason after it
    length: int = 0  # characters of text so far, and their checksum: to know a whole message that repeats them
    checksum: int = 0
    thoughts: list[str] = field(default_factory=list)
    thought_by: str = ""  # the key that the first of them came by

    def thinks(self, text: str, key: str) -> bool:
        """Take reasoning in; False if it is all of it again under another name, as some servers send it at the end."""
        if self.thought_by not in ("", key) and text == "".join(self.thoughts):
            return False
        self.thought_by = self.thought_by or key
        self.thoughts.append(text)
        return True


class Decoder:
    """Folds chunks into events. `complaint` is the error that the server reported, if it did."""

    def __init__(self) -> None:
        self.complaint: Complaint | None = None
        self.late = False  # the complaint came after the end
        self.contents = 0  # pieces of content so far: the stall watch looks whether it grew
        self.characters = 0
        self.is_message = False  # the last chunk was a whole answer, not a delta
        self.recognised = False  # some chunk was a chat completion's
        self._states: dict[int, _ChoiceState] = {}
        self._out: list[events.Event] = []
        self._run: list[str] = []  # the text of `_run_choice` that no event holds yet
        self._run_choice = 0
        self._unshown: set[str] = set()
        self._identified = False
        self._usage: Mapping[str, Any] | None = None
        self._new_usage = False

    @property
    def ended(self) -> bool:
        """Whether the server gave a reason, and one for every choice with content, and no content came after it."""
        if self._run or any(state.open for state in self._states.values()):
            return False
        reasons = [state.reason for state in self._states.values() if state.reason is not None]
        return bool(reasons) and not any(map(_is_break, reasons))

    def chunk(self, chunk: Mapping[str, Any], event: str = "") -> None:
        """Read one chunk. Sets `complaint` if it is, or holds, an error."""
        if self._identified and not event:
            try:
                choices = chunk["choices"]
                choice = choices[0]
                delta = choice["delta"]
                content = delta["content"]
                # a usual chunk: content, and nothing else that `_any_chunk` would look at
                if (
                    type(content) is str
                    and len(choices) == 1
                    and choice["finish_reason"] is None
                    and (len(delta) == 1 or not any(map(delta.get, _OTHER_CONTENT)))
                    and _BESIDE_DELTA.isdisjoint(choice)
                    and not any(map(chunk.get, _BESIDE_CHOICES))
                ):
                    if content:
                        self._text(content, choice["index"])
                    return
            except (KeyError, IndexError, TypeError):
                pass
        self._any_chunk(chunk, event)

    def take(self) -> list[events.Event]:
        """The events since the last call."""
        if self._run:
            self._flush()
        self._report_usage()
        out = self._out
        if out:
            self._out = []
        return out

    def close(self, terminal: events.Terminal) -> None:
        """Put the last event, and before it the reason of each choice.

        Only the end tells which reason stands: some servers give one with every chunk.
        """
        if self._run:
            self._flush()
        self._report_usage()
        for index, state in sorted(self._states.items()):
            if state.reason is not None:
                self._out.append(events.ReasonGiven(state.reason, index))
        self._out.append(terminal)

    def emit(self, event: events.Event) -> None:
        """Put an event after all that came before."""
        if self._run:
            self._flush()
        self._out.append(event)

    # A chunk of any shape

    def _any_chunk(self, chunk: Mapping[str, Any], event: str) -> None:
        ended = self.ended
        self._identify(chunk)
        self._note_usage(chunk)
        self.is_message = False
        choices = choices_in(chunk)
        for place, choice in enumerate(choices):
            if isinstance(choice, Mapping):
                self._choice(choice, place)
        self.complaint = find_error(chunk, event) or self.complaint  # says more than a mere reason
        self.late = ended
        if choices or "choices" in chunk:
            self.recognised = True

    def _choice(self, choice: Mapping[str, Any], place: int) -> None:
        index = index_of(choice.get("index"), place)
        state = self._state(index)
        before = self.contents
        delta = choice.get("delta")
        message = choice.get("message")
        if isinstance(delta, Mapping) and (delta or not isinstance(message, Mapping)):
            self._delta(delta, index, state)
        elif isinstance(message, Mapping):
            self.is_message = True
            self._delta(self._without_repeats(message, state), index, state)
        elif isinstance(delta, str | list):
            self._delta({"content": delta}, index, state)
        if self.contents == before and isinstance(choice.get("text"), str) and choice["text"]:
            self._text(choice["text"], index)
        if self.contents != before:
            state.open = True
        self._note_usage(choice)
        self._reason(choice, state)
        complaint = find_choice_error(choice)
        if complaint is not None and self.complaint is None:
            self.complaint = complaint

    def _words(self, delta: Mapping[str, Any], index: int, state: _ChoiceState) -> None:
        for kind, text, key in words(delta):
            if kind == "text":
                self._text(text, index)
            elif kind == "refusal":
                self._content(events.RefusalDelta(text, index), len(text))
            elif state.thinks(text, key):
                self._content(events.ReasoningDelta(text, index, key), len(text))

    def _delta(self, delta: Mapping[str, Any], index: int, state: _ChoiceState) -> None:
        self._words(delta, index, state)
        if delta.get("tool_calls"):
            for event in state.tools.read(delta["tool_calls"]):
                self._content(event, len(event.arguments))
        if delta.get("function_call"):
            for event in state.tools.read_legacy(delta["function_call"]):
                self._content(event, len(event.arguments))
        for other in _UNSHOWN:
            if delta.get(other) and other not in self._unshown:
                self._unshown.add(other)
                self.emit(events.Footnote(f"The answer also holds {other}, which can't be shown here."))

    def _reason(self, choice: Mapping[str, Any], state: _ChoiceState) -> None:
        reason = reason_in(choice)
        if not reason:
            return
        if self._run:
            self._flush()  # what came before the reason must not seem to follow it
        if state.reason is None or state.open:
            state.reason = reason
        state.open = False
        if state.reason is not None and _is_break(state.reason) and self.complaint is None:
            self.complaint = find_choice_error(choice) or Complaint("", (state.reason,))

    def _without_repeats(self, message: Mapping[str, Any], state: _ChoiceState) -> Mapping[str, Any]:
        """Some servers end a stream of deltas with the whole message: what of it is new."""
        content = flat(message.get("content"))
        if self._run:
            self._flush()
        repeated: set[str] = set()
        if len(content) == state.length > 0 and _checksum(content, 0) == state.checksum:
            repeated |= {"content", "refusal", DETAILS, *REASONING_KEYS}
        if state.tools.holds(message.get("tool_calls")):
            repeated |= {"tool_calls"}
        return {key: value for key, value in message.items() if key not in repeated}

    # Events

    def _text(self, text: str, index: int) -> None:
        if index != self._run_choice or type(index) is not int:
            self._switch(index)
        self._run.append(text)
        self.contents += 1
        self.characters += len(text)

    def _switch(self, index: object) -> None:
        choice = index_of(index, 0)
        if self._run and choice != self._run_choice:
            self._flush()
        self._run_choice = choice

    def _content(self, event: events.Content, length: int) -> None:
        self.contents += 1
        self.characters += length
        self.emit(event)

    def _flush(self) -> None:
        text = "".join(self._run)
        self._run.clear()
        state = self._state(self._run_choice)
        state.open = True
        state.length += len(text)
        state.checksum = _checksum(text, state.checksum)
        self._out.append(events.TextDelta(text, self._run_choice))

    def _state(self, index: int) -> _ChoiceState:
        state = self._states.get(index)
        if state is None:
            state = self._states[index] = _ChoiceState(ToolDeltas(index))
        return state

    def _identify(self, chunk: Mapping[str, Any]) -> None:
        if self._identified:
            return
        model, id_ = chunk.get("model"), chunk.get("id")
        model = model if isinstance(model, str) and model else None
        id_ = id_ if isinstance(id_, str) and id_ else None
        if model or id_:
            self._identified = True
            self.emit(events.Identified(model, id_))

    def _report_usage(self) -> None:
        if self._new_usage and self._usage is not None:
            self._out.append(events.UsageReported(self._usage))
            self._new_usage = False

    def _note_usage(self, holder: Mapping[str, Any]) -> None:
        usage = holder.get("usage")
        if not usage and isinstance(holder.get("x_groq"), Mapping):
            usage = holder["x_groq"].get("usage")
        if not usage and isinstance(holder.get("eval_count"), int):
            usage = ollama_usage(holder)
        if isinstance(usage, Mapping) and usage and usage != self._usage:
            self._usage = usage
            self._new_usage = True


def _checksum(text: str, start: int) -> int:
    return zlib.crc32(text.encode("utf-8", "surrogatepass"), start)
