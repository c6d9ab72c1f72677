"""The line view: growing, following, scrolling, resizing, drawing."""

from __future__ import annotations

from typing import Any

import pytest
from textual.events import MouseScrollUp
from textual.geometry import Region
from textual.pilot import Pilot
from textual.screen import ModalScreen, Screen

from tests.markdown.line_view_kit import FOREVER, Script, ViewApp, cell_of, numbered, shown
from tui.markdown.line_view import LineView
from tui.markdown.paint import RowsUpdate
from tui.markdown.section import Action, Target
from tui.markdown.sections import BlankSection, RowSection, TextSection

SIZE = (40, 14)  # ten rows are the view's: the heading takes one, the input three


async def grow(pilot: Pilot[Any], section: Script, *lines: str) -> None:
    section.append(*lines)
    pilot.app.query_one(LineView).frame(FOREVER)
    await pilot.pause()


async def test_sections_stand_one_under_the_other() -> None:
    app = ViewApp(TextSection("one\ntwo"), BlankSection(), TextSection("three"))
    async with app.run_test(size=SIZE):
        assert shown(app.view) == ["one", "two", "", "three", *[""] * 6]


async def test_the_view_follows_the_end_as_it_grows() -> None:
    script = Script()
    app = ViewApp(script)
    async with app.run_test(size=SIZE) as pilot:
        await grow(pilot, script, *numbered(50))
        assert shown(app.view)[-1] == "line-49 word word"
        assert app.view.more_below == 0


async def test_growing_asks_for_no_layout(monkeypatch: pytest.MonkeyPatch) -> None:
    script = Script()
    app = ViewApp(script)
    async with app.run_test(size=SIZE) as pilot:
        await grow(pilot, script, *numbered(5))
        layouts: list[Any] = []
        monkeypatch.setattr(Screen, "_refresh_layout", lambda *args, **kwargs: layouts.append(args))
        for number in range(20):
            await grow(pilot, script, f"more {number}")
        assert not layouts
        assert shown(app.view)[-1] == "more 19"
        assert app.view.virtual_size.height == 25


async def test_scrolling_up_stops_following_and_says_how_much_is_below() -> None:
    script = Script(*numbered(30))
    app = ViewApp(script)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("pageup")
        before = shown(app.view)
        await grow(pilot, script, *numbered(5, first=30))
        below = app.view.more_below
        assert below == 13
        assert shown(app.view)[:-1] == before[:-1]
        assert shown(app.view)[-1].endswith(f"↓ {below} more")


async def test_returning_to_the_end_follows_again() -> None:
    script = Script(*numbered(30))
    app = ViewApp(script)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("up", "up", "down")
        assert not app.view.following
        await pilot.press("down")
        assert app.view.following
        await grow(pilot, script, "the last")
        assert shown(app.view)[-1] == "the last"


async def test_a_click_on_the_mark_goes_to_the_end() -> None:
    app = ViewApp(Script(*numbered(30)))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("home")
        await pilot.click(LineView, offset=cell_of(app.view, "more"))
        assert app.view.following
        assert shown(app.view)[-1] == "line-29 word word"


@pytest.mark.parametrize(
    ("keys", "first"),
    [
        (["home"], 0),
        (["g"], 0),
        (["pageup"], 12),
        (["up"], 19),
        (["k", "k", "j"], 19),
        (["g", "pagedown"], 8),
        (["g", "end"], 20),
    ],
)
async def test_keys_scroll(keys: list[str], first: int) -> None:
    app = ViewApp(Script(*numbered(30)))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press(*keys)
        assert shown(app.view)[0] == f"line-{first} word word"
        assert app.view.following == (first == 20)


async def test_the_wheel_scrolls() -> None:
    app = ViewApp(Script(*numbered(30)))
    async with app.run_test(size=SIZE) as pilot:
        await pilot._post_mouse_events([MouseScrollUp], widget=LineView, offset=(5, 2))
        assert app.view.window.start < 20
        assert not app.view.following


async def test_the_bar_is_always_there_and_can_be_dragged() -> None:
    script = Script("one")
    app = ViewApp(script)
    async with app.run_test(size=SIZE) as pilot:
        width = app.view.stack.strip(0), app.view.virtual_size.width
        await grow(pilot, script, *numbered(99))
        assert app.view.virtual_size.width == width[1]
        bar = app.view.vertical_scrollbar
        assert bar.region == Region(39, 1, 1, 10)
        await pilot.mouse_down(bar, offset=(0, 9))
        await pilot.hover(bar, offset=(0, 4))
        await pilot.mouse_up(bar, offset=(0, 4))
        assert 20 < app.view.window.start < 70
        assert not app.view.following


async def test_rows_that_stay_are_the_same_strips() -> None:
    script = Script("alpha", "beta")
    app = ViewApp(script)
    async with app.run_test(size=SIZE) as pilot:
        before = app.view.render_lines(app.view.outer_size.region)
        script.extend_last(" gamma")
        await grow(pilot, script, "delta")
        after = app.view.render_lines(app.view.outer_size.region)
        assert [old is new for old, new in zip(before, after, strict=True)] == [True, False, False, *[True] * 7]


def drawn(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, str]]:
    """(row of the screen, text) of what frames write straight to the terminal."""
    rows: list[tuple[int, str]] = []

    def display(app: ViewApp, screen: Screen[Any], update: object) -> None:
        if isinstance(update, RowsUpdate):
            rows.extend((y, strip.text.strip()) for _, y, strip in update.placed)

    monkeypatch.setattr(ViewApp, "_display", display)
    return rows


async def test_only_changed_rows_are_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    script = Script("alpha", "beta")
    app = ViewApp(script)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        rows = drawn(monkeypatch)
        script.extend_last(" gamma")
        app.view.frame(FOREVER)
        assert rows == [(2, "beta gamma")]
        app.view.frame(FOREVER)
        assert len(rows) == 1


async def test_what_lies_over_the_view_is_not_drawn_over(monkeypatch: pytest.MonkeyPatch) -> None:
    script = Script("alpha")
    app = ViewApp(script)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        app.notify("a toast")
        while not any(toast.region for toast in app.screen.query("Toast")):
            await pilot.pause()
        rows = drawn(monkeypatch)
        script.extend_last(" beta")
        app.view.frame(FOREVER)
        assert rows == []
        assert "alpha beta" in app.screen._compositor.render_strips()[1].text


async def test_a_dialog_over_the_view_keeps_the_view_up_to_date_below() -> None:
    script = Script("alpha")
    app = ViewApp(script)
    async with app.run_test(size=SIZE) as pilot:
        await app.push_screen(ModalScreen())
        script.extend_last(" beta")
        app.view.frame(FOREVER)
        await app.pop_screen()
        await pilot.pause()
        assert "alpha beta" in app.screen._compositor.render_strips()[1].text


async def test_a_resize_keeps_what_is_at_the_top() -> None:
    app = ViewApp(Script(*numbered(40, words=12)))
    async with app.run_test(size=(80, 14)) as pilot:
        await pilot.press("g", "pagedown")
        top = shown(app.view)[0]
        assert top.startswith("line-8 ")
        await pilot.resize_terminal(30, 14)
        await pilot.pause()
        assert shown(app.view)[0].startswith("line-8 ")
        await pilot.resize_terminal(100, 20)
        await pilot.pause()
        assert shown(app.view)[0].startswith("line-8 ")


async def test_a_resize_keeps_to_the_end_when_following() -> None:
    app = ViewApp(Script(*numbered(40, words=12)))
    async with app.run_test(size=(80, 14)) as pilot:
        for size in ((30, 14), (120, 30), (60, 10)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            assert app.view.following
            assert "word" in shown(app.view)[-1]
            assert app.view.window.stop == app.view.stack.height


async def test_what_is_on_the_screen_is_laid_out_first() -> None:
    script = Script(*numbered(500, words=12), slice=1)
    app = ViewApp(script, clocked=False)
    async with app.run_test(size=SIZE):
        app.view.frame(0.0)
        rows = shown(app.view)
        assert all(rows)
        assert rows[-1].endswith("word")
        assert script.pending


async def test_laying_out_what_is_above_moves_nothing_on_the_screen() -> None:
    script = Script(*numbered(300, words=12), slice=3)
    app = ViewApp(script, clocked=False)
    async with app.run_test(size=SIZE) as pilot:
        app.view.scroll_to(y=200, animate=False)
        await pilot.pause()
        before, start = shown(app.view)[:-1], app.view.window.start
        while app.view.frame(0.0):
            assert shown(app.view)[:-1] == before
        assert app.view.window.start > start
        assert not script.pending


async def test_a_frame_says_whether_work_is_left() -> None:
    script = Script(*numbered(200, words=12), slice=2)
    app = ViewApp(script, clocked=False)
    async with app.run_test(size=SIZE):
        assert app.view.frame(0.0)
        assert script.pending
        while app.view.frame(0.0):
            assert script.pending
        assert not script.pending


async def test_the_view_clocks_itself_where_no_clock_is_given() -> None:
    script = Script(slice=2)
    app = ViewApp(script)
    async with app.run_test(size=SIZE) as pilot:
        script.append(*numbered(50, words=12))
        app.view.wake()
        while script.pending:
            await pilot.pause()
        assert app.view.window.stop == app.view.stack.height


async def test_replacing_a_section_keeps_the_others() -> None:
    first, last = TextSection("first"), TextSection("last")
    app = ViewApp(first, TextSection("a\nb\nc"), last)
    async with app.run_test(size=SIZE) as pilot:
        app.view.set_sections([first, TextSection("other"), last])
        await pilot.pause()
        assert shown(app.view)[:4] == ["first", "other", "last", ""]
        assert app.view.stack.height == 3


async def test_removing_all_sections_leaves_an_empty_view() -> None:
    app = ViewApp(Script(*numbered(40)))
    async with app.run_test(size=SIZE) as pilot:
        app.view.set_sections([])
        await pilot.pause()
        assert shown(app.view) == [""] * 10
        assert app.view.window.start == 0


async def test_a_theme_change_restyles_at_once() -> None:
    app = ViewApp(Script(*numbered(40)))
    async with app.run_test(size=SIZE) as pilot:
        dark = app.view.render_lines(app.view.outer_size.region)[0]
        app.theme = "textual-light"
        await pilot.pause()
        light = app.view.render_lines(app.view.outer_size.region)[0]
        assert light.text == dark.text
        assert [segment.style for segment in light] != [segment.style for segment in dark]


async def test_focus_alone_makes_no_row_anew() -> None:
    app = ViewApp(Script(*numbered(40)))
    async with app.run_test(size=SIZE) as pilot:
        before = app.view.render_lines(app.view.outer_size.region)
        await pilot.press("tab")
        assert not app.view.has_focus
        assert all(old is new for old, new in zip(before, app.view.render_lines(app.view.outer_size.region), strict=True))


async def test_a_hidden_view_catches_up_when_it_is_shown() -> None:
    script = Script("one")
    app = ViewApp(script)
    async with app.run_test(size=SIZE) as pilot:
        app.view.display = False
        await pilot.pause()
        script.append(*numbered(30))
        app.view.display = True
        app.view.wake()
        await pilot.pause()
        assert shown(app.view)[-1] == "line-29 word word"


async def test_wide_code_scrolls_where_it_does_not_wrap() -> None:
    script = Script("x" * 90)
    app = ViewApp(script)
    async with app.run_test(size=SIZE) as pilot:
        assert app.view.toggle_wrap_code() is False
        await pilot.press("right", "right", "left")
        assert script.shown_code == (False, 8)
        app.view.toggle_wrap_code()
        assert script.shown_code == (True, 0)


async def test_rows_made_elsewhere_run_their_actions() -> None:
    header = RowSection([[("name ", None), ("‹ 1/2 ›", None)]], {0: (Target(5, 12, Action("app.bell")),)})
    app = ViewApp(header)
    rung: list[bool] = []
    app.bell = lambda: rung.append(True)  # type: ignore[method-assign] # to see that the action ran
    async with app.run_test(size=SIZE) as pilot:
        await pilot.click(LineView, offset=cell_of(app.view, "1/2"))
        await pilot.pause()
        assert rung
        header.update([[("other", None)]])
        app.view.frame(FOREVER)
        assert shown(app.view)[0] == "other"


@pytest.mark.parametrize("size", [(5, 3), (1, 1), (20, 5), (300, 100)])
async def test_any_size_will_do(size: tuple[int, int]) -> None:
    app = ViewApp(Script(*numbered(20)), TextSection("宽字 🚀 text " * 9, indent=4))
    async with app.run_test(size=size) as pilot:
        await pilot.resize_terminal(size[0] + 7, size[1] + 2)
        await pilot.pause()
        assert all(
            strip.cell_length <= app.view.outer_size.width for strip in app.view.render_lines(app.view.outer_size.region)
        )
