"""Colours that can be read: themes are made for their own text, not for every colour of theirs on every surface."""

from __future__ import annotations

from functools import lru_cache

from rich.color import Color, blend_rgb
from rich.color_triplet import ColorTriplet
from rich.style import Style

TEXT, QUIET = 4.5, 3.5  # contrast that text has at least; that of text which stands back
_STEPS = 10


def contrast(one: ColorTriplet, other: ColorTriplet) -> float:
    """The contrast of two colours as WCAG counts it: 1 to 21."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(color: ColorTriplet) -> float:
    red, green, blue = (_linear(value / 255) for value in color)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)


@lru_cache(maxsize=1024)
def legible(style: Style, least: float) -> Style:
    """The style, its colour brought as near to black or white as it takes. The terminal's own colours stay as they are."""
    if style.color is None or style.bgcolor is None:
        return style
    color, background = style.color.triplet, style.bgcolor.triplet
    if color is None or background is None or contrast(color, background) >= least:
        return style
    end = max(ColorTriplet(0, 0, 0), ColorTriplet(255, 255, 255), key=lambda shade: contrast(shade, background))
    mixes = (blend_rgb(color, end, step / _STEPS) for step in range(1, _STEPS + 1))
    mixed = next((mix for mix in mixes if contrast(mix, background) >= least), end)
    return style + Style(color=Color.from_triplet(mixed))
