"""What Markdown is drawn with can be read in every theme."""

from __future__ import annotations

import pytest
from rich.color import Color
from rich.color_triplet import ColorTriplet
from rich.style import Style
from textual.theme import BUILTIN_THEMES

from tests.markdown.line_view_kit import STYLES, ViewApp
from tui.markdown.legible import QUIET, TEXT, contrast, legible
from tui.markdown.markdown_section import MarkdownSection
from tui.markdown.palette import COMPONENT_CLASSES, Ink, Palette

_BLACK, _WHITE = ColorTriplet(0, 0, 0), ColorTriplet(255, 255, 255)
_LINES = {"h1-rule", "h2-rule", "rule", "table-rule", "quote-bar"}
_MARKS = {"strong", "em", "strike", "code", "link", "note", "raw", "fence"}
_NAMES = sorted({name.removeprefix("markdown--") for name in COMPONENT_CLASSES} - _MARKS)
_INKS = [
    *(Ink(name) for name in _NAMES),
    *(Ink(name, 1 << bit) for bit in range(7) for name in ("", "quote", "table-head", "h1")),
]


class MarkdownApp(ViewApp):
    CSS = STYLES.with_name("markdown.tcss").read_text(encoding="utf-8")


def ratio(style: Style) -> float:
    assert style.color
    assert style.bgcolor
    if style.color.triplet is None or style.bgcolor.triplet is None:
        return 21.0  # the terminal's own colours
    return contrast(style.color.triplet, style.bgcolor.triplet)


async def test_every_text_can_be_read_in_every_theme() -> None:
    app = MarkdownApp(MarkdownSection("text"))
    async with app.run_test() as pilot:
        for theme in BUILTIN_THEMES:
            app.theme = theme
            await pilot.pause()
            assert app.view._styles
            palette = Palette(app.view._styles)
            faint = {
                ink: round(ratio(palette[ink]), 2) for ink in _INKS if ink.name not in _LINES and ratio(palette[ink]) < QUIET
            }
            assert not faint, theme
            assert ratio(palette[Ink()]) >= TEXT, theme
            assert min(ratio(palette[Ink(name)]) for name in _LINES) > 1.2, theme


def test_contrast_is_as_defined() -> None:
    assert contrast(_BLACK, _WHITE) == pytest.approx(21)
    assert contrast(_WHITE, _WHITE) == 1
    assert contrast(ColorTriplet(118, 118, 118), _WHITE) == pytest.approx(4.54, abs=0.01)


def test_colours_that_can_be_read_stay() -> None:
    style = Style(color="#222222", bgcolor="white", bold=True)
    assert legible(style, TEXT) is style


def test_faint_colours_keep_their_hue() -> None:
    style = legible(Style(color="#ffcc66", bgcolor="#ffffff", bold=True), TEXT)
    assert style.bold
    assert style.color
    red, green, blue = style.color.get_truecolor()
    assert red > green > blue
    assert contrast(ColorTriplet(red, green, blue), _WHITE) >= TEXT


def test_the_terminals_own_colours_stay() -> None:
    style = Style(color=Color.default(), bgcolor="white")
    assert legible(style, TEXT) is style
    assert legible(Style(bold=True), TEXT) == Style(bold=True)
