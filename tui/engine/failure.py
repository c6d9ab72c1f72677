"""Why a stream failed, in plain words: exceptions, HTTP statuses and in-band errors become a `Failure`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "usage",
    "connect",
    "tls",
    "timeout",
    "auth",
    "permission",
    "not_found",
    "quota",
    "rate_limit",
    "bad_request",
    "server",
    "protocol",
    "in_band",
    "closed",
    "stalled",
]


@dataclass(frozen=True, slots=True)
class Failure:
    """One failure. `title` says what happened, `advice` what to do, `detail` what the other side said (hostile text).

    `status` is the HTTP status where there was one; `retry_after` is seconds from when the failure was seen.
    """

    kind: Kind
    title: str
    detail: str = ""
    advice: str = ""
    request_id: str | None = None
    status: int | None = None
    retry_after: float | None = None
