"""A conversation as Markdown, to read, and as JSON, with everything in it. Pure functions."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from tui.engine.answer import Answer, State, ToolCall
from tui.engine.conversation import Conversation
from tui.engine.rounds import Round
from tui.engine.turn import Reply, Turn
from tui.safe_text import without_controls

_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})(.*)$", re.MULTILINE)
_SURROGATE = re.compile("[\ud800-\udfff]")
_SILENT: frozenset[State] = frozenset(("complete", "refused"))


def to_markdown(conversation: Conversation) -> tuple[str, int]:
    """The shown replies as Markdown, less control characters, and how many of those were left out."""
    parts = [f"# {_one_line(conversation.title) or 'Conversation'}"]
    if conversation.system:
        parts += ["## System", conversation.system]
    for turn in conversation.turns:
        parts += _turn_parts(turn)
    return without_controls("\n\n".join(part.rstrip("\n") for part in parts if part) + "\n")


def to_json(conversation: Conversation) -> str:
    """Everything, alternatives too, as JSON. Text is exact, save that an unpaired surrogate becomes U+FFFD."""
    talk = conversation
    tree = {
        "format": "streamtui.conversation",
        "version": 1,
        "id": talk.id,
        "title": talk.title,
        "model": talk.model,
        "endpoint": talk.endpoint_name,
        "system": talk.system,
        "params": talk.params,
        "turns": [_turn_tree(turn) for turn in talk.turns],
    }
    return _SURROGATE.sub("\ufffd", json.dumps(tree, ensure_ascii=False, indent=2)) + "\n"


def answer_tree(answer: Answer) -> dict[str, Any]:
    """One answer as JSON values; of several choices the shown one, and then all. Seconds are rounded to milliseconds."""
    failure = asdict(answer.failure) if answer.failure else None
    choices = {"shown": answer.first.index, "choices": _choices(answer)} if len(answer.choices) > 1 else {}
    return {
        "id": answer.id,
        "state": answer.state,
        "text": answer.text,
        "reasoning": answer.reasoning,
        "refusal": answer.refusal,
        "tool_calls": [_call_tree(call) for call in answer.tool_calls],
        "finish_reason": answer.finish_reason,
        "usage": answer.usage,
        "model": answer.model or answer.requested_model,
        "request_id": answer.request_id,
        "failure": failure,
        "footnotes": answer.footnotes,
        "timing": _timing(answer),
        **choices,
    }


def _choices(answer: Answer) -> list[dict[str, Any]]:
    """What each of the server's choices holds, in order."""
    return [
        {
            "index": index,
            "text": choice.joined("text"),
            "reasoning": choice.joined("reasoning"),
            "refusal": choice.joined("refusal"),
            "tool_calls": [_call_tree(call) for call in choice.calls.values()],
            "finish_reason": choice.reason,
        }
        for index, choice in sorted(answer.choices.items())
    ]


def reply_tree(reply: Reply) -> dict[str, Any]:
    """A whole reply, over all of its streams, in the shape of one answer: that of the last, with what all of them said."""
    answers = reply.answers
    first, last = answers[0].meter, answers[-1].meter
    tree = answer_tree(answers[-1])
    if len(answers) == 1:
        return tree
    total = None if first.started is None or last.ended is None else round(last.ended - first.started, 3)
    return tree | {
        "text": reply.text,
        "reasoning": reply.reasoning,
        "refusal": reply.refusal,
        "tool_calls": [_call_tree(call) for answer in answers for call in answer.tool_calls],
        "usage": _usage(answers),
        "footnotes": [note for answer in answers for note in answer.footnotes],
        "timing": tree["timing"] | {"first_token_s": _timing(answers[0])["first_token_s"], "total_s": total},
    }


def _usage(answers: Sequence[Answer]) -> dict[str, int] | None:
    """What all of them used; None where any did not say."""
    names = ("prompt_tokens", "completion_tokens", "total_tokens")
    counts = {name: [answer.usage_count(name) for answer in answers] for name in names}
    if any(count is None for each in counts.values() for count in each):
        return None
    return {name: sum(count or 0 for count in each) for name, each in counts.items()}


def _call_tree(call: ToolCall) -> dict[str, Any]:
    """A call; where somebody meant to run it, also what became of it: `result` is what the model was told, `seconds` how
    long it ran."""
    run = call.run
    if run is None:
        return call.as_openai()
    seconds = None if run.ended is None else round(run.elapsed(run.ended), 3)
    return {**call.as_openai(), "state": run.state, "result": run.content, "seconds": seconds}


def _timing(answer: Answer) -> dict[str, float | None]:
    meter = answer.meter
    total = None if meter.ended is None or meter.started is None else meter.elapsed(meter.ended)
    timing = {"first_token_s": meter.first_token, "total_s": total, "tokens_per_s": meter.rate(answer.completion_tokens[0])}
    return {name: None if value is None else round(value, 3) for name, value in timing.items()}


def _turn_tree(turn: Turn) -> dict[str, Any]:
    return {"id": turn.id, "prompts": turn.prompts, "shown": turn.shown, "replies": [_reply_tree(r) for r in turn.replies]}


def _reply_tree(reply: Reply) -> dict[str, Any]:
    answers = [answer_tree(answer) for answer in reply.answers]
    return {"prompt": reply.version, "text": reply.text, "seams": reply.seam_offsets, "answers": answers}


def _turn_parts(turn: Turn) -> list[str]:
    reply = turn.reply
    answer = reply.answer
    heading = "## " + _one_line(answer.model or answer.requested_model or "Answer")
    rounds = [part for one in reply.rounds() for part in _round_parts(one)]
    return ["## You", _closed(turn.prompt), heading, *rounds, _remark(answer)]


def _round_parts(one: Round) -> Iterator[str]:
    """What was thought, said and called in a round: thinking is quoted, a call is a heading of its own with its result."""
    for answer, _ in one.steps:
        if answer.reasoning.strip():
            yield "> *Reasoning*\n>\n" + "\n".join(f"> {line}".rstrip() for line in answer.reasoning.strip().splitlines())
    yield _closed(one.said)
    for call in one.answer.tool_calls:
        state = call.run.state if call.run else "not run"
        yield f"### Tool: {_one_line(call.name or '?')} ({state})"
        yield _fenced(call.arguments.text or "{}", "json")
        if call.run and call.run.content:
            yield _fenced(call.run.content, "")


def _fenced(text: str, language: str) -> str:
    """A fence that `text` can't leave."""
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
    return f"{fence}{language}\n{text.rstrip()}\n{fence}"


def _remark(answer: Answer) -> str:
    """What a reader must know of an answer that is not whole."""
    if answer.state in _SILENT:
        return ""
    why = f": {_one_line(answer.failure.title)}" if answer.failure else "."
    return f"> *{answer.state.capitalize()}{why}*"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _closed(text: str) -> str:
    """`text`, with an end to a code fence that it leaves open: what follows is not code."""
    fence = ""
    for mark, rest in _FENCE.findall(text):
        if not fence:
            fence = mark
        elif mark.startswith(fence) and not rest.strip():
            fence = ""
    return f"{text.rstrip()}\n{fence}" if fence else text
