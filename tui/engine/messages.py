"""What a request says: the conversation as chat messages.

Each round of a reply is one message of the assistant's; the tools that it called answer in messages of their own. A call that
nobody meant to run is left out, one that never ran is said not to have run: every call that is sent has its answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tui.engine.answer import Answer, ToolCall
from tui.engine.choice import THINK
from tui.engine.json_values import values
from tui.engine.rounds import Round
from tui.engine.text_log import join_surrogates

Message = dict[str, Any]
#: What is read under one name, and sent under another: the details came in pieces, and without their signatures.
_SENT_AS = {"reasoning_details": "reasoning", "content": "reasoning_content"}
NOT_RUN = "This call was not run."
_SURROGATE = re.compile("[\ud800-\udfff]")


def system(text: str | None) -> Message:
    """What the model is told before anything else."""
    return {"role": "system", "content": text or ""}


def user(text: str) -> Message:
    """A prompt."""
    return {"role": "user", "content": text}


def of_rounds(rounds: Sequence[Round], *, reasoning: bool = False) -> Iterator[Message]:
    """What the assistant said and called, and what the tools said; with `reasoning`, also what it thought."""
    for one in rounds:
        calls = _named(one.answer, one.calls)
        said = one.said
        if calls or said.strip():
            message: Message = {"role": "assistant", "content": said if said.strip() else None}
            if reasoning:
                message = _with_reasoning(message, one)
            yield message | ({"tool_calls": [_call(call, id_) for call, id_ in calls]} if calls else {})
        for call, id_ in calls:
            content = call.run.content if call.run is not None and call.run.final else NOT_RUN
            yield {"role": "tool", "tool_call_id": id_, "content": content}


def _with_reasoning(message: Message, one: Round) -> Message:
    """A message with its reasoning, in the field that it came in; what came between tags goes back between them."""
    thoughts: dict[str, str] = {}
    for answer, _ in one.steps:
        for part in answer.first.parts:
            if part.kind == "reasoning":
                key = _SENT_AS.get(part.key, part.key)
                thoughts[key] = thoughts.get(key, "") + part.sent
    tagged = thoughts.pop(THINK, "")
    return {**message, **thoughts} | ({"content": tagged + (message["content"] or "")} if tagged else {})


def tidied(messages: Sequence[Message]) -> list[Message]:
    """Messages that can be sent: those of one role that meet, where an answer is missing, are joined to one."""
    tidy: list[Message] = []
    for message in map(_sendable, messages):
        if tidy and message["role"] != "tool" and tidy[-1].keys() == message.keys() and _meet(tidy[-1], message):
            tidy[-1]["content"] += "\n\n" + message["content"]
        else:
            tidy.append(message)
    return tidy


def _meet(one: Message, other: Message) -> bool:
    return one["role"] == other["role"] and "tool_calls" not in other


def _sendable(message: Message) -> Message:
    """With its surrogates joined; half a pair can't be sent as UTF-8."""
    content = message["content"]
    return message if content is None else {**message, "content": _SURROGATE.sub("\ufffd", join_surrogates(content))}


def _named(answer: Answer, calls: Sequence[ToolCall]) -> list[tuple[ToolCall, str]]:
    """The calls with their ids; where the server sent none, or the same one again, one that stays the same."""
    taken: set[str] = set()
    named = []
    for call in calls:
        id_ = call.id if call.id and call.id not in taken else f"call_{answer.id[:12]}_{call.index}"
        taken.add(id_)
        named.append((call, id_))
    return named


def _call(call: ToolCall, id_: str) -> Message:
    """The call as it is sent back. Servers read its arguments: what is no object would be refused as a whole."""
    arguments = call.arguments.text
    found, whole = values(arguments)
    if not (whole and len(found) == 1 and isinstance(found[0], Mapping)):
        arguments = "{}"
    function = {"name": call.name or "unnamed", "arguments": _SURROGATE.sub("\ufffd", arguments)}
    return {"id": id_, "type": "function", "function": function}
