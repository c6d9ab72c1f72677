"""What a person does with the text in a line view: select, follow links, find."""

from __future__ import annotations

import pytest
from textual.geometry import Offset
from textual.selection import SELECT_ALL, Selection

from tests.markdown.line_view_kit import FOREVER, Script, ViewApp, cell_of, numbered, shown
from tui.markdown.line_view import LineView
from tui.markdown.section import CodeBlock, Link, Target
from tui.markdown.sections import BlankSection, TextSection

SIZE = (40, 14)  # ten rows of 36 cells are the view's
LONG = "the quick brown fox jumps over the lazy dog and runs away into the dark wood"


def selected(app: ViewApp) -> str | None:
    return app.screen.get_selected_text()


async def test_a_drag_selects_and_unwraps() -> None:
    app = ViewApp(TextSection(LONG), BlankSection(), TextSection("second section"))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.mouse_down(LineView, offset=cell_of(app.view, "quick"))
        await pilot.hover(LineView, offset=cell_of(app.view, "second", within=5))
        await pilot.mouse_up(LineView, offset=cell_of(app.view, "second", within=5))
        assert selected(app) == LONG[4:] + "\n\nsecond"


async def test_a_selection_shows_and_goes_with_a_click() -> None:
    app = ViewApp(TextSection("some words"))
    async with app.run_test(size=SIZE) as pilot:
        plain = app.view.render_lines(app.view.outer_size.region)[0]
        app.screen.selections = {app.view: SELECT_ALL}
        await pilot.pause()
        lit = app.view.render_lines(app.view.outer_size.region)[0]
        style = next(segment.style for segment in lit if "some" in segment.text)
        assert style is not None
        assert style.color != style.bgcolor
        assert lit != plain
        await pilot.click(LineView, offset=(20, 5))
        assert app.screen.selections == {}
        assert app.view.render_lines(app.view.outer_size.region)[0] == plain


async def test_a_selection_stays_on_its_words_while_text_arrives() -> None:
    script = Script(*numbered(8))
    app = ViewApp(script)
    async with app.run_test(size=SIZE) as pilot:
        app.screen.selections = {app.view: Selection(Offset(0, 6), Offset(6, 6))}
        script.append(*numbered(30, first=8))
        app.view.frame(FOREVER)
        await pilot.pause()
        assert selected(app) == "line-6"


async def test_a_drag_is_not_pulled_away_by_arriving_text() -> None:
    script = Script(*numbered(30))
    app = ViewApp(script)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.mouse_down(LineView, offset=cell_of(app.view, "line-22"))
        await pilot.hover(LineView, offset=cell_of(app.view, "line-24"))
        script.append(*numbered(30, first=30))
        app.view.frame(FOREVER)
        assert shown(app.view)[0] == "line-20 word word"
        await pilot.mouse_up(LineView, offset=cell_of(app.view, "line-24"))
        assert selected(app) == "line-22 word word\nline-23 word word\nl"
        app.view.frame(FOREVER)
        script.append("one more")
        app.view.frame(FOREVER)
        assert shown(app.view)[-1] == "one more"


async def test_a_selection_stays_on_its_words_when_the_width_changes() -> None:
    app = ViewApp(TextSection(LONG), Script(*numbered(5, words=12)))
    async with app.run_test(size=(90, 14)) as pilot:
        app.screen.selections = {app.view: Selection(Offset(4, 0), Offset(7, 3))}
        before = selected(app)
        assert before is not None
        assert before.startswith("quick brown")
        for width in (30, 50, 20, 90):
            await pilot.resize_terminal(width, 14)
            await pilot.pause()
            assert selected(app) == before


async def test_decoration_is_not_copied() -> None:
    app = ViewApp(Script(LONG, "and more", decoration="▌ "))
    async with app.run_test(size=SIZE):
        app.screen.selections = {app.view: SELECT_ALL}
        assert selected(app) == f"{LONG}\nand more"


async def test_the_selection_goes_across_widgets() -> None:
    app = ViewApp(TextSection("in the view"))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.mouse_down("Static", offset=(3, 0))
        await pilot.hover(LineView, offset=cell_of(app.view, "the", within=2))
        await pilot.mouse_up(LineView, offset=cell_of(app.view, "the", within=2))
        assert selected(app) == "ding\nin th"  # Textual leaves the last character out where widgets differ


@pytest.mark.parametrize(("times", "text"), [(2, "brown"), (3, LONG)])
async def test_two_clicks_take_the_word_and_three_the_line(times: int, text: str) -> None:
    app = ViewApp(TextSection(LONG), TextSection("other"))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.click(LineView, offset=cell_of(app.view, "brown", within=2), times=times)
        assert selected(app) == text


async def test_wide_characters_are_selected_whole() -> None:
    app = ViewApp(TextSection("宽字 and 🚀 rocket"))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.mouse_down(LineView, offset=(4, 0))
        await pilot.hover(LineView, offset=(11, 0))
        await pilot.mouse_up(LineView, offset=(11, 0))
        assert selected(app) == "字 and 🚀"


# links


def linked() -> Script:
    script = Script(*numbered(40))
    script.targets = {
        1: (Target(0, 6, Link("https://one.invalid")), Target(7, 11, Link("https://two.invalid"))),
        30: (Target(7, 12, CodeBlock(1, "print()")),),
    }
    return script


def told(app: ViewApp) -> list[str]:
    return [
        event.href if isinstance(event, LineView.LinkActivated) else event.text
        for event in app.told
        if isinstance(event, LineView.LinkActivated | LineView.CopyCode)
    ]


async def test_a_click_follows_a_link() -> None:
    app = ViewApp(linked())
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("home")
        await pilot.click(LineView, offset=cell_of(app.view, "line-1", within=3))
        await pilot.click(LineView, offset=cell_of(app.view, "line-2", within=3))
        assert told(app) == ["https://one.invalid"]


async def test_a_drag_over_a_link_follows_nothing() -> None:
    app = ViewApp(linked())
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("home")
        start, end = cell_of(app.view, "line-1"), cell_of(app.view, "line-1", within=4)
        await pilot.mouse_down(LineView, offset=start)
        await pilot.hover(LineView, offset=end)
        await pilot.mouse_up(LineView, offset=end)
        assert told(app) == []


async def test_keys_go_from_link_to_link_and_then_out() -> None:
    app = ViewApp(linked())
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("home")
        await pilot.press("tab", "enter", "tab", "enter", "tab")
        assert 30 in app.view.window
        await pilot.press("enter", "shift+tab", "enter")
        assert told(app) == ["https://one.invalid", "https://two.invalid", "print()", "https://two.invalid"]
        await pilot.press("tab", "tab")
        assert not app.view.has_focus


async def test_a_link_over_two_rows_is_one_link() -> None:
    script = Script("first part", "rest of it", "next")
    link = Link("https://long.invalid")
    script.targets = {0: (Target(6, 10, link),), 1: (Target(0, 4, link, goes_on=True),), 2: (Target(0, 4, Link("x")),)}
    app = ViewApp(script)
    async with app.run_test(size=SIZE) as pilot:
        plain = app.view.render_lines(app.view.outer_size.region)
        await pilot.press("tab")
        lit = app.view.render_lines(app.view.outer_size.region)
        assert [old is new for old, new in zip(plain, lit, strict=True)][:3] == [False, False, True]
        await pilot.press("enter", "tab", "enter")
        await pilot.click(LineView, offset=cell_of(app.view, "rest"))
        assert told(app) == ["https://long.invalid", "x", "https://long.invalid"]


async def test_the_mouse_lights_up_what_it_can_click() -> None:
    app = ViewApp(linked())
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("home")
        plain = app.view.render_lines(app.view.outer_size.region)
        await pilot.hover(LineView, offset=cell_of(app.view, "line-1"))
        assert app.view.styles.pointer == "pointer"
        assert app.view.render_lines(app.view.outer_size.region)[1] is not plain[1]
        await pilot.hover("Static")
        assert app.view.render_lines(app.view.outer_size.region)[1] == plain[1]


async def test_code_blocks_of_all_sections() -> None:
    one, two = Script("a"), Script("b")
    one.code_blocks, two.code_blocks = ["x", "y"], ["z"]
    app = ViewApp(one, TextSection("between"), two)
    async with app.run_test(size=SIZE):
        assert app.view.code_blocks() == [CodeBlock(1, "x"), CodeBlock(2, "y"), CodeBlock(1, "z")]


# find


async def test_find_counts_goes_there_and_round() -> None:
    app = ViewApp(Script(*numbered(40)))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("home")
        assert app.view.find("LINE-2") == 0
        assert app.view.find("line-2") == 11
        assert app.view.hits == (1, 11)
        app.view.find_next()
        assert app.view.hits == (2, 11)
        assert 20 in app.view.window
        app.view.find_previous()
        app.view.find_previous()
        assert app.view.hits == (11, 11)
        assert 29 in app.view.window
        app.view.find_next()
        assert app.view.hits == (1, 11)


async def test_hits_across_wrapped_rows_are_found_and_lit() -> None:
    app = ViewApp(TextSection(LONG))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        plain = app.view.render_lines(app.view.outer_size.region)
        first, second = shown(app.view)[:2]
        words = f"{first.split()[-1]} {second.split()[0]}"
        assert app.view.find(words) == 1
        lit = app.view.render_lines(app.view.outer_size.region)
        assert [old is new for old, new in zip(plain, lit, strict=True)][:3] == [False, False, True]
        app.view.find("")
        assert app.view.render_lines(app.view.outer_size.region) == plain
        assert app.view.hits == (0, 0)


async def test_hits_arrive_with_the_text() -> None:
    script = Script("a needle here")
    app = ViewApp(script)
    async with app.run_test(size=SIZE) as pilot:
        app.view.find("needle")
        script.extend_last(" and a nee")
        app.view.frame(FOREVER)
        assert app.view.hits == (1, 1)
        script.extend_last("dle, then")
        script.append("one more needle")
        app.view.frame(FOREVER)
        await pilot.pause()
        assert app.view.hits == (1, 3)
        updates = [event.hits for event in app.told if isinstance(event, LineView.FindUpdated)]
        assert updates[-1] == (1, 3)


async def test_hits_survive_a_change_of_width() -> None:
    app = ViewApp(TextSection(f"{LONG}\n{LONG}"))
    async with app.run_test(size=(90, 14)) as pilot:
        app.view.find("lazy dog")
        for width in (24, 60):
            await pilot.resize_terminal(width, 14)
            await pilot.pause()
            app.view.frame(FOREVER)
            assert app.view.hits[1] == 2


async def test_decoration_is_not_found() -> None:
    app = ViewApp(Script("text", decoration="▌ "))
    async with app.run_test(size=SIZE):
        assert app.view.find("▌") == 0
        assert app.view.find("text") == 1
