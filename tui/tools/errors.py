"""What can be wrong with tools before any of them is called."""

from __future__ import annotations


class ToolsError(Exception):
    """Tools can't be had from where they were looked for. Its text is one line: the file, the line, and what is wrong."""


class BadToolError(Exception):
    """A function can't be a tool; the text says why, without its name or place."""
