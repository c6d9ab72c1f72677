"""Which version this is."""

from __future__ import annotations


def version() -> str:
    """The installed version, or that of a bare checkout."""
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import version as installed

    try:
        return installed("streamtui")
    except PackageNotFoundError:
        return "0 (a checkout that is not installed)"
