"""What is wrong with how the program was called."""

from __future__ import annotations


class UsageError(Exception):
    """The command line, or what it leads to, is wrong; its text is one line, and the exit code 2."""
