"""Why a stream failed, in plain words: exceptions, HTTP statuses and in-band errors become a `Failure`.

    no response
    ├── usage       the request can't be made: a bad URL, a key or header that can't be sent, a body that is no JSON
    ├── connect     no such host · refused (retried) · unreachable
    ├── tls         the handshake or the certificate
    ├── timeout     no connection, or no first token, in time
    ├── closed      closed or reset before an answer (retried)
    └── protocol    what answered does not speak HTTP
    an HTTP status
    ├── auth        401, 407
    ├── quota       402; 429 that speaks of quota, billing or credit
    ├── permission  403, 451
    ├── not_found   404, 410
    ├── rate_limit  429 (retried)
    ├── bad_request every other 4xx (408 and 409 retried)
    ├── server      5xx (retried)
    └── protocol    1xx, 3xx: redirects are not followed, for they take key and prompt to another place
    a 200, and then
    ├── protocol    not a stream: a web page, other JSON, nothing, damage only, broken compression or chunks
    ├── in_band     the server sent an error, a reason that means one, or plain text and then nothing
    ├── closed      the body ended or broke without an end mark
    ├── timeout     no first token in time
    └── stalled     silence after content

`http_failure.py` reads statuses, `net_failure.py` exceptions, `reader.py` what is wrong inside a 200.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

from tui.engine.request import Request

CLIPPED = " …"  # stands at the end of a text that was cut
_BEGUN = 6  # characters: so much of a key at the end of a text is taken for one that was cut

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


@dataclass(frozen=True, slots=True)
class Call:
    """What a failure is about: what was asked, of whom, and by which proxy. The key is here to be kept out of every text."""

    request: Request
    base_url: str
    key: str = field(default="", repr=False)
    proxy: str = ""  # host and port

    @property
    def host(self) -> str:
        """The endpoint's host and port, as a person knows it."""
        try:
            return urlsplit(self.base_url).netloc.rpartition("@")[2] or self.base_url
        except ValueError:
            return self.base_url

    def scrub(self, text: str) -> str:
        """`text` without the key, nor its beginning where `text` was cut: servers echo it in their errors."""
        if len(self.key) < 4:
            return text
        text = text.replace(self.key, "[key]")
        kept = text.removesuffix(CLIPPED)
        for length in range(min(len(self.key) - 1, len(kept)), _BEGUN - 1, -1):
            if kept.endswith(self.key[:length]):
                return kept[:-length] + "[key]" + text[len(kept) :]
        return text
