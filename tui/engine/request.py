"""What is asked of an endpoint: one request, and how long it may take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Limits in seconds; 0 is off. Connect, first content delta (per attempt), and between content deltas."""

    connect: float = 10.0
    first_token: float = 120.0
    stall: float = 60.0


@dataclass(frozen=True, slots=True)
class Request:
    """One chat completion request. `params` go into the body as they are (temperature, tools, ...).

    `key_source` says where the key came from (a variable's name, never its value), for the advice of a 401.
    """

    model: str
    messages: Sequence[Mapping[str, Any]]
    params: Mapping[str, Any] = field(default_factory=dict)
    timeouts: Timeouts = Timeouts()
    max_retries: int = 2
    include_usage: bool = True
    key_source: str | None = None
