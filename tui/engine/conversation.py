"""A conversation: its turns, and the requests that they make. Plain data; nothing here waits, reads or writes."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tui.engine import messages
from tui.engine.answer import Answer
from tui.engine.request import Request, Timeouts
from tui.engine.rounds import is_open
from tui.engine.turn import Reply, Turn, new_id

TITLE_CELLS = 40
PREFILL: Mapping[str, Any] = {"continue_final_message": True, "add_generation_prompt": False}


class StillStreamingError(RuntimeError):
    """The conversation's last answer has not ended; stop it first."""


@dataclass(slots=True, eq=False, weakref_slot=True)
class Conversation:
    """A list of turns with one model at one endpoint. A turn is asked, retried, continued or edited only at the end."""

    id: str = field(default_factory=new_id)
    title: str = ""
    model: str = ""
    endpoint_name: str = ""
    system: str | None = None
    params: dict[str, Any] = field(default_factory=dict)
    turns: list[Turn] = field(default_factory=list)

    @property
    def last(self) -> Turn | None:
        """The last turn, if there is one."""
        return self.turns[-1] if self.turns else None

    @property
    def streaming(self) -> bool:
        """Whether the last turn still waits for the end of a stream, or of a tool."""
        return bool(self.turns) and any(not answer.final or answer.runs_open for answer in self.turns[-1].answers)

    def ask(self, prompt: str) -> tuple[Turn, Answer]:
        """Begin a turn. Raises StillStreamingError while the last one streams."""
        self._be_idle()
        answer = self._answer()
        turn = Turn(new_id(), [prompt], [Reply([answer])])
        self.turns.append(turn)
        self.title = self.title or title_of(prompt)
        return turn, answer

    def retry(self) -> Answer:
        """Ask the last prompt again; the reply so far stays as an alternative. Raises LookupError without a turn."""
        turn = self._idle_turn()
        answer = self._answer()
        turn.add(answer, turn.reply.version)
        return answer

    def edit_last(self, prompt: str) -> tuple[Turn, Answer]:
        """Ask the last turn's prompt in other words; what was asked and replied before stays as an alternative."""
        turn = self._idle_turn()
        if prompt not in turn.prompts:
            turn.prompts.append(prompt)
        answer = self._answer()
        turn.add(answer, turn.prompts.index(prompt))
        return turn, answer

    def continue_answer(self) -> Answer:
        """Ask for the rest of the shown reply. Raises ValueError where there is nothing to continue.

        Where the reply ends in tool calls, the rest is what follows them: the answer is the one that holds them if any is still
        to be run, and else that of a new round.
        """
        turn = self._idle_turn()
        turn.settle()
        reply = turn.reply
        if not reply.can_continue:
            raise ValueError("there is nothing to continue")
        calls = reply.answer.tool_calls
        if any(is_open(call) for call in calls):
            return reply.answer
        return self._follow(reply, 0 if calls else None)

    def next_round(self, answer: Answer) -> Answer:
        """Ask what the model says now that the tools which `answer` called have ended. Raises StillStreamingError."""
        self._be_idle()
        turn = self.turn_with(answer)
        turn.settle()
        return self._follow(turn.reply_with(answer), 0)

    def _follow(self, reply: Reply, seam: int | None) -> Answer:
        answer = self._answer()
        reply.answers.append(answer)
        reply.seams.append(seam)
        return answer

    def select_alternative(self, delta: int, turn: Turn | None = None) -> Turn:
        """Show the reply `delta` places on, in `turn` or else the last one; stops at either end."""
        turn = turn or self._turn()
        turn.shown = min(max(turn.shown + delta, 0), len(turn.replies) - 1)
        return turn

    def settle(self) -> bool:
        """Decide the seam of a continuation as soon as it can be; true if the last turn changed by it."""
        return bool(self.turns) and self.turns[-1].settle()

    def turn_with(self, answer: Answer) -> Turn:
        """The turn that `answer` is in. Raises LookupError if it is in none."""
        for turn in reversed(self.turns):
            if any(candidate is answer for candidate in turn.answers):
                return turn
        raise LookupError("not an answer of this conversation")

    def full_text(self, answer: Answer) -> str:
        """The text of the reply that `answer` is part of, joined at the seams."""
        return self.turn_with(answer).reply_with(answer).text

    def messages(self, for_answer: Answer, *, reasoning: bool = False) -> list[dict[str, Any]]:
        """What the request for this answer says: system, earlier turns, the prompt, what was said and called since.

        With `reasoning`, also what the model thought.
        """
        now = self.turn_with(for_answer)
        reply = now.reply_with(for_answer)
        said = [messages.system(self.system)] if (self.system or "").strip() else []
        for turn in self.turns[: self.turns.index(now)]:
            said += [messages.user(turn.prompt), *messages.of_rounds(turn.reply.rounds(), reasoning=reasoning)]
        said.append(messages.user(now.prompt_of(reply)))
        said += messages.of_rounds(reply.rounds(reply.step(for_answer)), reasoning=reasoning)
        return messages.tidied(said)

    def request(
        self,
        answer: Answer,
        *,
        prefill: bool = False,
        send_reasoning: bool = False,
        timeouts: Timeouts = Timeouts(),  # noqa: B008 - frozen
        max_retries: int = 2,
        key_source: str | None = None,
    ) -> Request:
        """The request for `answer`. `prefill`: the server takes `continue_final_message` (vLLM and kin), so say it."""
        params = dict(self.params)
        said = self.messages(answer, reasoning=send_reasoning)
        reply = self.turn_with(answer).reply_with(answer)
        if prefill and reply.continues(answer) is not None:
            params |= PREFILL
        return Request(answer.requested_model, said, params, timeouts, max_retries, key_source=key_source)

    def _answer(self) -> Answer:
        return Answer(self.model, id=new_id())

    def _turn(self) -> Turn:
        if not self.turns:
            raise LookupError("nothing was asked yet")
        return self.turns[-1]

    def _idle_turn(self) -> Turn:
        self._be_idle()
        return self._turn()

    def _be_idle(self) -> None:
        if self.streaming:
            raise StillStreamingError("the last answer still streams")


def title_of(prompt: str, cells: int = TITLE_CELLS) -> str:
    """The first line of `prompt` that says something, at most `cells` terminal cells wide. Not made safe to show."""
    line = " ".join(next((line for line in prompt[:4000].splitlines() if line.strip()), "").split())
    return line if _cells(line) <= cells else _cut(line, cells - 1).rstrip() + "…"


def _cut(line: str, cells: int) -> str:
    while _cells(line) > cells:
        line = line[: min(len(line) - 1, cells)]
    return line


def _cells(text: str) -> int:
    return sum(_width(character) for character in text)


def _width(character: str) -> int:
    if unicodedata.combining(character) or character in "\u200d\ufe0f":
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
