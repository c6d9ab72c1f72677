"""Tool-call deltas as servers really send them: without an index, with one index for several calls, arguments as an object.

A delta goes on with a call unless it must be another: its id was not seen at that index, and it is no mere piece; or it names a
tool where the call before has its arguments. An id or a name alone proves nothing, since some servers send both with each
piece, some make up a new id for each, and some send a name in pieces.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tui.engine import json_values
from tui.engine.events import ToolCallDelta
from tui.engine.text_log import TextLog


@dataclass(slots=True)
class _Call:
    index: int  # ours
    id: str | None = None
    name: str | None = None
    arguments: TextLog = field(default_factory=TextLog)

    @property
    def has_all(self) -> bool:
        """Whether its arguments are whole JSON."""
        text = self.arguments.text
        return text.rstrip().endswith(("}", "]", '"')) and json_values.values(text)[1]


@dataclass(frozen=True, slots=True)
class _Delta:
    id: str | None
    name: str | None
    arguments: str
    place: int  # in its list
    slot: int | str | None  # the server's index


class ToolDeltas:
    """The tool calls of one choice: gives each delta the index of the call that it belongs to."""

    def __init__(self, choice: int) -> None:
        self._choice = choice
        self._calls: list[_Call] = []
        self._by_slot: dict[int | str, _Call] = {}  # the server's index → the call that it means now

    def read(self, deltas: Any) -> Iterator[ToolCallDelta]:
        """The events of one `tool_calls` value."""
        named: set[int] = set()  # the calls that this value named: it does not name one twice
        for place, delta in enumerate(deltas if isinstance(deltas, list) else [deltas]):
            if isinstance(delta, Mapping):
                yield from self._one(_read(delta, place), named)

    def read_legacy(self, delta: Any) -> Iterator[ToolCallDelta]:
        """The events of one `function_call` value, which can be one call only."""
        if isinstance(delta, Mapping):
            yield from self._one(_read({"index": "function_call", "function": delta}, 0), set())

    def holds(self, calls: Any) -> bool:
        """Whether these whole calls are the ones that came already: some servers end a stream with the whole message."""
        if not self._calls or not isinstance(calls, list) or len(calls) != len(self._calls):
            return False
        again = [_read(call, place) for place, call in enumerate(calls) if isinstance(call, Mapping)]
        return [(one.name, one.arguments) for one in again] == [(call.name, call.arguments.text) for call in self._calls]

    def _one(self, delta: _Delta, named: set[int]) -> Iterator[ToolCallDelta]:
        if not (delta.id or delta.name or delta.arguments):
            return
        call = self._call_of(delta, named)
        if delta.name:
            named.add(call.index)
        call.id = delta.id or call.id
        name = _name(call, delta.name)
        call.name = name or call.name
        call.arguments.append(delta.arguments)
        yield ToolCallDelta(call.index, delta.id, name, delta.arguments, self._choice)

    def _call_of(self, delta: _Delta, named: set[int]) -> _Call:
        if delta.slot is None:
            return self._without_slot(delta, named)
        call = self._by_slot.get(delta.slot)
        if call is None or _is_another(call, delta, named):
            call = self._by_slot[delta.slot] = self._begin(delta.slot if isinstance(delta.slot, int) else None)
        return call

    def _without_slot(self, delta: _Delta, named: set[int]) -> _Call:
        known = next((call for call in self._calls if delta.id and call.id == delta.id), None)
        if known is not None:
            return known
        if not self._calls:
            return self._begin()
        if not (delta.id or delta.name) and 0 < delta.place < len(self._calls):
            return self._calls[delta.place]
        last = self._calls[-1]
        begins = delta.place > 0 and bool(delta.id or delta.name)
        return self._begin() if begins or _is_another(last, delta, named) else last

    def _begin(self, wanted: int | None = None) -> _Call:
        taken = {call.index for call in self._calls}
        if wanted is None or wanted < 0 or wanted in taken:
            wanted = max(taken, default=-1) + 1
        call = _Call(wanted)
        self._calls.append(call)
        return call


def _is_another(call: _Call, delta: _Delta, named: set[int]) -> bool:
    """Whether a delta at the place of `call` begins another call."""
    other_id = bool(delta.id and call.id and delta.id != call.id)
    if not delta.name:
        return other_id and call.has_all
    if other_id or call.index in named:
        return True
    if call.name is None or not call.arguments:
        return False  # the name is late, or comes in pieces
    if delta.id and delta.id == call.id:
        return False
    return delta.name != call.name or (call.has_all and bool(delta.arguments.strip()))


def _name(call: _Call, piece: str | None) -> str | None:
    """The whole name so far; None where the delta says nothing of it."""
    if not piece or not call.name or piece.startswith(call.name):
        return piece
    return call.name if call.arguments or call.name == piece else call.name + piece


def _read(delta: Mapping[str, Any], place: int) -> _Delta:
    inner = next((delta[key] for key in ("function", "custom") if isinstance(delta.get(key), Mapping)), delta)
    arguments = inner.get("arguments", inner.get("input"))
    slot = delta.get("index", inner.get("index"))
    if isinstance(slot, str) and slot.isdecimal():
        slot = int(slot)
    if not isinstance(slot, int | str) or isinstance(slot, bool):
        slot = None
    return _Delta(_word(delta.get("id")), _word(inner.get("name")), _as_text(arguments), place, slot)


def _word(value: Any) -> str | None:
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) and value != "" else None


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
