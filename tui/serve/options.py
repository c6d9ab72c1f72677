"""What `streamtui serve` is told, checked before anything is opened."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tui.endpoint import is_loopback
from tui.recording import Fault, Recording, RecordingError, recordings
from tui.replays import parse_speed
from tui.serve.catalog import Playing
from tui.usage import UsageError

TOKEN = "STREAMTUI_SERVE_TOKEN"  # noqa: S105 - the name of a variable
KEEP = 3600.0
PORT = 8090
_LONGEST = 366 * 86_400.0


@dataclass(frozen=True, slots=True)
class Options:
    """Where to listen, what to play, and how long streams are kept (seconds). `token` is None where none is wanted."""

    host: str
    port: int
    keep: float
    playing: Playing
    recordings: Sequence[Recording]
    skipped: Sequence[str]  # why some files are not played
    token: str | None
    hosts: Sequence[str] = ()


def read_options(given: Mapping[str, object], env: Mapping[str, str] = os.environ) -> Options:
    """Options out of the command line's. Raises UsageError."""

    def text(name: str) -> str | None:
        value = given.get(name)
        return None if value is None else str(value)

    host = text("host") or "127.0.0.1"
    token = env.get(TOKEN, "").strip() or None
    if not is_loopback(host) and token is None:
        raise UsageError(f"--host {host} is not this machine alone: set {TOKEN} to a token that clients must send as their key")
    if token is not None and not (token.isascii() and token.isprintable()):
        raise UsageError(f"{TOKEN}: must be printable ASCII")
    try:
        fault = Fault.parse(text("fault") or "") if text("fault") else None
        found = recordings(Path(text("replay") or "").expanduser()) if text("replay") is not None else []
    except RecordingError as error:
        raise UsageError(str(error)) from None
    names = [name.strip() for name in (text("allow_host") or "").split(",") if name.strip()]
    return Options(
        host,
        _port(text("port")),
        _seconds(text("keep")),
        Playing(parse_speed(text("speed")), fault),
        [one for one in found if isinstance(one, Recording)],
        [str(one) for one in found if isinstance(one, RecordingError)],
        token,
        names,
    )


def _port(text: str | None) -> int:
    if text is None:
        return PORT
    if not (text.isascii() and text.isdigit() and int(text[:9]) < 65536):
        raise UsageError(f"--port: must be a whole number, from 0 (a free one) to 65535 (it is {text[:40]!r})")
    return int(text)


def _seconds(text: str | None) -> float:
    try:
        seconds = KEEP if text is None else float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= _LONGEST:
        raise UsageError(f"--keep: must be seconds, a number from 0 (it is {str(text)[:40]!r})")
    return seconds
