"""`streamtui ask`: one answer to standard output, as it arrives; everything else goes to standard error.

Where tools are named, it is one reply: what the model says in each round, a blank line apart.

The exit code follows the state alone. A reader that closes the pipe has stopped the stream: `cancelled`, without a word.
A refusal is not an answer: it goes to standard error.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from tui.asked import Asked, make_box
from tui.endpoint import Endpoint
from tui.engine import json_values
from tui.engine.answer import State
from tui.list_models import refuse_clear_key, told
from tui.printing import Printer, on_terminal, say, sentences, write
from tui.providers.client import sync_client
from tui.providers.models import ModelsError, list_models_sync
from tui.settings import Settings
from tui.signals import EndedError, ending_well
from tui.storage.export import reply_tree
from tui.tools.box import ToolBox
from tui.usage import UsageError

if TYPE_CHECKING:
    from openai import OpenAI

    from tui.recording.recorder import Recorder

EXIT_CODES: dict[State, int] = {
    "complete": 0,
    "failed": 1,
    "interrupted": 3,
    "truncated": 4,
    "filtered": 4,
    "refused": 4,
    "cancelled": 130,
}
WORDS = {
    "truncated": "the answer was cut at its length limit",
    "filtered": "the provider's content filter ended the answer",
    "refused": "the model refused",
    "cancelled": "stopped; what was written stays",
}
JSON_KEYS = ("state", "text", "reasoning", "refusal", "tool_calls", "finish_reason", "usage", "model", "failure", "timing")
FAILURE_KEYS = ("kind", "title", "detail", "request_id", "status")


def whole_prompt(prompt: str) -> str:
    """The prompt, and what stands on standard input. Raises UsageError if there is neither."""
    given = ""
    if sys.stdin is not None and not sys.stdin.closed and not sys.stdin.isatty():
        try:
            given = sys.stdin.buffer.read().decode("utf-8", "replace")
        except OSError as error:
            raise UsageError(f"standard input can't be read: {error.strerror or error}") from None
    joined = "\n\n".join(part for part in (prompt, given.rstrip("\n")) if part.strip())
    if not joined:
        raise UsageError("ask needs a prompt, as an argument or on standard input")
    return joined


def ask(settings: Settings, prompt: str, *, as_json: bool, endpoint: Endpoint | None = None, yes: Sequence[str] = ()) -> int:
    """Stream one answer; the exit code. An endpoint in memory gets the prompt as it is, without standard input.

    The tools in `yes` run without asking.
    """
    endpoint = endpoint or settings.endpoint()
    refuse_clear_key(endpoint)
    if sys.stdout is None:
        raise UsageError("standard output is closed, so the answer has nowhere to go")
    box = make_box(settings, tuple(yes))
    asked = Asked(settings, endpoint)
    with ending_well(), _recorder(settings) as recorder:
        try:
            _answer(settings, endpoint, prompt, asked, box, recorder, as_json=as_json)
        except (KeyboardInterrupt, EndedError):
            asked.stop()
            if not as_json:
                say(ending(asked))
        except BrokenPipeError:
            asked.stop()
        if as_json:
            _print_json(asked)
        return EXIT_CODES[asked.state]


def _answer(
    settings: Settings,
    endpoint: Endpoint,
    prompt: str,
    asked: Asked,
    box: ToolBox,
    recorder: Recorder | None,
    *,
    as_json: bool,
) -> None:
    text = prompt if endpoint.in_memory else whole_prompt(prompt)
    client = sync_client(endpoint, settings.timeouts, recorder)
    asked.answer.requested_model = asked.answer.requested_model or _first_model(client)
    if endpoint.is_demo and settings.provider is None and not as_json:
        say("nothing is configured, so the demo answers; --base-url or OPENAI_API_KEY connect a real endpoint")
    asked.run(client, text, box, None if as_json else Printer())
    if not as_json and (asked.state != "complete" or not asked.reply.text):
        say(ending(asked))


@contextmanager
def _recorder(settings: Settings) -> Iterator[Recorder | None]:
    if settings.record is None:
        yield None
        return
    from tui.recording.recorder import Recorder

    recorder = Recorder(settings.record, on_trouble=lambda reason: say(f"not recording: {reason}"))
    try:
        yield recorder
    finally:
        recorder.close()


def _first_model(client: OpenAI) -> str:
    try:
        names = list_models_sync(client)
    except ModelsError as error:
        raise UsageError(f"no model was named, and the list can't be had: {told(error.failure)}") from None
    if not names:
        raise UsageError("no model was named, and the endpoint lists none; name one with -m")
    return names[0]


def ending(asked: Asked) -> str:
    """How an answer ended that is not complete, or empty."""
    state, failure = asked.state, asked.answer.failure
    if state == "complete":
        return "complete: the answer holds no text"
    if failure is None:
        return ": ".join(part for part in (state, asked.limit or WORDS.get(state, ""), asked.reply.refusal) if part)
    request = f" Request {failure.request_id}" if failure.request_id else ""
    return f"{state}: {sentences(failure.title, failure.detail, failure.advice)}{request}"


def _print_json(asked: Asked) -> None:
    tree = reply_tree(asked.reply) | {"state": asked.state}
    chosen = {key: tree[key] for key in JSON_KEYS}
    chosen["model"] = chosen["model"] or None  # stopped before one was known
    if failure := chosen["failure"]:
        failure["detail"] = sentences(failure["detail"], failure["advice"])
        chosen["failure"] = {key: failure[key] for key in FAILURE_KEYS}
    text = json_values.dumps(chosen)
    if on_terminal():
        text = json.dumps(json.loads(text))  # escapes what a terminal could obey
    with suppress(BrokenPipeError):
        write(f"{text}\n")
