"""The format of a recording, version 1: JSON lines in UTF-8, one file a stream, each attempt a stream of its own.

The first line says what was asked and what answered:

    {"format": "streamtui-recording", "version": 1,
     "recorded": "2026-11-21T07:21:19.123456Z", "by": "streamtui 0.1.0",
     "request": {"method": "POST", "url": "https://llm.example.com/v1/chat/completions",
                 "headers": [["content-type", "application/json"], ...], "removed": ["authorization"],
                 "body": {"model": "large", "messages": [...], "stream": true}},
     "response": {"t": 0.31, "status": 200, "headers": [["content-type", "text/event-stream"], ...], "removed": []}}

- `recorded` is when the request went out (ISO 8601, UTC); every `t` is seconds since then, and never goes back.
- `request.body` is the JSON that was asked; null if it was none. `removed` names what was taken out: headers that hold a
  key, a cookie or another secret, `url` for secrets in the address, `body` for secrets in the body, such as an `api_key`.
- `response` is null if none came: nobody answered, or not as HTTP says.

One line follows for each piece of the body, exactly as it came from the network: before gzip is undone, cut where it was cut.
A piece that is valid UTF-8 is `text`, any other is `base64`, never both:

    {"t": 0.412345, "text": "data: {\"choices\": ...}\n\n"}
    {"t": 0.523456, "base64": "H4sIAAAAAAAA/w=="}

A piece that held the key has asterisks in its place, as many as the key has bytes, and says `"redacted": true`.

The last line says how it ended:

    {"t": 3.2, "end": "complete"}                        the body came to its end
    {"t": 3.2, "end": "closed"}                          the reader left: stopped, out of patience, or with all that it wanted
    {"t": 3.2, "end": "broken", "error": [               it broke; the error and what stands behind it, outermost first
        {"type": "ReadError", "says": ""},
        {"type": "ConnectionResetError", "says": "Connection reset by peer", "errno": "ECONNRESET"}]}
    {"t": 3.2, "end": "withheld"}                        a compressed body held the key, so its rest was not written down

A file without such a line is `unfinished`: the program was killed, or the disk was full. It is still a recording; a last line
that is cut is left out. Keys that are not named here are ignored; a change that a reader can't ignore raises the version.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

FORMAT = "streamtui-recording"
VERSION = 1
SUFFIX = ".jsonl"

#: what a terminal would obey or an editor not show is escaped, and half a surrogate pair, which is no UTF-8
_UNSEEN = re.compile("[\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb]")

How = Literal["complete", "closed", "broken", "withheld", "unfinished"]
Headers = Sequence[tuple[str, str]]


class RecordingError(Exception):
    """A file is no recording that can be played. Its text names the file, the line where there is one, and what is wrong."""


@dataclass(frozen=True, slots=True)
class Link:
    """One error of a chain: its class, its text, and the name of its `errno` if it has one."""

    type: str
    says: str = ""
    errno: str | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """The request. `body` is JSON, or None."""

    method: str
    url: str
    headers: Headers = ()
    body: Any = None
    removed: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Answered:
    """The head of the response, `seconds` after the request went out."""

    seconds: float
    status: int
    headers: Headers = ()
    removed: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Piece:
    """Bytes of the body, `seconds` after the request went out. `redacted`: a key in them was blotted out."""

    seconds: float
    data: bytes
    redacted: bool = False


@dataclass(frozen=True, slots=True)
class Ending:
    """How it ended, `seconds` after the request went out; `error` is the chain behind a `broken`, outermost first."""

    seconds: float
    how: How
    error: Sequence[Link] = ()


@dataclass(frozen=True)
class Recording:
    """One stream. `response` is None where none came; then there are no pieces either."""

    path: Path
    recorded: str
    by: str
    request: Asked
    response: Answered | None
    pieces: Sequence[Piece] = field(repr=False)
    ending: Ending

    @property
    def name(self) -> str:
        """The file's name without its suffix."""
        return self.path.name.removesuffix(SUFFIX)

    @property
    def data(self) -> bytes:
        """All pieces, joined."""
        return b"".join(piece.data for piece in self.pieces)

    @property
    def chat(self) -> Mapping[str, Any]:
        """The JSON object that was asked with; empty if it was something else."""
        return self.request.body if isinstance(self.request.body, dict) else {}

    @property
    def model(self) -> str:
        """The model that was asked, or an empty text."""
        model = self.chat.get("model")
        return model if isinstance(model, str) else ""

    @cached_property
    def messages(self) -> list[Mapping[str, Any]]:
        """The messages that were asked with."""
        messages = self.chat.get("messages")
        return [message for message in messages if isinstance(message, dict)] if isinstance(messages, list) else []

    @property
    def prompt(self) -> str:
        """The last thing that the person said, or an empty text."""
        said = [message.get("content") for message in self.messages if message.get("role") == "user"]
        return plain_text(said[-1]) if said else ""

    @property
    def system(self) -> str | None:
        """The system prompt, if there was one."""
        said = [message.get("content") for message in self.messages[:1] if message.get("role") in ("system", "developer")]
        return plain_text(said[0]) if said else None


def plain_text(content: Any) -> str:
    """The text of a message's content, which may be a list of parts."""
    if isinstance(content, list):
        texts = [part.get("text") for part in content if isinstance(part, dict)]
        return "\n\n".join(text for text in texts if isinstance(text, str))
    return content if isinstance(content, str) else ""


def header_line(recorded: str, by: str, request: Asked, response: Answered | None) -> bytes:
    """The first line."""
    asked = {
        "method": request.method,
        "url": request.url,
        "headers": [list(pair) for pair in request.headers],
        "removed": list(request.removed),
        "body": request.body,
    }
    answered = response and {
        "t": _rounded(response.seconds),
        "status": response.status,
        "headers": [list(pair) for pair in response.headers],
        "removed": list(response.removed),
    }
    head = {"format": FORMAT, "version": VERSION, "recorded": recorded, "by": by, "request": asked, "response": answered}
    return _line(head)


def piece_line(piece: Piece) -> bytes:
    """The line of a piece."""
    try:
        content = {"text": piece.data.decode()}
    except UnicodeDecodeError:
        content = {"base64": b64encode(piece.data).decode()}
    note = {"redacted": True} if piece.redacted else {}
    return _line({"t": _rounded(piece.seconds), **content, **note})


def ending_line(ending: Ending) -> bytes:
    """The last line."""
    error = [{"type": link.type, "says": link.says, **({"errno": link.errno} if link.errno else {})} for link in ending.error]
    return _line({"t": _rounded(ending.seconds), "end": ending.how, **({"error": error} if error else {})})


def _rounded(seconds: float) -> float:
    return round(seconds, 6)


def _line(value: Any) -> bytes:
    text = json.dumps(value, ensure_ascii=False)
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text).encode() + b"\n"
