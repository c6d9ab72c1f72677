"""One recording while it is written: what may stand in it, in which file. Used by the writer's thread alone."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tui.recording import secrets as secret
from tui.recording.format import SUFFIX, Answered, Asked, Ending, Headers, Link, Piece, ending_line, header_line, piece_line
from tui.recording.redact import Inspector, Redactor
from tui.recording.secrets import Secrets

_LONGEST_NAME = 60  # characters of a model's name


@dataclass(frozen=True, slots=True)
class RawRequest:
    """A request as it went out at `when`, with all that is secret; `secrets` are more texts that may not be written down."""

    when: datetime
    method: str
    url: str
    headers: Headers
    body: bytes
    secrets: Sequence[str] = ()

    def __repr__(self) -> str:
        return f"RawRequest({self.method})"  # what it holds is in no traceback and no log


class Sheet:
    """Takes what happens, in order, and has bytes for a file. Raises OSError where the file can't be made or written."""

    def __init__(self, folder: Path, request: RawRequest, by: str) -> None:
        self._folder, self._by = folder, by
        self._when = request.when
        self._secrets = Secrets([*request.secrets, *secret.of_headers(request.headers)])
        self._asked = _asked(request, self._secrets)
        self._redactor = Redactor(self._secrets)
        self._inspector: Inspector | None = None
        self._waiting: list[bytes] = []
        self._file: int | None = None
        self._begun = False
        self.over = False

    def take(self, what: Answered | Piece | Ending) -> None:
        """Something happened."""
        if self.over:
            return
        match what:
            case Answered():
                self._head(what)
            case Piece():
                self._piece(what)
            case Ending():
                self._end(what)

    def write(self) -> None:
        """Write what waits; closes the file after the last line."""
        data = b"".join(self._waiting)
        self._waiting.clear()
        if data and self._file is None:
            self._file = _create(self._folder, self._name())
        while data and self._file is not None:
            data = data[os.write(self._file, data) :]
        if self.over:
            self.close()

    def close(self) -> None:
        """Leave the file as it is; nothing is taken any more."""
        self.over = True
        if self._file is not None:
            file, self._file = self._file, None
            os.close(file)

    def _head(self, answered: Answered | None) -> None:
        self._begun = True
        if answered is not None:
            headers, removed = secret.headers(answered.headers, self._secrets, of_response=True)
            encoding = next((value for name, value in headers if name.lower() == "content-encoding"), "identity")
            if encoding.strip().lower() not in ("", "identity"):
                self._inspector = Inspector(self._secrets, encoding.strip().lower())
            answered = Answered(answered.seconds, answered.status, headers, removed)
        when = self._when.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
        self._waiting.append(header_line(when, self._by, self._asked, answered))

    def _piece(self, piece: Piece) -> None:
        if self._inspector is not None:
            self._inspector.feed(piece.data)
            if self._inspector.found:
                self._finish(Ending(piece.seconds, "withheld"))
                return
        self._waiting += map(piece_line, self._redactor.feed(piece))

    def _end(self, ending: Ending) -> None:
        if not self._begun:
            self._head(None)
        if ending.how != "unfinished":
            blot = self._secrets.blot_text
            error = tuple(Link(link.type, blot(link.says), link.errno) for link in ending.error)
            ending = Ending(ending.seconds, ending.how, error)
        self._finish(ending)

    def _finish(self, ending: Ending) -> None:
        self._waiting += map(piece_line, self._redactor.end())
        if ending.how != "unfinished":
            self._waiting.append(ending_line(ending))
        self.over = True

    def _name(self) -> str:
        model = self._asked.body.get("model") if isinstance(self._asked.body, dict) else None
        name = model if isinstance(model, str) else ""
        name = name.rpartition("/")[2] if name.startswith("/") else name  # a local server may call it by its file
        safe = re.sub(r"[^A-Za-z0-9._]+", "-", name)[:_LONGEST_NAME].strip("-.")
        return f"{self._when.astimezone(UTC):%Y%m%dT%H%M%S.%fZ}-{safe or 'stream'}"


def _asked(request: RawRequest, secrets: Secrets) -> Asked:
    headers, removed = secret.headers(request.headers, secrets)
    body, changed = secret.body(request.body, secrets)
    url = secret.address(request.url, secrets)
    removed += [name for name, gone in (("url", url != request.url), ("body", changed)) if gone]
    return Asked(request.method, url, headers, body, removed)


def _create(folder: Path, name: str) -> int:
    """A new file, 0600, in a folder that is made 0700 if it is missing. Raises OSError."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for number in range(1, 1000):
        path = folder / f"{name}{f'-{number}' if number > 1 else ''}{SUFFIX}"
        try:
            return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0), 0o600)
        except FileExistsError:
            continue
    raise FileExistsError(f"{name} is there a thousand times")
