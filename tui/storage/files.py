"""The data folder and its files: private to their owner, and never deleted when they are damaged."""

from __future__ import annotations

import contextlib
import os
from datetime import UTC, datetime
from pathlib import Path

DATABASE = "streamtui.db"
FileId = tuple[int, int]  # device and inode
_MAGIC = b"SQLite format 3\x00"
SIBLINGS = ("", "-wal", "-shm", "-journal")


def private_folder(folder: Path) -> None:
    """Make `folder` if it is missing, 0700; one that is in use keeps the mode that its owner gave it. Raises OSError."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not any(folder.iterdir()):
        with contextlib.suppress(PermissionError):  # somebody else's, lent to us
            folder.chmod(0o700)


def private_file(path: Path) -> None:
    """Make `path` if it is missing, and 0600 in any case: SQLite gives its other files the same mode. Raises OSError."""
    with contextlib.suppress(FileExistsError):  # opening and closing a file of SQLite's would drop its locks
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    if path.stat().st_mode & 0o777 != 0o600:
        path.chmod(0o600)


def file_id(path: Path) -> FileId | None:
    """Which file stands at `path`, whatever its name; None if there is none."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def set_aside(path: Path) -> Path:
    """Rename a damaged database, and what SQLite keeps beside it; returns its new name. Raises OSError."""
    aside = unused(path.with_name(f"{path.name}.corrupt-{timestamp()}"))
    for sibling in reversed(SIBLINGS):
        old = path.with_name(path.name + sibling)
        if old.exists():
            old.rename(aside.with_name(aside.name + sibling))
    return aside


def is_damaged(path: Path) -> bool:
    """Whether `path` holds something that is no database at all. SQLite would find out too, but throw away its log first."""
    with path.open("rb") as file:
        beginning = file.read(len(_MAGIC))
    return beginning not in (b"", _MAGIC)


def unused(path: Path) -> Path:
    """`path`, or `path-2`, `path-3` ... whichever is not there yet."""
    candidate, number = path, 1
    while candidate.exists():
        number += 1
        candidate = path.with_name(f"{path.name}-{number}")
    return candidate


def timestamp() -> str:
    """The time, for a file's name."""
    return datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
