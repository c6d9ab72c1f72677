"""A line as the block parser goes through it from left to right; tabs reach to every fourth column of the whole line."""

from __future__ import annotations


class Cursor:
    """What is left of a line. `column` is where it begins, for the tabs in it."""

    __slots__ = ("column", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.column = 0

    def indent(self) -> tuple[int, int]:
        """(columns, characters) of white space at the beginning."""
        text = self.text
        if not text or text[0] not in " \t":
            return 0, 0
        count = len(text) - len(text.lstrip(" \t"))
        if "\t" not in text[:count]:
            return count, count
        column = self.column
        for character in text[:count]:
            column += 1 if character == " " else 4 - column % 4
        return column - self.column, count

    @property
    def blank(self) -> bool:
        """Whether nothing but white space is left."""
        return not self.text.strip(" \t")

    def skip(self, count: int) -> None:
        """Leave out characters; none of them but leading white space may be a tab."""
        columns, spaces = self.indent()
        self.column += columns + count - spaces if spaces <= count else count
        self.text = self.text[count:]

    def dedent(self, columns: int) -> None:
        """Leave out up to so many columns of white space; what is left of a tab becomes spaces."""
        if self.text[:columns] == " " * columns:
            self.text = self.text[columns:]
            self.column += columns
            return
        while columns > 0 and self.text[:1] in (" ", "\t"):
            size = 1 if self.text[0] == " " else 4 - self.column % 4
            rest = max(size - columns, 0)
            self.text = " " * rest + self.text[1:]
            self.column += size - rest
            columns -= size
