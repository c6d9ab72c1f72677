"""The banner under a partial answer: what happened, what to do, and the ways on. It never covers or clears the text."""

from __future__ import annotations

from math import ceil
from typing import ClassVar

from tui.engine.answer import Answer
from tui.engine.failure import Failure
from tui.engine.turn import Reply
from tui.widgets.notice import Notice
from tui.workspace import SIGNS

WORDS = {
    "truncated": ("The answer was cut at its length limit.", "Continue asks for the rest, or raise max_tokens."),
    "filtered": ("The provider's content filter ended the answer.", "What arrived is kept. Another wording may pass."),
    "refused": (
        "The model refused.",
        "What it said is above. Edit the prompt with alt+e, or choose another model with ctrl+l.",
    ),
}
SHORT = 120  # characters of small print that fit everywhere
DETAIL_LIMIT = 600  # characters of what the other side said; the rest is in the saved answer


def whole_failure(failure: Failure) -> str:
    """All that is known of a failure, for people. Not made safe to show."""
    request = f"request {failure.request_id}" if failure.request_id else ""
    return "\n\n".join(part for part in (failure.title, failure.detail, failure.advice, request) if part)


def wording(answer: Answer, now: float) -> tuple[str, str]:
    """(what happened, the smaller print under it) for an answer, or two empty strings where nothing needs saying."""
    failure = answer.failure
    if answer.retrying is not None:
        seconds = ceil(max((answer.retry_at or now) - now, 0))
        retry = answer.retrying
        return (
            f"{retry.failure.title} Trying again in {seconds} s: attempt {retry.attempt} of {retry.attempts}.",
            retry.failure.detail,
        )
    if answer.reattaching is not None:
        again = answer.reattaching
        seconds = ceil(max((answer.retry_at or now) - now, 0))
        when = f" in {seconds} s" if seconds else ""
        return (
            f"The connection broke. Attaching again{when}: attempt {again.attempt} of {again.attempts}.",
            again.failure.detail,
        )
    if answer.stall is not None:
        return f"Nothing came for {answer.stall.silent:.0f} s; given up at {answer.stall.limit:.0f} s. Escape stops it now.", ""
    if failure is not None:
        parts = [failure.detail[:DETAIL_LIMIT], failure.advice, _countdown(answer, now)]
        if failure.request_id:
            parts.append(f"request {failure.request_id}")
        return f"{answer.state.capitalize()}: {failure.title}", " · ".join(part for part in parts if part)
    if answer.state == "complete" and not answer.text and not answer.refusal and not answer.tool_calls:
        reason = answer.finish_reason or "none"
        return "The model ended without any text.", f"Retry may do better. The reason given was {reason}."
    if answer.state == "complete" and answer.runs_stopped:
        return "The tools were stopped before they ended.", "Continue asks about them again, and goes on."
    if answer.reattached and not answer.final:
        return f"{reconnected(answer)}.".capitalize(), ""
    return WORDS.get(answer.state, ("", ""))


def reconnected(answer: Answer) -> str:
    """How often the stream went on in another connection."""
    times = answer.reattached
    return f"reconnected {'once' if times == 1 else f'{times} times'}; nothing lost"


def _countdown(answer: Answer, now: float) -> str:
    failure, ended = answer.failure, answer.meter.ended
    if failure is None or failure.retry_after is None or ended is None:
        return ""
    left = ended + failure.retry_after - now
    return f"the server asks to wait {ceil(left)} s more" if left > 0 else "the wait that the server asked for is over"


class FailureBanner(Notice):
    """Shown under the conversation while its last answer needs a word; empty and hidden otherwise."""

    ACTIONS: ClassVar = (
        ("retry", "Retry", "ctrl+r"),
        ("continue", "Continue", "alt+c"),
        ("copy_answer", "Copy", "ctrl+y"),
        ("show_whole", "Show all", "alt+v"),
    )

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[str, str, str, bool] | None = None

    def show(self, reply: Reply | None, now: float) -> None:
        """Say what the last stream of `reply` needs said. Costs nothing while that does not change."""
        answer = reply.answer if reply else None
        title, detail = ("", "") if answer is None else wording(answer, now)
        has_text = answer is not None and bool(answer.first.parts)
        shown = (title, detail, "" if answer is None else answer.state, has_text)
        if shown == self._shown:
            return
        self._shown = shown
        if not title or answer is None or reply is None:
            self.tell("", "")
            return
        sign = SIGNS["cancelled" if answer.runs_stopped else answer.state]
        self.tell(f"{sign} {title}" if answer.final else title, detail)
        self.set_class(answer.failure is not None, "-failed")
        self.ways.set_class(not answer.final, "-empty")
        offered = {
            "retry": True,
            "continue": reply.can_continue,
            "copy_answer": has_text,
            "show_whole": answer.failure is not None and len(detail) > SHORT,
        }
        for action in self.actions:
            action.display = offered[action.means]
