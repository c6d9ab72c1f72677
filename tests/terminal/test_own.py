"""The terminal is the app's alone: what goes past Python's streams does not reach it, and after it all is as before."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

PROGRAM = """
import os, sys
from tui.terminal.own import own_terminal
before = sys.stdout, sys.__stderr__, sys.stdin
with own_terminal():
    os.write(1, b"LOST ")
    os.write(2, b"LOST ")
    os.system("echo LOST; echo LOST >&2")
    before[0].write("LOST ")
    before[0].flush()
    assert sys.__stdout__.isatty() and sys.__stderr__.isatty()
    assert sys.stdin.read() == "" and sys.__stdin__.isatty()
    sys.__stderr__.write("driver ")
    print("report", file=sys.stderr)
assert (sys.stdout, sys.__stderr__, sys.stdin) == before
os.system("echo after")
"""


@pytest.mark.skipif(os.name != "posix", reason="a POSIX terminal")
def test_only_the_app_writes_to_its_terminal() -> None:
    ours, theirs = os.openpty()
    try:
        subprocess.run([sys.executable, "-c", PROGRAM], stdin=theirs, stdout=theirs, stderr=theirs, timeout=30, check=True)
        os.close(theirs)
        assert os.read(ours, 65536).decode().split() == ["driver", "report", "after"]
    finally:
        os.close(ours)
