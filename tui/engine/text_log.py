"""Text that grows at its end: appended in small pieces, read from any mark on at a cost that is the new text's alone."""

from __future__ import annotations

_FOLD_AT = 512  # pieces before they are folded into one string: memory stays near the text's own size


def join_surrogates(text: str) -> str:
    """Pair up surrogates that came in two deltas; one without its other half stays as it is."""
    if _can_be_encoded(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def _can_be_encoded(text: str) -> bool:
    """Whether there is no surrogate. Much quicker over megabytes than a pattern."""
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            return False
    return True


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
            return self._last_pieces(self.length - offset)
        parts: list[str] = []
        for start, block in reversed(self._blocks):
            parts.append(block[max(offset - start, 0) :])
            if start <= offset:
                break
        return "".join(reversed(parts)) + "".join(self._pieces)

    def _last_pieces(self, length: int) -> str:
        """So many characters at the end: what is a piece of its own is not copied."""
        parts: list[str] = []
        for piece in reversed(self._pieces):
            parts.append(piece[max(len(piece) - length, 0) :])
            length -= len(parts[-1])
            if not length:
                break
        return "".join(reversed(parts))

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
