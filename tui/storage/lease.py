"""Which instances of streamtui run: each holds an OS lock on a file of its own, which ends with its process."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from tui.storage.files import private_file

if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int, *, wait: bool = False) -> None:
        msvcrt.locking(handle, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)

    _probe = _lock
else:
    import fcntl

    def _lock(handle: int, *, wait: bool = False) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))

    def _probe(handle: int) -> None:
        # shared, so that two who ask at once do not take each other for the owner
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)


def _path(folder: Path, instance: str) -> Path:
    return folder / f"instance-{instance}.lock"


class Lease:
    """The lock that says that `instance` runs. Raises OSError where it can't be taken."""

    def __init__(self, folder: Path, instance: str) -> None:
        self._path = _path(folder, instance)
        private_file(self._path)
        self._handle = os.open(self._path, os.O_RDWR)
        _lock(self._handle)

    def holds(self) -> bool:
        """Whether the file is still where others look for it."""
        return self._path.exists()

    def release(self) -> None:
        """Give it up; the file goes too."""
        self._path.unlink(missing_ok=True)
        os.close(self._handle)


def runs(folder: Path, instance: str) -> bool:
    """Whether the process of `instance` lives: whether its lock is held."""
    try:
        handle = os.open(_path(folder, instance), os.O_RDWR)
    except FileNotFoundError:
        return False
    except OSError:
        return True  # not ours to judge
    try:
        _probe(handle)
    except OSError:
        return True
    finally:
        os.close(handle)
    return False


def forget(folder: Path, instance: str) -> None:
    """Remove the lock file of an instance that does not run."""
    with contextlib.suppress(OSError):
        _path(folder, instance).unlink(missing_ok=True)


@contextlib.contextmanager
def only_one(path: Path) -> Iterator[None]:
    """One process at a time may be in here."""
    private_file(path)
    handle = os.open(path, os.O_RDWR)
    try:
        _lock(handle, wait=True)
        yield
    finally:
        os.close(handle)
