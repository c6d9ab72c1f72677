"""The tools that are always at hand: they read nothing of anybody's, and change nothing."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from tui.tools.arithmetic import evaluate
from tui.tools.marks import tool

_SENTENCE = re.compile(r"\w[^.!?…。！？]*(?:[.!?…。！？]+|$)")


@tool(read_only=True)
def clock(timezone: str = "UTC") -> dict[str, str]:
    """Tell the current date, time and day of the week.

    Args:
        timezone: an IANA name, such as "Europe/Rome" or "UTC".
    """
    now = datetime.now(UTC).astimezone(_zone(timezone))
    return {"time": now.isoformat(timespec="seconds"), "weekday": f"{now:%A}", "timezone": timezone}


@tool(read_only=True)
def calculate(expression: str) -> str:
    """Work out an arithmetic expression exactly where it is of whole numbers.

    Args:
        expression: numbers, + - * / // % **, parentheses, and functions such as sqrt, log, sin, factorial;
            for example "2*(3+4)**2".
    """
    try:
        return str(evaluate(expression))
    except ZeroDivisionError:
        raise ValueError("division by zero") from None
    except OverflowError:
        raise ValueError("the number is too large to work out") from None


@tool(read_only=True)
def text_statistics(text: str) -> dict[str, int]:
    """Count the characters, words, lines and sentences of a text.

    Args:
        text: the text to count.
    """
    return {
        "characters": len(text),
        "characters_without_spaces": len("".join(text.split())),
        "words": len(text.split()),
        "lines": len(text.splitlines()),
        "sentences": len(_SENTENCE.findall(text)),
    }


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # a name that is none may be a folder's, or lead out of the database
        raise ValueError(f"{name!r} is no IANA time zone") from None
