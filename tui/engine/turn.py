"""One turn of a conversation: a prompt, and the replies that it got.

    Turn ── prompts   "explain async", "explain async, briefly"       the versions of an edited prompt
         └─ replies   ‹ 1/3 ›  ‹ 2/3 ›  ‹ 3/3 ›                       the alternatives, one of them shown
               └─ answers   the stream, and the streams that continued it or followed its tools; each keeps its own exact text

A continuation starts as part of the reply that it continues. Where the model turns out to have started over, it becomes
a reply of its own. `settle` decides which; it is cheap and may be called at every frame.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import uuid4

from tui.engine.answer import Answer, State
from tui.engine.rounds import Round, glued, rounds_of
from tui.engine.seam import find_seam

_HAS_A_REST: frozenset[State] = frozenset(("interrupted", "truncated", "cancelled", "failed"))


def new_id() -> str:
    """A fresh id, 32 hex digits."""
    return uuid4().hex


@dataclass(slots=True, eq=False)
class Reply:
    """One alternative: what the model said to version `version` of the prompt, in one stream or several.

    Where `answers[i]` holds tool calls, `answers[i + 1]` is the next round: what the model said when it knew the results.
    Else it is a continuation, and `seams[i]` says how many characters of its text repeat what was there; None while that
    is undecided. The seam of a round is 0.
    """

    answers: list[Answer]
    seams: list[int | None] = field(default_factory=list)
    version: int = 0

    @property
    def answer(self) -> Answer:
        """The stream that came last: its state, failure and meter are the reply's."""
        return self.answers[-1]

    @property
    def text(self) -> str:
        """The reply's whole text, joined at the seams, its rounds a blank line apart. What is undecided is not in it yet."""
        return "".join(before + text for before, text in glued([one.text for one in self.rounds()]))

    def rounds(self, step: int | None = None) -> list[Round]:
        """The rounds that the first `step` answers make, or all."""
        return rounds_of(list(zip(self.answers, [0, *self.seams], strict=True))[:step])

    @property
    def seam_offsets(self) -> list[int]:
        """Where in `text` the continuations begin."""
        offsets, length = [], 0
        rounds = self.rounds()
        for one, (before, _) in zip(rounds, glued([one.text for one in rounds]), strict=True):
            length += len(before)
            for place, (answer, skip) in enumerate(one.steps):
                if skip is not None:
                    offsets += [length] if place else []
                    length += len(answer.text) - skip
        return offsets

    @property
    def reasoning(self) -> str:
        """What the model thought, over all streams."""
        return "\n\n".join(answer.reasoning for answer in self.answers if answer.reasoning)

    @property
    def refusal(self) -> str:
        """The refusal's text, over all streams."""
        return "".join(answer.refusal for answer in self.answers)

    @property
    def said(self) -> str:
        """The assistant's words: the text, else the refusal; never the reasoning."""
        return self.text if self.text.strip() else self.refusal

    @property
    def can_continue(self) -> bool:
        """Whether there is a beginning to continue from, and a rest that is missing; tool calls always have a rest."""
        answer = self.answer
        if answer.tool_calls:
            return answer.final and not answer.runs_open
        return answer.state in _HAS_A_REST and bool(self.rounds()[-1].text.strip())

    @property
    def can_pick(self) -> bool:
        """Whether its last stream holds several choices, and nothing was joined to one of them."""
        return len(self.answer.choices) > 1 and self.continues(self.answer) is None

    def continues(self, answer: Answer) -> Answer | None:
        """The answer that `answer` continues, if any; one that called tools is followed, not continued."""
        step = self.step(answer)
        before = self.answers[step - 1] if step else None
        return None if before is None or before.tool_calls else before

    def step(self, answer: Answer) -> int:
        """The place of `answer` in this reply. Raises ValueError if it is not in it."""
        for step, candidate in enumerate(self.answers):
            if candidate is answer:
                return step
        raise ValueError("not an answer of this reply")


@dataclass(slots=True, eq=False)
class Turn:
    """A prompt and its replies; `shown` is the index of the reply on screen. There is always at least one."""

    id: str
    prompts: list[str]
    replies: list[Reply]
    shown: int = 0

    @property
    def reply(self) -> Reply:
        """The reply that is shown."""
        return self.replies[self.shown]

    @property
    def answer(self) -> Answer:
        """The last stream of the reply that is shown."""
        return self.reply.answer

    @property
    def answers(self) -> list[Answer]:
        """Every stream of this turn, those of hidden alternatives too, in order."""
        return [answer for reply in self.replies for answer in reply.answers]

    @property
    def prompt(self) -> str:
        """The version of the prompt that the shown reply answers."""
        return self.prompt_of(self.reply)

    def prompt_of(self, reply: Reply) -> str:
        """The version of the prompt that `reply` answers."""
        return self.prompts[reply.version]

    def reply_with(self, answer: Answer) -> Reply:
        """The reply that `answer` is in. Raises ValueError if it is in none."""
        for reply in self.replies:
            if any(candidate is answer for candidate in reply.answers):
                return reply
        raise ValueError("not an answer of this turn")

    def add(self, answer: Answer, version: int) -> None:
        """Add an alternative and show it."""
        self.replies.append(Reply([answer], version=version))
        self.shown = len(self.replies) - 1

    def settle(self) -> bool:
        """Decide seams that can be decided now; true if anything changed (then the journal must know the turn again)."""
        changed = [self._settle(reply) for reply in list(self.replies)]
        return any(changed)

    def _settle(self, reply: Reply) -> bool:
        if not reply.seams or reply.seams[-1] is not None:
            return False
        rounds = reply.rounds()
        seam = find_seam(rounds[-1].text, reply.answer.text, reply.answer.final)
        if seam is None:
            return False
        # what earlier rounds said and did belongs to this reply; a last round that was said twice stays where it is
        if seam.starts_over and len(rounds) == 1:
            self._split(reply)
        else:
            reply.seams[-1] = seam.skip
        return True

    def _split(self, reply: Reply) -> None:
        place = next(place for place, candidate in enumerate(self.replies) if candidate is reply) + 1
        reply.seams.pop()
        self.replies.insert(place, Reply([reply.answers.pop()], version=reply.version))
        if self.shown >= place - 1:
            self.shown += 1
