"""What comes back at the next start."""

from __future__ import annotations

from pathlib import Path

from tests.app.kit import make_app, notices, running, screen_of, send, shown
from tests.support.script import Gate, Script
from tests.support.waiting import settled, streamed, until


async def test_tabs_answers_and_drafts_come_back(tmp_path: Path) -> None:
    app, _ = make_app(tmp_path, Script.complete("kept answer"), save=True)
    async with running(app) as pilot:
        await send(pilot, "first")
        await streamed(pilot)
        await pilot.press("ctrl+n")
        await settled(pilot)
        screen_of(pilot).pane.prompt.set_value("half a thought")
        await pilot.press("alt+1")
        await settled(pilot)

    app, _ = make_app(tmp_path, save=True)
    async with running(app) as pilot:
        await until(pilot, lambda: len(app.workspace.tabs) == 2, "two tabs")
        await settled(pilot)
        assert "kept answer" in shown(pilot)
        assert [tab.state for tab in app.workspace.tabs] == ["complete", "ready"]
        assert app.workspace.tabs[1].draft == "half a thought"
        await pilot.press("alt+2")
        await settled(pilot)
        assert screen_of(pilot).pane.prompt.value == "half a thought"


async def test_a_stream_cut_by_quitting_is_kept_and_its_connection_closed(tmp_path: Path) -> None:
    script = Script("half an answer", Gate())
    app, _ = make_app(tmp_path, script, save=True)
    async with running(app) as pilot:
        await send(pilot, "go")
        await until(pilot, lambda: "half an answer" in shown(pilot), "the text")
    assert script.disconnected

    app, _ = make_app(tmp_path, save=True)
    async with running(app) as pilot:
        await until(pilot, lambda: "half an answer" in shown(pilot), "the saved text")
        assert app.workspace.tabs[0].state == "cancelled"


async def test_new_starts_empty(tmp_path: Path) -> None:
    app, _ = make_app(tmp_path, Script.complete("kept"), save=True)
    async with running(app) as pilot:
        await send(pilot, "first")
        await streamed(pilot)
    app, _ = make_app(tmp_path, save=True, new=True)
    async with running(app) as pilot:
        await settled(pilot)
        assert [tab.state for tab in app.workspace.tabs] == ["ready"]


async def test_nothing_is_written_without_saving(tmp_path: Path) -> None:
    app, _ = make_app(tmp_path / "data", Script.complete("answer"), save=False)
    async with running(app) as pilot:
        await send(pilot, "go")
        await streamed(pilot)
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["config.toml"]


async def test_a_data_folder_that_cannot_be_made_is_said_and_streams_go_on(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    app, _ = make_app(tmp_path / "config", Script.complete("still answers"), save=True, data_dir=blocked / "data")
    async with running(app) as pilot:
        await send(pilot, "go")
        await streamed(pilot)
        await until(pilot, lambda: "not saving" in shown(pilot), "the warning")
        assert "still answers" in shown(pilot)


async def test_a_damaged_history_is_set_aside_and_that_is_said(tmp_path: Path) -> None:
    (tmp_path / "streamtui.db").write_bytes(b"no database" * 1000)
    app, _ = make_app(tmp_path, Script.complete("kept"), save=True)
    async with running(app) as pilot:
        await send(pilot, "go")
        await until(pilot, lambda: "set aside as streamtui.db.corrupt-" in notices(pilot), "the notice")
        assert "Not saving" not in notices(pilot)
