"""The house's themes: legible on every surface, the default, and to be named in the settings."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.color import Color
from textual.theme import Theme

from tests.app.kit import make_app, running
from tui.themes import DARK, LIGHT, THEMES

TEXTS = ("text", "text-muted", "text-primary", "text-secondary", "text-accent", "text-success", "text-warning", "text-error")
LEGIBLE = 4.5  # to 1, what WCAG asks of text of this size


def contrast(one: Color, other: Color) -> float:
    """The contrast ratio of two colours, from 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: Color) -> float:
    parts = [part / 255 for part in color.rgb]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("surface", ["background", "surface", "panel"])
@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_every_text_is_legible_on_every_surface(theme: Theme, surface: str) -> None:
    colors = {**theme.to_color_system().generate(), **theme.variables}
    ground = Color.parse(colors[surface])
    poor = {name: round(contrast(Color.parse(colors[name]), ground), 1) for name in TEXTS}
    assert {name: ratio for name, ratio in poor.items() if ratio < LEGIBLE} == {}


@pytest.mark.parametrize("ground", ["error-muted", "warning-muted", "block-cursor-background"])
@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_banners_and_the_chosen_line_are_legible(theme: Theme, ground: str) -> None:
    assert contrast(Color.parse(theme.variables["text"]), Color.parse(theme.variables[ground])) >= LEGIBLE


async def test_the_dark_one_is_the_default(tmp_path: Path) -> None:
    app, _ = make_app(tmp_path)
    async with running(app):
        assert app.theme == DARK.name


async def test_the_light_one_is_a_setting(tmp_path: Path) -> None:
    app, _ = make_app(tmp_path, theme=LIGHT.name)
    async with running(app):
        assert not app.current_theme.dark
