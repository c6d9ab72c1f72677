"""A response's body on its way into a file: a key that it echoes is blotted out, also where it is cut in two."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from tui.engine.inflate import Inflater
from tui.recording.format import Piece
from tui.recording.secrets import Secrets


class Redactor:
    """Holds a piece back only while its end may be the beginning of a secret."""

    def __init__(self, secrets: Secrets) -> None:
        self._secrets = secrets
        self._held: list[Piece] = []

    def feed(self, piece: Piece) -> Iterator[Piece]:
        """The pieces that can be written now."""
        if not self._secrets:
            yield piece
            return
        self._held.append(piece)
        self._blot()
        yield from self._release(self._begun())

    def end(self) -> Iterator[Piece]:
        """What is still held back."""
        yield from self._release(0)

    def _blot(self) -> None:
        joined = b"".join(piece.data for piece in self._held)
        blotted = self._secrets.blot(joined)
        if blotted == joined:
            return
        at = 0
        for place, piece in enumerate(self._held):
            data = blotted[at : at + len(piece.data)]
            at += len(data)
            self._held[place] = Piece(piece.seconds, data, piece.redacted or data != piece.data)

    def _begun(self) -> int:
        """How many bytes at the end may be the beginning of a secret."""
        longest = len(self._secrets.forms[0]) - 1
        tail = b"".join(piece.data[-longest:] for piece in self._held)[-longest:]
        return max(_overlap(tail, form) for form in self._secrets.forms)

    def _release(self, begun: int) -> Iterator[Piece]:
        keep: list[Piece] = []
        while self._held and begun > 0:
            piece = self._held.pop()
            keep.insert(0, piece)
            begun -= len(piece.data)
        yield from self._held
        self._held = keep


def _overlap(data: bytes, secret: bytes) -> int:
    """How many bytes at the end of `data` begin `secret`, without being all of it."""
    at = data.find(secret[0], max(len(data) - len(secret) + 1, 0))
    while at >= 0 and not secret.startswith(data[at:]):
        at = data.find(secret[0], at + 1)
    return len(data) - at if at >= 0 else 0


class Inspector:
    """Looks into a compressed body, whose bytes can't be blotted out. `found` says that a secret is in it, or may be."""

    def __init__(self, secrets: Secrets, encoding: str) -> None:
        self._secrets = secrets
        known = encoding in ("gzip", "x-gzip", "deflate")
        self._inflater = Inflater(encoding) if known else None
        self._tail = b""
        self.found = bool(secrets) and not known

    def feed(self, data: bytes) -> None:
        """Look at the next bytes."""
        if not self._secrets or self._inflater is None:
            return
        longest = len(self._secrets.forms[0])
        try:
            for text in self._inflater.feed(data):
                window = self._tail + text
                self.found = self.found or self._secrets.blot(window) != window
                self._tail = window[-longest:]
        except zlib.error:
            self._inflater = None  # nobody can read on
