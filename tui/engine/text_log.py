"""Text that grows at its end: appended in small pieces, read from any mark on at a cost that is the new text's alone."""

from __future__ import annotations

import re

_FOLD_AT = 512  # pieces before they are folded into one string: memory stays near the text's own size
_SURROGATES = re.compile("[\ud800-\udfff]")


def join_surrogates(text: str) -> str:
    """Pair up surrogates that came in two deltas; one without its other half stays as it is."""
    if not _SURROGATES.search(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


class TextLog:
    """An append-only text. Offsets count characters of what was appended, lone surrogate halves included."""

    __slots__ = ("_blocks", "_pieces", "_settled", "length")

    def __init__(self, text: str = "") -> None:
        self._blocks: list[tuple[int, str]] = []  # (offset, folded text)
        self._pieces: list[str] = []
        self._settled = 0  # characters in the blocks
        self.length = 0
        if text:
            self.append(text)

    def append(self, piece: str) -> None:
        """Add `piece` at the end."""
        self._pieces.append(piece)
        self.length += len(piece)
        if len(self._pieces) >= _FOLD_AT:
            self._fold()

    def since(self, offset: int) -> str:
        """The text from `offset` to the end, as appended."""
        if offset >= self.length:
            return ""
        if offset >= self._settled:
            return "".join(self._pieces)[offset - self._settled :]
        parts: list[str] = []
        for start, block in reversed(self._blocks):
            parts.append(block[max(offset - start, 0) :])
            if start <= offset:
                break
        return "".join(reversed(parts)) + "".join(self._pieces)

    @property
    def text(self) -> str:
        """The whole text, with surrogate pairs joined."""
        self._fold()
        if len(self._blocks) > 1:
            self._blocks = [(0, "".join(block for _, block in self._blocks))]
        return join_surrogates(self._blocks[0][1]) if self._blocks else ""

    def __bool__(self) -> bool:
        return self.length > 0

    def __len__(self) -> int:
        return self.length

    def _fold(self) -> None:
        if self._pieces:
            self._blocks.append((self._settled, "".join(self._pieces)))
            self._pieces.clear()
            self._settled = self.length
