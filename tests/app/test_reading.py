"""Reading: finding, and a terminal that has hardly any room."""

from __future__ import annotations

from pathlib import Path

from textual import events
from textual.pilot import Pilot

from tests.app.kit import FakeClipboard, make_app, notices, running, screen_of, send, shown
from tests.support.script import Gate, Script
from tests.support.waiting import settled, streamed, until
from tui.widgets.find_bar import FindBar
from tui.widgets.status_bar import StatusBar


async def test_what_is_sought_is_counted_and_stepped_through(tmp_path: Path) -> None:
    app, _ = make_app(tmp_path, Script.complete("one fish, two fish, red fish"))
    async with running(app) as pilot:
        await send(pilot, "go")
        await streamed(pilot)
        await pilot.press("alt+f", *"fish")
        await until(pilot, lambda: "1/3" in shown(pilot), "the count")
        for key, place in (("f3", 2), ("enter", 3), ("shift+f3", 2)):
            await pilot.press(key)
            await until(pilot, lambda place=place: f"{place}/3" in shown(pilot), f"hit {place}")  # type: ignore[misc]
        await pilot.press("escape")
        await settled(pilot)
        assert not screen_of(pilot).pane.query_one(FindBar).display


async def test_what_is_typed_right_behind_the_key_is_sought_and_sought_again_later(tmp_path: Path) -> None:
    app, _ = make_app(tmp_path, Script.complete("one fish, two fish, red fish"))
    async with running(app) as pilot:
        await send(pilot, "go")
        await streamed(pilot)
        for key in ("alt+f", *"fish"):  # all at once, as from a terminal that was held up
            app.post_message(events.Key(key, key if len(key) == 1 else None))
        await until(pilot, lambda: "1/3" in shown(pilot), "the count")
        assert not screen_of(pilot).pane.prompt.text
        await pilot.press("escape", "alt+f")
        await until(pilot, lambda: "1/3" in shown(pilot), "the count again")


async def test_f3_asks_what_to_find_where_nothing_is_sought(tmp_path: Path) -> None:
    app, _ = make_app(tmp_path, Script.complete("answer"))
    async with running(app) as pilot:
        await send(pilot, "go")
        await streamed(pilot)
        await pilot.press("f3")
        await settled(pilot)
        assert screen_of(pilot).pane.query_one(FindBar).display


async def test_dialogs_fit_a_terminal_of_five_rows(tmp_path: Path) -> None:
    app, _ = make_app(tmp_path, Script.complete("answer"))
    async with running(app, size=(30, 5)) as pilot:
        await pilot.press("f1")
        await settled(pilot)
        assert "Prompt" in shown(pilot)
        await pilot.press("escape")
        screen_of(pilot).save("answer", "text")
        await settled(pilot)
        assert "answer.md" in shown(pilot)


async def drag(pilot: Pilot[None], start: tuple[int, int], end: tuple[int, int]) -> None:
    """Hold the mouse from one cell of the conversation to another."""
    view = screen_of(pilot).transcript
    await pilot.mouse_down(view, offset=start)
    await pilot.hover(view, offset=end)
    await pilot.mouse_up(view, offset=end)
    await settled(pilot)


async def test_a_selection_is_copied_and_an_empty_one_stops_the_stream(tmp_path: Path) -> None:
    gate = Gate()
    app, _ = make_app(tmp_path, Script("some words to select", gate))
    async with running(app) as pilot:
        await send(pilot, "one")
        await gate.reached()
        await until(pilot, lambda: "some words to select" in shown(pilot), "the words")
        row = next(y for y, line in enumerate(shown(pilot).splitlines()) if "some words" in line)
        y = row - screen_of(pilot).transcript.region.y
        clipboard = app.routes
        assert isinstance(clipboard, FakeClipboard)
        await drag(pilot, (2, y), (11, y))
        await pilot.press("ctrl+c")
        await until(pilot, lambda: bool(clipboard.copied), "the copy")
        assert screen_of(pilot).tab.busy  # it was the selection's
        await drag(pilot, (40, y + 6), (50, y + 6))  # nothing is there
        await pilot.press("ctrl+c")
        await streamed(pilot)
        assert screen_of(pilot).tab.state == "cancelled"
        assert len(clipboard.copied) == 1


async def test_what_is_typed_or_pasted_after_a_click_on_the_text_is_for_the_prompt(tmp_path: Path) -> None:
    app, _ = make_app(tmp_path, Script.complete("one answer"))
    async with running(app) as pilot:
        await send(pilot, "one")
        await streamed(pilot)
        screen = screen_of(pilot)
        await pilot.click(screen.transcript, offset=(6, 4))
        assert screen.focused is screen.transcript
        await pilot.press("j", "k")  # these are its own
        assert screen.focused is screen.transcript
        await pilot.press("h", "j")
        assert screen.pane.prompt.text == "hj"
        await pilot.click(screen.transcript, offset=(6, 4))
        app.post_message(events.Paste(" and more"))
        await until(pilot, lambda: screen.pane.prompt.text == "hj and more", "the pasted text")
        assert screen.pane.prompt.has_focus


async def test_the_last_copy_alone_is_told(tmp_path: Path) -> None:
    app, _ = make_app(tmp_path, Script.complete("one answer"))
    async with running(app) as pilot:
        await send(pilot, "one")
        await streamed(pilot)
        for text in ("first", "second one"):
            screen_of(pilot).copy(text, text)
            await until(pilot, lambda text=text: f"the {text}" in notices(pilot), "the word")  # type: ignore[misc]
        assert "the first" not in notices(pilot)


async def test_escape_leaves_the_selection_before_it_stops_the_stream(tmp_path: Path) -> None:
    gate = Gate()
    app, _ = make_app(tmp_path, Script("some words to select", gate))
    async with running(app) as pilot:
        await send(pilot, "one")
        await gate.reached()
        await until(pilot, lambda: "some words to select" in shown(pilot), "the words")
        await drag(pilot, (2, 4), (11, 4))
        assert screen_of(pilot).get_selected_text()
        await pilot.press("escape")
        assert not screen_of(pilot).get_selected_text()
        assert screen_of(pilot).tab.busy
        await pilot.press("escape")
        await streamed(pilot)
        assert screen_of(pilot).tab.state == "cancelled"


async def test_ctrl_w_closes_the_tab_whatever_was_selected_and_copied_before(tmp_path: Path) -> None:
    app, _ = make_app(tmp_path, Script.complete("some words to select"))
    async with running(app) as pilot:
        await send(pilot, "one")
        await streamed(pilot)
        await pilot.press("ctrl+n", "ctrl+pageup")
        await settled(pilot)
        await drag(pilot, (2, 4), (11, 4))  # the conversation has the focus now
        await pilot.press("ctrl+c", "ctrl+c")
        await settled(pilot)
        await pilot.press("ctrl+w")
        await settled(pilot)
        assert len(screen_of(pilot).workspace.tabs) == 1


async def test_a_drag_out_of_the_conversation_scrolls_it_and_selects_nothing_else(tmp_path: Path) -> None:
    app, _ = make_app(tmp_path, Script.complete("\n\n".join(f"paragraph {number}" for number in range(60))))
    async with running(app) as pilot:
        await send(pilot, "one")
        await streamed(pilot)
        await pilot.press("ctrl+home")
        view = screen_of(pilot).transcript
        await pilot.mouse_down(view, offset=(2, 6))
        await pilot.hover(view, offset=(5, 20))
        x, y = screen_of(pilot).query_one(StatusBar).region.offset + (5, 0)  # noqa: RUF005 - an Offset, moved
        move = events.MouseMove(None, x, y, 0, 10, 1, False, False, False, screen_x=x, screen_y=y)
        screen_of(pilot)._forward_event(move)  # the pilot's mouse never says how far it came
        await until(pilot, lambda: view.scroll_y == view.max_scroll_y, "the end")
        await pilot.mouse_up(view, offset=(5, view.size.height - 1))
        selected = screen_of(pilot).get_selected_text() or ""
        assert "paragraph 30" in selected  # what was scrolled to is selected, though the mouse rests
        assert "StatusBar" not in selected


async def test_what_is_selected_in_a_tab_is_not_copied_from_another(tmp_path: Path) -> None:
    app, _ = make_app(tmp_path, Script.complete("some words to select"))
    async with running(app) as pilot:
        await send(pilot, "one")
        await streamed(pilot)
        await drag(pilot, (2, 4), (11, 4))
        assert screen_of(pilot).get_selected_text()
        await pilot.press("ctrl+n")
        await settled(pilot)
        assert not screen_of(pilot).get_selected_text()
