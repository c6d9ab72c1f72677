"""Databases that a test leaves open, as one does that plays a crash, are closed after it: Python 3.13 minds."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.storage.journal_kit import Desk


@pytest.fixture(autouse=True)
def left_desks() -> Iterator[None]:
    """Close them."""
    yield
    Desk.leave()
