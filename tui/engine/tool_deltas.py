"""Tool-call deltas as servers really send them: without an index, with one index for several calls, arguments as an object."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tui.engine import json_values
from tui.engine.events import ToolCallDelta


@dataclass(slots=True)
class _Call:
    index: int  # ours
    id: str | None = None
    name: str | None = None
    arguments: str = ""  # kept only of a call without an index: whether they are whole tells where the next one begins


class ToolDeltas:
    """The tool calls of one choice: gives each delta the index of the call that it belongs to."""

    def __init__(self, choice: int) -> None:
        self._choice = choice
        self._calls: list[_Call] = []
        self._by_slot: dict[int | str, _Call] = {}  # the server's index → the call that it means now

    def read(self, deltas: Any) -> Iterator[ToolCallDelta]:
        """The events of one `tool_calls` value."""
        for place, delta in enumerate(deltas if isinstance(deltas, list) else [deltas]):
            if isinstance(delta, Mapping):
                yield from self._one(delta, place)

    def read_legacy(self, delta: Any) -> Iterator[ToolCallDelta]:
        """The events of one `function_call` value, which can be one call only."""
        if isinstance(delta, Mapping):
            yield from self._one({"index": "function_call", "function": delta}, 0)

    def _one(self, delta: Mapping[str, Any], place: int) -> Iterator[ToolCallDelta]:
        inner = next((delta[key] for key in ("function", "custom") if isinstance(delta.get(key), Mapping)), delta)
        id_, name = _word(delta.get("id")), _word(inner.get("name"))
        arguments = _as_text(inner.get("arguments", inner.get("input")))
        if not (id_ or name or arguments):
            return
        slot = delta.get("index")
        if isinstance(slot, str) and slot.isdecimal():
            slot = int(slot)
        if isinstance(slot, int | str) and not isinstance(slot, bool):
            call = self._at_slot(slot, id_)
        else:
            call = self._without_slot(id_, name, place)
            call.arguments += arguments
        call.id, call.name = id_ or call.id, name or call.name
        yield ToolCallDelta(call.index, id_, name, arguments, self._choice)

    def _at_slot(self, slot: int | str, id_: str | None) -> _Call:
        call = self._by_slot.get(slot)
        if call is None or (id_ and call.id and id_ != call.id):
            call = self._by_slot[slot] = self._begin(slot if isinstance(slot, int) else None)
        return call

    def _without_slot(self, id_: str | None, name: str | None, place: int) -> _Call:
        if id_:
            return next((call for call in self._calls if call.id == id_), None) or self._begin()
        if not self._calls:
            return self._begin()
        last = self._calls[-1]
        if not name:
            return self._calls[place] if 0 < place < len(self._calls) else last
        if place > 0 or (last.arguments and json_values.values(last.arguments)[1]):
            return self._begin()
        return last if last.name in (None, name) else self._begin()

    def _begin(self, wanted: int | None = None) -> _Call:
        taken = {call.index for call in self._calls}
        if wanted is None or wanted < 0 or wanted in taken:
            wanted = max(taken, default=-1) + 1
        call = _Call(wanted)
        self._calls.append(call)
        return call


def _word(value: Any) -> str | None:
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) and value != "" else None


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
