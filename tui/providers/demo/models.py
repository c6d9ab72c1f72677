"""The demo's models: one that works, some that work at another speed, and one for each way in which streams break."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

Ending = Literal["stop", "length", "content_filter", "refusal", "cut", "silent", "stall", "error"]
Manner = Literal["plain", "reasoning", "think-tags", "tools", "hostile"]


@dataclass(frozen=True, slots=True)
class HttpError:
    """An answer other than 200: `error` is the object in the JSON body."""

    status: int
    error: Mapping[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DemoModel:
    """How one model behaves.

    `rate` is tokens/s, `first` the seconds before the first one. `after` is how many tokens come before `ending`, where that is
    not `stop`. `once` means that `http_error` strikes the first request only, and the same request sent again is served.
    """

    about: str
    rate: float = 50.0
    first: float = 0.4
    manner: Manner = "plain"
    ending: Ending = "stop"
    after: int = 110
    http_error: HttpError | None = None
    once: bool = False
    unreachable: bool = False


def http_error(status: int, message: str, *, type_: str, code: str | None = None, **headers: str) -> HttpError:
    """An error as an OpenAI-compatible server words it; `headers` are spelled with underscores."""
    error = {"message": message, "type": type_, "param": None, "code": code}
    return HttpError(status, error, {name.replace("_", "-"): value for name, value in headers.items()})


_RATE_LIMIT = http_error(
    429,
    "Rate limit reached for demo-429: one request in 2 seconds. Try again in 2s.",
    type_="requests",
    code="rate_limit_exceeded",
    retry_after="2",
)
_QUOTA = http_error(
    429,
    "The credit of this account is used up. (It never had any: this is the demo.)",
    type_="insufficient_quota",
    code="insufficient_quota",
)
_BUSY = http_error(503, "All workers are busy. This model never finds a free one.", type_="server_error")
_BAD_KEY = http_error(
    401, "The key was not accepted. This model accepts none.", type_="invalid_request_error", code="invalid_api_key"
)

#: The name of each model, the default first, and how it behaves.
DEMO_MODELS: Mapping[str, DemoModel] = MappingProxyType(
    {
        "demo": DemoModel("lessons about streaming, at a pace to read along"),
        "demo-fast": DemoModel("the same, six times as fast", rate=300, first=0.1),
        "demo-slow": DemoModel("the same, at the pace of a large model on a small machine", rate=8, first=2.5),
        "demo-reasoning": DemoModel("thinks first, and shows it", manner="reasoning"),
        "demo-think-tags": DemoModel("thinks first, between tags in the text, as many local models do", manner="think-tags"),
        "demo-tools": DemoModel("calls a tool where tools are offered", manner="tools"),
        "demo-cut": DemoModel("the connection is cut in mid-sentence", ending="cut"),
        "demo-silent-end": DemoModel("ends without saying that it ended", ending="silent"),
        "demo-stall": DemoModel("falls silent in mid-sentence, for ever", ending="stall"),
        "demo-error": DemoModel("an error object arrives in the stream", ending="error"),
        "demo-length": DemoModel("reaches its token limit", ending="length"),
        "demo-filter": DemoModel("is stopped by a content filter", ending="content_filter", after=70),
        "demo-refusal": DemoModel("refuses", ending="refusal"),
        "demo-hostile": DemoModel("text full of terminal escapes and invisible characters", manner="hostile"),
        "demo-429": DemoModel("a rate limit first; the retry works", http_error=_RATE_LIMIT, once=True),
        "demo-quota": DemoModel("the quota is used up", http_error=_QUOTA),
        "demo-503": DemoModel("a server that is always busy", http_error=_BUSY),
        "demo-401": DemoModel("a key that is never right", http_error=_BAD_KEY),
        "demo-offline": DemoModel("a connection that is always refused", unreachable=True),
    }
)
