"""What a demo model answers to one request, as steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tui.providers.demo import tool_calls
from tui.providers.demo.choose import Message, answer_to, rest_of
from tui.providers.demo.models import DemoModel
from tui.providers.demo.script import Break, Finish, Step, broken_off, call, cut_to, say

_REFUSAL = "I'd rather not. Nothing is wrong with the question: this model refuses everything, so that you can see it done."
_THOUGHT = (
    'Let me see what is wanted here. The last message decides; what came before it only matters for "next" and "continue". '
    "I know a dozen texts by heart and nothing else, so the choice is short: the one whose words are closest to the question. "
    "A heading, then the idea in a sentence or two, then an example that runs. "
    "No need to hurry. Whoever reads this sees that thinking comes first, stays apart from the answer, and can be folded away."
)
_CALLERS = ("tools", "reasoning", "think-tags")
_HOSTILE = (
    "## What a model may send\n\n"
    "This text holds what a terminal would obey. You should see symbols, and nothing should happen.\n\n"
    "- a new window title: \x1b]0;owned by the demo\x07\n"
    "- the clipboard, overwritten: \x1b]52;c;b3duZWQ=\x07\n"
    "- red, and the cursor sent home: \x1b[31m\x1b[H\x1b[0m, and the same in C1: \x9b31m\x9bH\x9b0m\n"
    "- a line that hides its beginning\rby a lone carriage return\n"
    "- a file name turned round: \u202egnp.exe\u202c, and a zero\u200b-width\u2060 space\n"
    "- markup that is none: [bold red]not bold[/bold red], [/], [@click=app.quit]no link[/]\n\n"
    "A family (👩\u200d👩\u200d👧) and a heart (❤\ufe0f) keep the invisible characters that they are made with.\n"
)


def steps(model: DemoModel, body: Mapping[str, Any], call_id: str) -> list[Step]:
    """All that the model says to the request `body`; ids of tool calls begin with `call_id`."""
    messages: Sequence[Message] = body["messages"]
    limit = body.get("max_completion_tokens") or body.get("max_tokens")
    said = _whole(model, body, messages, call_id)
    return cut_to(said, limit) if isinstance(limit, int) and limit > 0 else said


def _whole(model: DemoModel, body: Mapping[str, Any], messages: Sequence[Message], call_id: str) -> list[Step]:
    rest = rest_of(messages)
    if rest is not None:  # what is asked for again comes whole, from every model: so that Continue can be seen to work
        return [*say(rest), Finish("stop")]
    if model.manner in _CALLERS and body.get("tools") and body.get("tool_choice") != "none":
        wanted = model.manner == "tools" or tool_calls.is_asked_for(messages)
        if wanted:
            return [*_thought(model), *_with_tools(messages, body["tools"], call_id)]
    return _ended(model, _plain(model, messages))


def _plain(model: DemoModel, messages: Sequence[Message]) -> list[Step]:
    if model.ending == "refusal":
        return say(_REFUSAL, "refusal")
    if model.manner == "hostile":
        return say(_HOSTILE)
    return [*_thought(model), *say(answer_to(messages))]


def _thought(model: DemoModel) -> list[Step]:
    match model.manner:
        case "reasoning":
            return say(_THOUGHT, "reasoning_content")
        case "think-tags":
            return say(f"<think>\n{_THOUGHT}\n</think>\n\n")
    return []


def _ended(model: DemoModel, said: list[Step]) -> list[Step]:
    match model.ending:
        case "stop" | "refusal":
            return [*said, Finish("stop")]
        case "length" | "content_filter":
            return broken_off(said, model.after, Finish(model.ending))
        case _:
            return broken_off(said, model.after, Break(model.ending))


def _with_tools(messages: Sequence[Message], tools: Sequence[Any], call_id: str) -> list[Step]:
    outcome = tool_calls.results(messages)
    if outcome:
        return [*say(tool_calls.report(outcome)), Finish("stop")]
    calls = tool_calls.calls_for(messages, tools)
    said = say("I can't know that, but you have a tool for it.\n")
    for index, (name, arguments) in enumerate(calls):
        said += call(index, f"{call_id}_{index}", name, arguments)
    return [*said, Finish("tool_calls" if calls else "stop")]
