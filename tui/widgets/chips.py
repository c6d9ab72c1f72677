"""Chips: short labels that stand in a prompt for large pastes. They are sent whole, and only whole."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

CHIP_OVER = 20_000  # bytes of a paste before it becomes a chip

_PACKED = "\0"  # what a draft with chips begins with; nobody types it

Location = tuple[int, int]


def byte_size(text: str) -> int:
    """How large `text` is."""
    return len(text.encode("utf-8", "replace"))


def size_label(size: int) -> str:
    """`size` bytes, for people."""
    return f"{size / 1_000_000:.1f} MB" if size >= 999_500 else f"{size / 1000:.0f} kB"


def chip_label(text: str, number: int) -> str:
    """What stands in the prompt for a large paste; `number` tells two alike apart."""
    lines = text.count("\n") + 1
    mark = f" #{number}" if number > 1 else ""
    return f"[pasted {lines:,} line{'s' * (lines != 1)}, {size_label(byte_size(text))}{mark}]"


class Chips:
    """The chips of one prompt."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}  # label → what was pasted

    def add(self, text: str) -> str:
        """A label for `text`."""
        number = 1
        while (label := chip_label(text, number)) in self.texts:
            number += 1
        self.texts[label] = text
        return label

    def clear(self) -> None:
        """Forget all."""
        self.texts.clear()

    def expand(self, text: str) -> str:
        """`text` with every label in it replaced by what was pasted."""
        if not self.texts:
            return text
        pattern = "|".join(re.escape(label) for label in self.texts)
        return re.sub(pattern, lambda match: self.texts[match[0]], text)

    def pack(self, text: str) -> str:
        """`text` and the chips in it, as one text to keep; without chips it is itself."""
        chips = {label: pasted for label, pasted in self.texts.items() if label in text}
        if not chips and not text.startswith(_PACKED):
            return text
        return _PACKED + json.dumps([text, chips])

    def unpack(self, kept: str) -> str:
        """What `pack` was given; its chips are these from now on."""
        self.clear()
        if not kept.startswith(_PACKED):
            return kept
        try:
            text, chips = json.loads(kept[1:])
            self.texts = {str(label): str(pasted) for label, pasted in chips.items()}
        except (ValueError, TypeError, AttributeError):  # not what `pack` made: better odd than lost
            return kept
        return str(text)

    def at(self, line: str, column: int) -> str | None:
        """The label in `line` that `column` is in or next to."""
        return next((line[start:end] for start, end in self._spans(line) if start <= column <= end), None)

    def whole(self, line: str, column: int, *, end: bool) -> int:
        """`column`, or the end (else the start) of the label that it lies within."""
        for first, last in self._spans(line):
            if first < column < last:
                return last if end else first
        return column

    def _spans(self, line: str) -> Iterator[tuple[int, int]]:
        for label in self.texts:
            start = line.find(label)
            if start >= 0:
                yield start, start + len(label)
