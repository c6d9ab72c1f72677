"""The collector at the start: held, then let go past what is there."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator

import pytest

from tui.warm_up import hold_collector, warm_up


@pytest.fixture(autouse=True)
def collector() -> Iterator[None]:
    """Leave the collector and the switch interval as they were."""
    threshold, interval = gc.get_threshold(), sys.getswitchinterval()
    yield
    sys.setswitchinterval(interval)
    gc.unfreeze()
    gc.set_threshold(*threshold)
    gc.enable()


def test_the_collector_is_held_until_all_is_warm() -> None:
    hold_collector()
    assert not gc.isenabled()
    warm_up()
    assert gc.isenabled()
    assert gc.get_freeze_count() > 0


def test_the_collector_is_let_go_even_if_something_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.markdown.markdown_section.MarkdownSection.work", None)
    hold_collector()
    with pytest.raises(TypeError):
        warm_up()
    assert gc.isenabled()
