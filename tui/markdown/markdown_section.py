"""Streaming Markdown as a section of a `LineView`. Of a long text that comes at once, its end is on show before all is read."""

from __future__ import annotations

from time import perf_counter

from textual.strip import Strip

from tui.markdown.document import Document
from tui.markdown.ending import ending
from tui.markdown.section import WINDOW_ONLY, Anchor, Row, ViewStyles

_LONG = 1 << 15  # characters at once: reading them takes many frames
_UNSEEN = 1 << 12  # characters that came while nobody looked: reading them takes some
_ENDING = 1500  # characters of an ending to begin with: more of them where they do not fill the window
_PATIENCE = 0.020  # seconds: who has so much time gets the whole
_COLOURS = 0.010  # seconds: an ending is read to its end, but code that takes longer to lex gets its colours by frames


class MarkdownSection:
    """A document that grows by `append` until `finish`. Neither costs more than the text's length; `work` does the rest.

    Where the text was cut, and which widths it had before, leaves no trace in the finished picture.
    """

    def __init__(self, text: str = "") -> None:
        self._whole = Document(text)
        self._much_came = len(text) >= _LONG
        self._ending: Document | None = None  # on show instead, while much is still to be read
        self._width = 0
        self._styles: ViewStyles | None = None
        self._code = (True, 0)
        self._swapped = False

    @property
    def _shown(self) -> Document:
        return self._ending or self._whole

    # text

    def append(self, text: str) -> None:
        """Add text at the end. Raises ValueError after `finish`."""
        self._whole.append(text)
        self._much_came |= len(text) >= _LONG
        if self._ending:
            self._ending.append(text)

    def catch_up(self) -> None:
        """What waits came while nobody looked: show its end first."""
        self._much_came |= len(self._whole.unread) >= _UNSEEN

    def finish(self) -> None:
        """No text will follow."""
        self._whole.finish()
        if self._ending:
            self._ending.finish()

    @property
    def code_blocks(self) -> list[str]:
        """The exact text of each code block that is read, in order."""
        return self._whole.code_blocks

    # the section

    @property
    def height(self) -> int:
        """Rows, as far as the text is read."""
        return self._shown.height

    @property
    def pending(self) -> bool:
        """Whether text waits to be read, or rows to be laid out or to get their colours."""
        return self._whole.pending

    def resize(self, width: int) -> None:
        """Lay out for this many cells."""
        self._width = width
        for document in self._documents:
            document.resize(width)

    def restyle(self, styles: ViewStyles) -> None:
        """Draw with these styles."""
        self._styles = styles
        for document in self._documents:
            document.restyle(styles)

    def show_code(self, wrap: bool, left: int) -> None:
        """Wrap wide code, or show it from cell `left` on."""
        self._code = (wrap, left)
        for document in self._documents:
            document.show_code(wrap, left)

    @property
    def _documents(self) -> list[Document]:
        return [self._whole, self._ending] if self._ending else [self._whole]

    def work(self, deadline: float, window: range) -> bool:
        """Lay out the rows of the window, then read on, lay out and highlight until the deadline; True if more waits."""
        if self._much_came and deadline != WINDOW_ONLY and self._width:
            self._much_came = False
            if window and window.stop >= self.height and deadline < perf_counter() + _PATIENCE:
                self._show_ending(window)
                return True
        if self._ending is None:
            return self._whole.work(deadline, window)
        self._ending.work(deadline, window)
        if deadline != WINDOW_ONLY:
            self._whole.work(deadline, range(0))
            if not self._whole.reading:
                self._ending, self._swapped = None, True
        return True

    def _show_ending(self, window: range) -> None:
        """Show so much of the end that it fills the window twice, if that is no more text than one and a half of full rows."""
        unread, length, wanted = self._whole.unread, _ENDING, 2 * len(window)
        most = min(len(unread), max(len(window) * self._width * 3 // 2, _ENDING))
        shown = self._read_ending(ending(unread, length), window)
        while shown.height < wanted and length < most:
            length = min(max(2 * length, length * wanted * 5 // 4 // max(shown.height, 1)), most)
            shown = self._read_ending(ending(unread, length), window)
        if shown.height >= len(window):
            self._ending = shown

    def _read_ending(self, text: str, window: range) -> Document:
        shown = Document()
        shown.append(text)
        if self._whole.finished:
            shown.finish()
        shown.show_code(*self._code)
        if self._styles is not None:
            shown.restyle(self._styles)
        shown.resize(self._width)
        deadline = perf_counter() + _COLOURS
        shown.work(deadline, window)
        while shown.reading:
            shown.work(deadline, window)
        return shown

    def take_dirty(self) -> int | None:
        """The first row that may have changed."""
        dirty = [document.take_dirty() for document in self._documents][-1]
        swapped, self._swapped = self._swapped, False
        return 0 if swapped else dirty

    def strip(self, y: int) -> Strip:
        """Row `y` in colours."""
        return self._shown.strip(y)

    def row(self, y: int) -> Row:
        """What row `y` says."""
        return self._shown.row(y)

    def anchor(self, y: int) -> Anchor:
        """Where row `y` begins: a block's number, and a place in it (-1: above it). In an ending, blocks count from the end."""
        block, offset = self._shown.anchor(y)
        return (block - self._ending.blocks, offset) if self._ending else (block, offset)

    def row_at(self, anchor: Anchor) -> int:
        """The row that shows this place."""
        block, offset = anchor
        if block < 0:
            block = max(block + self._shown.blocks, 0)
        return self._shown.row_at((block, offset))
