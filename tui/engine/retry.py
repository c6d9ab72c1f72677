"""When another attempt follows, and how long to wait for it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tui.engine import http_failure, net_failure
from tui.engine.events import Retrying
from tui.engine.failure import Call, Failure
from tui.engine.http_failure import Refusal

LONGEST_WAIT = 30.0  # a Retry-After beyond it is the person's to decide
_LONGEST_BACKOFF = 8.0


@dataclass(frozen=True, slots=True)
class Setback:
    """An attempt that failed before the headers of a 200."""

    failure: Failure
    may_retry: bool
    refusal: Refusal | None = None


def from_refusal(refusal: Refusal, call: Call) -> Setback:
    """What a response that is no 200 means."""
    failure = http_failure.from_refusal(refusal, call)
    return Setback(failure, http_failure.is_retried(refusal, failure), refusal)


def from_exception(error: BaseException, call: Call) -> Setback:
    """What an exception before any response means."""
    failure = net_failure.from_exception(error, call, began=False)
    return Setback(failure, net_failure.is_retried(error, failure))


def backoff(retries: int) -> float:
    """Seconds before retry number `retries` + 1: 0.5, 1, 2, 4, 8, 8, ..."""
    return float(min(0.5 * 2 ** min(retries, 10), _LONGEST_BACKOFF))


def plan(setback: Setback, retries: int, most: int) -> Retrying | Failure:
    """What follows after `retries` retries of at most `most`: another one, or the failure."""
    failure = setback.failure
    if not setback.may_retry:
        return failure
    wait = failure.retry_after
    if wait is not None and wait > LONGEST_WAIT:
        return replace(failure, advice=f"It asks to wait {_spoken(wait)}; retry after that.")
    if retries >= most:
        return failure
    return Retrying(retries + 2, most + 1, backoff(retries) if wait is None else wait, failure)


def _spoken(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} minutes" if seconds < 7200 else f"{seconds / 3600:.0f} hours"
