"""An error of our own ends the app with a report that holds no values."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.app.kit import make_app, running
from tui.app import StreamTUI


def break_down() -> None:
    secret = "sk-secret" + "-value"
    raise RuntimeError(f"{len(secret)} characters")


async def crash(app: StreamTUI) -> None:
    """Run the app until it breaks down."""
    async with running(app) as pilot:
        app.call_later(break_down)
        await pilot.pause()


async def test_a_crash_report_holds_no_values(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    app, _ = make_app(tmp_path)
    with pytest.raises(RuntimeError):
        await crash(app)
    said = capsys.readouterr()
    report = said.out + said.err
    assert "break_down" in report
    assert "sk-secret-value" not in report
