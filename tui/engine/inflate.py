"""Undoing a body's gzip or deflate, piece by piece; knows whether the compressed data came to its end."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import suppress

_STEP = 2**16  # bytes that one step may inflate to: a small piece can hold a large text, and others want their turn
_MAGIC = b"\x1f\x8b"


class Inflater:
    """`feed` yields decoded pieces and raises zlib.error on damage; `whole` tells whether nothing is missing at the end.

    A body that says gzip and is plain passes as it is. Several gzip members in a row are one text.
    """

    def __init__(self, encoding: str) -> None:
        self._gzip = encoding != "deflate"
        self._head = b""
        self._plain = False
        self._zlib = zlib.decompressobj(31)

    @property
    def whole(self) -> bool:
        """Whether the compressed data reached its own end (an empty body did)."""
        if not self._started:
            return not self._head
        return self._plain or self._zlib.eof

    @property
    def _started(self) -> bool:
        return len(self._head) == 2

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The text that `data` decodes to, in pieces of at most 64 KiB."""
        if not self._started:
            data = self._head + data
            self._head = data[:2]
            if not self._started:
                return
            self._choose()
        if self._plain:
            yield data
            return
        yield from self._inflate(data)

    def end(self) -> bytes:
        """What is left when the body ends: a single byte that was held back to tell the format."""
        return b"" if self._started else self._head

    def _choose(self) -> None:
        if self._gzip:
            self._plain = self._head != _MAGIC
        else:  # deflate: with zlib's two bytes of header, or without
            first, second = self._head
            wrapped = first & 15 == 8 and (first * 256 + second) % 31 == 0
            self._zlib = zlib.decompressobj(15 if wrapped else -15)

    def _inflate(self, data: bytes) -> Iterator[bytes]:
        piece = b""
        while data or len(piece) == _STEP:  # a full step may have left text inside the decompressor
            if self._zlib.eof:
                if not (self._gzip and data and data.startswith(_MAGIC[: len(data)])):
                    return  # padding after the end
                self._zlib = zlib.decompressobj(31)
            before = self._zlib.copy()
            try:
                piece = self._zlib.decompress(data, _STEP)
            except zlib.error:
                yield from _until_damage(before, data)
                raise
            if piece:
                yield piece
            data = self._zlib.unconsumed_tail or self._zlib.unused_data


def _until_damage(state: zlib._Decompress, data: bytes) -> Iterator[bytes]:
    """What `data` decodes to before its damage: it arrived, so it counts."""
    with suppress(zlib.error):
        for place in range(len(data)):
            yield state.decompress(data[place : place + 1])
