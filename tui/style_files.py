"""Where the styles are: inside the package in a wheel, beside it in a checkout and in an editable install."""

from __future__ import annotations

from pathlib import Path, PurePath

_PACKAGE = Path(__file__).resolve().parent


def styles_folder(package: Path = _PACKAGE) -> Path:
    """The folder of the style sheets, as an absolute path."""
    inside = package / "styles"
    return inside if inside.is_dir() else package.parent / "styles"


def style_files() -> list[str | PurePath]:
    """All style sheets, absolute: `app.tcss` first, so that every widget's own sheet has the last word."""
    sheets = sorted(styles_folder().glob("*.tcss"), key=lambda sheet: (sheet.name != "app.tcss", sheet.name))
    return [*sheets]
