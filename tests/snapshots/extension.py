"""Pictures of the screen for syrupy: one SVG a picture, in a folder `pictures` beside the test, named as a person would."""

from __future__ import annotations

import re
import warnings
from html import escape, unescape
from pathlib import Path
from typing import Any

from rich.cells import cell_len
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode
from syrupy.location import PyTestLocation
from syrupy.types import SnapshotIndex

from tests.snapshots.screen_text import CELL_WIDTH, difference

FOLDER = "pictures"
_ID = re.compile(r"\bterminal-\d+-")  # a checksum of all that is on the screen, in every id and class
_FONT = re.compile(r',\s*url\("https?://[^"]*"\) format\("\w+"\)')  # a picture fetches nothing
_TEXT = re.compile(r'(<text class="screen-r\d+" x=")([\d.]+)(" y="[\d.]+" textLength=")[\d.]+("[^>]*>)([^<]*)</text>')


def normalised(svg: str) -> str:
    """The picture without what changes for no reason, without addresses of fonts, and such that every viewer shows it alike."""
    return _TEXT.sub(_placed, _FONT.sub("", _ID.sub("screen-", svg)))


def _placed(match: re.Match[str]) -> str:
    """A run of text that begins and ends with ink, as wide as its cells: viewers differ over blanks and wide characters."""
    before, x, between, after, text = match.groups()
    inner = unescape(text).rstrip("\xa0")
    ink = inner.lstrip("\xa0")
    place = float(x) + (len(inner) - len(ink)) * CELL_WIDTH
    width = cell_len(ink) * CELL_WIDTH
    content = escape(ink).replace("\xa0", "&#160;")
    return f"{before}{place:g}{between}{width:g}{after}{content}</text>"


class PictureExtension(SingleFileSnapshotExtension):
    """Keeps each picture as `pictures/NAME.svg`. The index of a snapshot must be its name."""

    file_extension = "svg"
    _write_mode = WriteMode.TEXT

    def serialize(self, data: Any, **_: Any) -> str:
        """A picture as it is kept."""
        return normalised(str(data))

    def diff_lines(self, serialized_data: Any, snapshot_data: Any) -> Any:
        """What differs, in words."""
        yield from difference(str(snapshot_data), str(serialized_data)).splitlines() if snapshot_data else ()

    @classmethod
    def dirname(cls, *, test_location: PyTestLocation) -> str:
        """Beside the test."""
        return str(Path(test_location.filepath).parent / FOLDER)

    @classmethod
    def get_snapshot_name(cls, *, test_location: PyTestLocation, index: SnapshotIndex = 0) -> str:
        """The name alone: a picture may be shown in the README, so its test's name is not part of it."""
        if not isinstance(index, str):
            raise TypeError("a picture needs a name")
        return index

    @classmethod
    def write_snapshot(cls, **arguments: Any) -> None:
        """As any other, but without the warning that the name does not hold the test's name."""
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="\\s*Can not relate snapshot")
            super().write_snapshot(**arguments)
