"""The thread that writes recordings, so that no stream waits for a disk. It stops for nothing, and tells of trouble once."""

from __future__ import annotations

import errno
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tui.recording.format import Answered, Ending, Piece
from tui.recording.sheet import RawRequest, Sheet
from tui.version import version

GATHER = 0.05  # seconds that news may gather before they are written: so much is missing after a kill
MOST_WAITING = 64 * 2**20  # bytes that may wait for a slow disk
_CLOSE_WITHIN = 5.0  # seconds

What = RawRequest | Answered | Piece | Ending


class Writer:
    """Takes news from any thread, keyed by their stream. `on_trouble` runs in the writer's thread, with words for a person."""

    def __init__(self, folder: Path, on_trouble: Callable[[str], None]) -> None:
        self._folder, self._on_trouble = folder, on_trouble
        self._news: deque[tuple[object, What]] = deque()
        self._some = threading.Event()
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._sheets: dict[object, Sheet] = {}
        self._told = False
        self._put = self._taken = 0  # bytes; each is counted by one side alone

    def put(self, stream: object, what: What) -> None:
        """Pass on what happened in a stream; costs next to nothing."""
        self._news.append((stream, what))
        if isinstance(what, Piece):
            self._put += len(what.data)
        if not self._some.is_set():
            self._some.set()
        if self._thread is None:
            self._start()

    @property
    def is_behind(self) -> bool:
        """Whether so much waits that no more should be put."""
        return self._put - self._taken > MOST_WAITING

    def close(self) -> None:
        """Write what waits, and end; a disk that hangs is waited for a few seconds only."""
        self._closing.set()
        self._some.set()
        if self._thread is not None:
            self._thread.join(_CLOSE_WITHIN)

    def _start(self) -> None:
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="recording", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        by = f"streamtui {version()}"
        while not (self._closing.is_set() and not self._news):
            self._some.wait()
            self._closing.wait(GATHER)
            self._some.clear()
            while self._news:
                self._take(*self._news.popleft(), by)
            self._write()
        for sheet in self._sheets.values():
            sheet.close()

    def _take(self, stream: object, what: What, by: str) -> None:
        if isinstance(what, RawRequest):
            self._begin(stream, what, by)
            return
        if isinstance(what, Piece):
            self._taken += len(what.data)
        if (sheet := self._sheets.get(stream)) is not None:
            with self._giving_up(sheet):
                sheet.take(what)

    def _begin(self, stream: object, request: RawRequest, by: str) -> None:
        try:
            self._sheets[stream] = Sheet(self._folder, request, by)
        except Exception as error:  # the worker's edge, as in `_giving_up`
            self.tell(f"a stream can't be written down ({type(error).__name__})")

    def _write(self) -> None:
        for stream, sheet in list(self._sheets.items()):
            with self._giving_up(sheet):
                sheet.write()
            if sheet.over:
                del self._sheets[stream]

    @contextmanager
    def _giving_up(self, sheet: Sheet) -> Iterator[None]:
        """What goes wrong ends this recording, and nothing else."""
        try:
            yield
        except OSError as error:
            sheet.close()
            self.tell(_reason(error, self._folder))
        except Exception as error:  # the worker's edge: a recording that fails must not take the others with it
            sheet.close()
            self.tell(f"a stream can't be written down ({type(error).__name__})")

    def tell(self, reason: str) -> None:
        """Say what is wrong, once."""
        if not self._told:
            self._told = True
            self._on_trouble(reason)


def _reason(error: OSError, folder: Path) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"there is no room left in {folder}"
    return f"{folder} can't be written ({(error.strerror or str(error)).lower()})"
