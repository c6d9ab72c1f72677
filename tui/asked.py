"""One question of `ask`: its reply as it is streamed and printed, over all rounds of tools."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from tui.endpoint import Endpoint
from tui.engine import events
from tui.engine.answer import Answer, State
from tui.engine.conversation import Conversation
from tui.engine.request import Request
from tui.engine.stream import read_answer
from tui.engine.turn import Reply, Turn, new_id
from tui.leave import TerminalLeave
from tui.printing import Printer, exact, say
from tui.safe_text import visible_line
from tui.settings import Settings
from tui.signals import EndedError, run_cancellable
from tui.tools.box import ToolBox
from tui.tools.rounds import AT_THE_LIMIT, RoundRunner, end_all, wants_round
from tui.usage import UsageError

if TYPE_CHECKING:
    from openai import OpenAI

_THOUGHT = "what was printed up to here turned out to be the model's thinking; its answer follows"


class Asked:
    """The question, and the reply so far. `answer` is the stream that came last."""

    def __init__(self, settings: Settings, endpoint: Endpoint) -> None:
        self._settings, self._endpoint = settings, endpoint
        self._over_limit = self._stopped = False
        self._talk = Conversation(system=settings.system)
        self.reply = Reply([Answer(settings.model or endpoint.model or "", id=new_id())])
        self.answer.meter.start(time.monotonic())

    @property
    def answer(self) -> Answer:
        """The stream that came last."""
        return self.reply.answer

    @property
    def state(self) -> State:
        """How it ended: as the last stream did, unless it was stopped, or cut at the limit of rounds."""
        if self._stopped:
            return "cancelled"
        return "truncated" if self._over_limit else self.answer.state

    @property
    def limit(self) -> str:
        """What cut it, where that was not the length."""
        rounds = self._settings.max_tool_rounds
        return f"{rounds} rounds of tools are the limit; --max-tool-rounds raises it" if self._over_limit else ""

    def run(self, client: OpenAI, prompt: str, box: ToolBox, printer: Printer | None) -> None:
        """Ask, and answer the model's calls, until it answers in text. Raises what `printing.write` raises."""
        self._talk.model = self.answer.requested_model
        self._talk.turns = [Turn(new_id(), [exact(prompt)], [self.reply])]
        text = _Text(printer)
        self._read(client, box, text)
        rounds = 0
        while wants_round(self.answer, box):
            if rounds == self._settings.max_tool_rounds:
                end_all(self.answer, AT_THE_LIMIT.format(rounds=rounds), self._note)
                self._over_limit = True
                break
            rounds += 1
            self._run_tools(box)
            self._talk.next_round(self.answer)
            self._read(client, box, text)
        text.end(self.answer)

    def stop(self) -> None:
        """The person or the system stopped it."""
        self._stopped = True
        if not self.answer.final:
            self.answer.apply(events.Cancelled(), time.monotonic())

    def _read(self, client: OpenAI, box: ToolBox, text: _Text) -> None:
        """Fold the next stream into its answer, and print it as it comes."""
        answer = self.answer

        def take(event: events.Event) -> None:
            answer.apply(event, time.monotonic())
            remark(event)

        answer.meter.start(time.monotonic())
        text.begin(answer)
        try:
            with closing(read_answer(client, self._request(box), notice=take)) as stream:
                for event in stream:
                    take(event)
                    text.print()
        except (KeyboardInterrupt, EndedError):
            self.stop()
        text.print()

    def _request(self, box: ToolBox) -> Request:
        settings, endpoint = self._settings, self._endpoint
        messages = self._talk.messages(self.answer, reasoning=endpoint.send_reasoning)
        return Request(
            model=self.answer.requested_model,
            messages=messages,
            params=box.offered({**endpoint.params, **settings.params}, messages),
            timeouts=settings.timeouts,
            max_retries=settings.max_retries,
            key_source=endpoint.key_source,
        )

    def _run_tools(self, box: ToolBox) -> None:
        try:
            with _output_kept_clear():
                run_cancellable(RoundRunner(self.answer, box, TerminalLeave(), self._note).run())
        finally:
            _tell_runs(self.answer)  # not before: a question may stand on the terminal

    def _note(self, note: events.ToolRunNoted) -> None:
        self.answer.note_run(note, time.monotonic())


class _Text:
    """What of the reply's text is not printed yet. `printer` None: nothing ever is."""

    def __init__(self, printer: Printer | None) -> None:
        self._printer = printer
        self._answer = Answer("")
        self._part = self._offset = self._turned = 0
        self._gap = ""  # what goes before the next text
        self._end = ""  # the end of what was printed in this round, or before it

    def begin(self, answer: Answer) -> None:
        """Another round begins."""
        self._answer = answer
        self._part = self._offset = self._turned = 0
        self._gap = "\n" * (2 - len(self._end) + len(self._end.rstrip("\n"))) if self._end else ""

    def print(self) -> None:
        """Print what is new. Another choice than the first is printed only if there is no first one, at the end."""
        if self._printer is None or 0 not in self._answer.choices:
            return
        choice = self._answer.choices[0]
        if choice.turned != self._turned:
            self._turned = choice.turned
            if self._end:
                say(_THOUGHT)
        if new := "".join(self._new()):
            gap, self._gap = self._gap, ""
            self._end = (self._end + gap + new)[-2:]
            self._printer.write(gap + new)

    def end(self, answer: Answer) -> None:
        """Print what is left, and end the last line."""
        if self._printer is not None:
            self._printer.end("" if 0 in answer.choices else answer.text)

    def _new(self) -> Iterator[str]:
        parts = self._answer.choices[0].parts
        while self._part < len(parts):
            part = parts[self._part]
            # counted before it is written: a signal between the two would print it twice
            start, self._offset = self._offset, part.log.length
            if part.kind == "text":
                yield part.log.since(start)
            if self._part == len(parts) - 1:
                return
            self._part, self._offset = self._part + 1, 0


def remark(event: events.Event) -> None:
    """Say what is worth a word while the stream runs."""
    match event:
        case events.Retrying():
            say(f"{event.failure.title} Trying again in {event.delay:.3g} s: attempt {event.attempt} of {event.attempts}.")
        case events.Reattaching():
            say(f"{event.failure.title} Attaching again in {event.delay:.3g} s: attempt {event.attempt} of {event.attempts}.")
        case events.Reattached():
            say("reconnected; nothing was lost")
        case events.StallNotice():
            say(f"nothing came for {event.silent:.0f} s; given up at {event.limit:.0f} s")
        case events.Footnote():
            say(event.text)


def _tell_runs(answer: Answer) -> None:
    for call in answer.tool_calls:
        if call.run is not None and call.run.state in ("done", "failed", "cancelled"):
            took = call.run.elapsed(time.monotonic())
            why = "" if call.run.state == "done" else f": {visible_line(call.run.content[:300])}"
            say(f"the tool {visible_line(call.name or '?')}: {call.run.state} after {took:.1f} s{why}")


@contextmanager
def _output_kept_clear() -> Iterator[None]:
    """What programs that a tool starts write to standard output is no part of the answer."""
    try:
        kept = os.dup(1)
    except OSError:
        yield
        return
    if sys.stdout is not None:
        sys.stdout.flush()
    with open(os.devnull, "wb") as nothing:  # noqa: PTH123 - a path of the platform's, not a file
        os.dup2(nothing.fileno(), 1)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)


def make_box(settings: Settings, allowed_now: tuple[str, ...]) -> ToolBox:
    """The tools that were named, of which those in `allowed_now` need no leave. Raises UsageError."""
    from tui.tools.errors import ToolsError
    from tui.tools.loading import load_tools

    sources = settings.tools or ()
    try:
        tools = load_tools(sources)
    except ToolsError as error:
        raise UsageError(str(error)) from None
    box = ToolBox.of(tools, sources, allowed=frozenset(settings.allow_tools), seconds=settings.tool_timeout)
    for name in allowed_now:
        if name not in box.tools:
            raise UsageError(f"--yes: there is no tool {name!r}; there are: {', '.join(box.tools) or 'none'}")
    box.always |= set(allowed_now)
    return box
