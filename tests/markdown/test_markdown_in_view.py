"""Real Markdown in a view: what the mouse and the keys do with its blocks."""

from __future__ import annotations

from typing import TypeVar

import pytest
from rich.cells import cell_len
from textual import events
from textual.geometry import Offset
from textual.pilot import Pilot

from tests.markdown.line_view_kit import FOREVER, STYLES, ViewApp, cell_of, shown
from tui.markdown.line_view import LineView
from tui.markdown.markdown_section import MarkdownSection

SOURCE = "First *words*.\n\n- item [link](https://a.example)\n\n> quoted\n\n```py\nx = 1\n```\n\n```\nsecond\n```\n"


class MarkdownApp(ViewApp):
    CSS = STYLES.with_name("markdown.tcss").read_text(encoding="utf-8")


async def test_a_click_on_each_label_copies_its_code() -> None:
    app = MarkdownApp(MarkdownSection(SOURCE))
    async with app.run_test(size=(60, 30)) as pilot:
        await pilot.pause()
        labels = [y for y, row in enumerate(shown(app.view)) if row.endswith("copy")]
        for y in labels:
            await pilot.click(LineView, offset=(cell_of(app.view, "copy").x, y))
            await pilot.pause()
        copied = [(event.number, event.text) for event in app.told if isinstance(event, LineView.CopyCode)]
        assert copied == [(1, "x = 1"), (2, "second")]


async def test_keys_go_over_links_and_labels() -> None:
    app = MarkdownApp(MarkdownSection(SOURCE))
    async with app.run_test(size=(60, 30)) as pilot:
        await pilot.pause()
        await pilot.press("tab", "enter", "tab", "enter", "tab", "enter")
        await pilot.pause()
        told = [getattr(event, "href", "") or getattr(event, "text", "") for event in app.told]
        assert told == ["https://a.example", "x = 1", "second"]


async def test_a_drag_over_blocks_takes_their_text_and_stays_while_more_arrives() -> None:
    growing = MarkdownSection()
    growing.append(SOURCE)
    app = MarkdownApp(growing)
    async with app.run_test(size=(60, 30)) as pilot:
        await pilot.pause()
        await pilot.mouse_down(LineView, offset=cell_of(app.view, "words"))
        await pilot.hover(LineView, offset=cell_of(app.view, "second", within=6))
        await pilot.mouse_up(LineView, offset=cell_of(app.view, "second", within=6))
        await pilot.pause()
        selected = app.screen.get_selected_text()
        assert selected is not None
        assert selected.startswith("words.\n\n● item link\n\nquoted")
        assert "x = 1" in selected
        assert selected.rstrip().endswith("second")
        growing.append("\nMore text.\n")
        app.view.frame(FOREVER)
        await pilot.pause()
        assert "More text." in shown(app.view)
        assert app.screen.get_selected_text() == selected


async def select(pilot: Pilot[None], start: Offset, end: Offset) -> None:
    """Drag from one cell of the view to another."""
    await pilot.mouse_down(LineView, offset=start)
    await pilot.hover(LineView, offset=end)
    await pilot.mouse_up(LineView, offset=end)
    await pilot.pause()


async def test_a_selection_stays_on_its_words_when_rows_come_between_them() -> None:
    growing = MarkdownSection()
    growing.append("- alpha\n- beta one\n- gamma two\n")
    app = MarkdownApp(growing)
    async with app.run_test(size=(60, 30)) as pilot:
        await pilot.pause()
        await select(pilot, cell_of(app.view, "one"), cell_of(app.view, "gamma", within=4))
        assert app.screen.get_selected_text() == "one\n● gamma"
        growing.append("\n- delta, and the list is loose\n")
        app.view.frame(FOREVER)
        await pilot.pause()
        assert cell_of(app.view, "gamma").y - cell_of(app.view, "one").y == 2
        assert app.screen.get_selected_text() == "one\n\n● gamma"


@pytest.mark.parametrize("source", ["some words", "```\nsome words"])
@pytest.mark.parametrize("down", [0, 4])
async def test_what_comes_where_nothing_was_is_not_selected(source: str, down: int) -> None:
    growing = MarkdownSection()
    growing.append(source)
    app = MarkdownApp(growing)
    async with app.run_test(size=(60, 30)) as pilot:
        await pilot.pause()
        start = cell_of(app.view, "words")
        await select(pilot, start, start + Offset(20, down))
        assert app.screen.get_selected_text() == "words"
        growing.append(" and more of them here\n" + "\nmore" * 9)
        app.view.frame(FOREVER)
        await pilot.pause()
        assert app.screen.get_selected_text() == "words"


async def test_a_selection_goes_with_the_text_that_it_was_in() -> None:
    app = MarkdownApp(MarkdownSection("some words"), MarkdownSection("other words"))
    async with app.run_test(size=(60, 30)) as pilot:
        await pilot.pause()
        await select(pilot, cell_of(app.view, "other"), cell_of(app.view, "other", within=4))
        app.view.set_sections([app.view.sections[0], MarkdownSection("instead of it")])
        await pilot.pause()
        assert not app.screen.selections


async def test_what_fills_a_row_of_code_is_not_selected_with_it() -> None:
    app = MarkdownApp(MarkdownSection(SOURCE))
    async with app.run_test(size=(60, 30)) as pilot:
        await pilot.pause()
        await select(pilot, cell_of(app.view, "x = 1"), cell_of(app.view, "x = 1", within=30))
        assert app.screen.get_selected_text() == "x = 1"


async def test_a_copied_list_keeps_its_steps() -> None:
    app = ViewApp(MarkdownSection("- a\n  - b\n    - c\n- d\n\n> 1. e\n>    - f\n"))
    async with app.run_test(size=(30, 14)):
        app.view.text_select_all()
        assert app.screen.get_selected_text() == "● a\n  ○ b\n    ■ c\n● d\n\n1. e\n   ● f"


async def test_one_empty_line_is_copied_between_two_blocks() -> None:
    app = MarkdownApp(MarkdownSection("# Top\n\n```py\nx = 1\n\n\ny = 2\n```\n\nafter\n"))
    async with app.run_test(size=(60, 30)) as pilot:
        await pilot.pause()
        await select(pilot, cell_of(app.view, "Top"), cell_of(app.view, "after", within=4))
        assert app.screen.get_selected_text() == "Top\n\nx = 1\n\n\ny = 2\n\nafter"


WIDE = "```\nshort\n" + "0123456789" * 9 + "needle\n```\n"


async def test_what_is_cut_off_is_found_and_brought_into_view() -> None:
    app = MarkdownApp(MarkdownSection(WIDE))
    async with app.run_test(size=(60, 30)) as pilot:
        await pilot.pause()
        app.view.toggle_wrap_code()
        await pilot.pause()
        assert "needle" not in "".join(shown(app.view))
        assert app.view.find("needle") == 1
        await pilot.pause()
        y = cell_of(app.view, "needle").y
        background = app.view.get_component_rich_style("line-view--current-hit").bgcolor
        styles = {segment.text: segment.style for segment in app.view.render_lines(app.view.outer_size.region)[y]}
        assert styles["needle"] is not None
        assert styles["needle"].bgcolor == background
        assert app.view.hits == (1, 1)


async def test_the_sign_that_a_line_is_cut_is_not_copied() -> None:
    app = MarkdownApp(MarkdownSection(WIDE))
    async with app.run_test(size=(60, 30)) as pilot:
        await pilot.pause()
        app.view.toggle_wrap_code()
        await pilot.pause()
        start = cell_of(app.view, "01234")
        await select(pilot, start, Offset(57, start.y))
        selected = app.screen.get_selected_text() or ""
        assert selected
        assert ("0123456789" * 9).startswith(selected)


async def test_wide_code_scrolls_by_the_wheel_as_far_as_there_is_more() -> None:
    app = MarkdownApp(MarkdownSection(WIDE))
    async with app.run_test(size=(60, 30)) as pilot:
        await pilot.pause()
        app.view.toggle_wrap_code()
        await pilot.pause()
        for _ in range(20):
            app.view.on_mouse_scroll_down(wheel(events.MouseScrollDown, shift=True))
            await pilot.pause()
        assert "needle" in shown(app.view)[2]
        app.view.on_mouse_scroll_left(wheel(events.MouseScrollLeft))
        app.view.on_mouse_scroll_up(wheel(events.MouseScrollUp))  # without shift it is the view's
        assert app.view.code_left == 40


Wheel = TypeVar("Wheel", bound=events.MouseEvent)


def wheel(kind: type[Wheel], *, shift: bool = False) -> Wheel:
    """A turn of the wheel in the view's corner."""
    return kind(None, 0, 0, 0, 0, 0, shift, False, False)


async def test_a_long_text_is_searched_by_frames(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.markdown.searchable._AT_ONCE", -1.0)
    text = "\n\n".join(f"paragraph {number}" for number in range(99))
    app = MarkdownApp(MarkdownSection(f"{text}\n\nthe needle\n\n{text}"), clocked=False)
    async with app.run_test(size=(60, 30)) as pilot:
        await pilot.pause()
        app.view.frame(FOREVER)
        app.view.scroll_to(y=40, animate=False)
        assert app.view.find("needle") == 0  # not yet: the key was not held up
        assert app.view.find("paragraph") < 20
        while app.view.frame(-1.0):
            pass
        assert app.view.hits == (21, 198)  # the first one on the screen
        app.view.find("needle")
        while app.view.frame(-1.0):
            pass
        assert "the needle" in shown(app.view)


async def test_what_was_found_at_the_end_stays_in_its_place_while_more_arrives() -> None:
    growing = MarkdownSection()
    growing.append("\n\n".join(f"paragraph {number}" for number in range(99)) + "\n\nneedle\n\n")
    app = MarkdownApp(growing)
    async with app.run_test(size=(60, 20)) as pilot:
        await pilot.pause()
        assert app.view.following
        app.view.find("needle")
        await pilot.pause()
        before = cell_of(app.view, "needle")
        growing.append("more\n\n" * 9)
        app.view.frame(FOREVER)
        assert cell_of(app.view, "needle") == before
        app.view.action_scroll_end()
        assert app.view.following


async def test_the_light_under_the_mouse_stays_under_it_when_the_text_moves() -> None:
    text = "\n\n".join(f"[link {number}](https://a.example/{number})" for number in range(20, 60))
    app = MarkdownApp(MarkdownSection(text))
    async with app.run_test(size=(60, 20)) as pilot:
        await pilot.pause()
        app.view.scroll_to(y=0, animate=False)
        await pilot.hover(LineView, offset=(4, 4))
        for rows, number in ((0, 22), (2, 23), (4, 24)):
            app.view.scroll_to(y=rows, animate=False)
            await pilot.pause()
            row = app.view.render_lines(app.view.outer_size.region)[4]
            lit = [segment.text for segment in row if segment.style and segment.style.bold and segment.style.underline]
            assert lit == [f"link {number}"]


@pytest.mark.parametrize("before", ["中文 🛰️ and", "👨‍👩‍👧‍👦 of", "e\u0301 and", "🇩🇪", "👍🏽"])
async def test_the_mouse_finds_its_character_behind_any_cluster(before: str) -> None:
    app = MarkdownApp(MarkdownSection(f"{before} word"))
    async with app.run_test(size=(60, 10)) as pilot:
        await pilot.pause()
        cell = 2 + cell_len(f"{before} ")
        await select(pilot, Offset(cell, 0), Offset(cell + 3, 0))
        assert app.screen.get_selected_text() == "word"


@pytest.mark.parametrize("cluster", ["中", "🛰️", "👨‍👩‍👧‍👦", "👍🏽"])
async def test_half_a_cluster_is_a_whole_one(cluster: str) -> None:
    app = MarkdownApp(MarkdownSection(f"a{cluster}b"))
    async with app.run_test(size=(60, 10)) as pilot:
        await pilot.pause()
        await select(pilot, Offset(4, 0), Offset(5, 0))  # from its right half on
        assert app.screen.get_selected_text() == f"{cluster}b"
        await select(pilot, Offset(2, 0), Offset(3, 0))  # to its left half
        assert app.screen.get_selected_text() == f"a{cluster}"


async def test_the_current_hit_stays_current_while_a_long_text_is_searched_again() -> None:
    text = "\n\n".join(f"paragraph {number}" for number in range(99))
    app = MarkdownApp(MarkdownSection(f"{text}\n\nthe needle\n\n{text}\n\nlast needle"), clocked=False)
    async with app.run_test(size=(60, 30)) as pilot:
        await pilot.pause()
        app.view.frame(FOREVER)
        app.view.find("needle")
        app.view.frame(FOREVER)
        app.view.find_next()
        found = app.view.hits
        app.told.clear()
        app.view.toggle_wrap_code()  # all rows may have changed
        while app.view.frame(-1.0):
            pass
        await pilot.pause()
        assert app.view.hits == found
        assert all(event.hits[0] <= event.hits[1] for event in app.told if isinstance(event, LineView.FindUpdated))
