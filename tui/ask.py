"""`streamtui ask`: one answer to standard output, as it arrives; everything else goes to standard error.

The exit code follows the state alone. A reader that closes the pipe has stopped the stream: `cancelled`, without a word.
A refusal is not an answer: it goes to standard error.
"""

from __future__ import annotations

import json
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from typing import TYPE_CHECKING, Any

from tui.endpoint import Endpoint
from tui.engine import events, json_values
from tui.engine.answer import Answer, State
from tui.engine.request import Request
from tui.engine.stream import read_answer
from tui.list_models import refuse_clear_key, told
from tui.printing import Printer, exact, on_terminal, say, sentences, write
from tui.providers.client import sync_client
from tui.providers.models import ModelsError, list_models_sync
from tui.settings import Settings
from tui.storage.export import answer_tree
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


class EndedError(BaseException):
    """The system told the program to end; like KeyboardInterrupt, nothing but the edge may catch it."""


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


def ask(settings: Settings, prompt: str, *, as_json: bool, endpoint: Endpoint | None = None) -> int:
    """Stream one answer; the exit code. An endpoint in memory gets the prompt as it is, without standard input."""
    endpoint = endpoint or settings.endpoint()
    refuse_clear_key(endpoint)
    if sys.stdout is None:
        raise UsageError("standard output is closed, so the answer has nowhere to go")
    answer = Answer(settings.model or endpoint.model or "")
    answer.meter.start(time.monotonic())
    with _ending_well(), _recorder(settings) as recorder:
        try:
            _answer(settings, endpoint, prompt, answer, recorder, as_json=as_json)
        except (KeyboardInterrupt, EndedError):
            _cancel(answer)
            if not as_json:
                say(ending(answer))
        except BrokenPipeError:
            _cancel(answer)
        if as_json:
            _print_json(answer)
        return EXIT_CODES[answer.state]


def _answer(
    settings: Settings, endpoint: Endpoint, prompt: str, answer: Answer, recorder: Recorder | None, *, as_json: bool
) -> None:
    text = prompt if endpoint.in_memory else whole_prompt(prompt)
    client = sync_client(endpoint, settings.timeouts, recorder)
    answer.requested_model = answer.requested_model or _first_model(client)
    system = [{"role": "system", "content": settings.system}] if settings.system else []
    request = Request(
        model=answer.requested_model,
        messages=[*system, {"role": "user", "content": exact(text)}],
        params={**endpoint.params, **settings.params},
        timeouts=settings.timeouts,
        max_retries=settings.max_retries,
        key_source=endpoint.key_source,
    )
    if endpoint.is_demo and not as_json:
        say("nothing is configured, so the demo answers; --base-url or OPENAI_API_KEY connect a real endpoint")
    printer = None if as_json else Printer()
    _read(client, request, answer, printer)
    if printer is not None and (answer.state != "complete" or not answer.text):
        say(ending(answer))


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


def _cancel(answer: Answer) -> None:
    if not answer.final:
        answer.apply(events.Cancelled(), time.monotonic())


def _first_model(client: OpenAI) -> str:
    try:
        names = list_models_sync(client)
    except ModelsError as error:
        raise UsageError(f"no model was named, and the list can't be had: {told(error.failure)}") from None
    if not names:
        raise UsageError("no model was named, and the endpoint lists none; name one with -m")
    return names[0]


def _read(client: OpenAI, request: Request, answer: Answer, printer: Printer | None) -> None:
    """Fold the stream into `answer`, and print it as it comes."""

    def take(event: events.Event) -> None:
        answer.apply(event, time.monotonic())
        remark(event)

    answer.meter.start(time.monotonic())
    try:
        with closing(read_answer(client, request, notice=take)) as stream:
            for event in stream:
                take(event)
                # another choice than the first is printed only if there is no first one, at the end
                if printer is not None and isinstance(event, events.TextDelta) and event.choice == 0:
                    printer.write(event.text)
    except (KeyboardInterrupt, EndedError):
        _cancel(answer)
    if printer is not None:
        # asked of the answer, not counted: a signal between a write and its count would print the text twice
        printer.end("" if 0 in answer.choices else answer.text)


def remark(event: events.Event) -> None:
    """Say what is worth a word while the stream runs."""
    match event:
        case events.Retrying():
            say(f"{event.failure.title} Trying again in {event.delay:.3g} s: attempt {event.attempt} of {event.attempts}.")
        case events.StallNotice():
            say(f"nothing came for {event.silent:.0f} s; given up at {event.limit:.0f} s")
        case events.Footnote():
            say(event.text)


def ending(answer: Answer) -> str:
    """How an answer ended that is not complete, or empty."""
    failure = answer.failure
    if answer.state == "complete":
        return "complete: the answer holds no text"
    if failure is None:
        return ": ".join(part for part in (answer.state, WORDS.get(answer.state, ""), answer.refusal) if part)
    request = f" Request {failure.request_id}" if failure.request_id else ""
    return f"{answer.state}: {sentences(failure.title, failure.detail, failure.advice)}{request}"


def _print_json(answer: Answer) -> None:
    tree = answer_tree(answer)
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


@contextmanager
def _ending_well() -> Iterator[None]:
    """SIGTERM and SIGHUP end the stream like ctrl+c does."""

    def end(number: int, frame: object) -> None:
        raise EndedError

    old: dict[int, Callable[..., Any] | int | None] = {}
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            old[getattr(signal, name)] = signal.signal(getattr(signal, name), end)
    try:
        yield
    finally:
        for number, handler in old.items():
            signal.signal(number, handler)
