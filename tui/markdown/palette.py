"""Which style each piece of a drawn row has: component classes, so the theme and `styles/markdown.tcss`, decide."""

from __future__ import annotations

from typing import NamedTuple

from rich.style import Style

from tui.markdown import inline
from tui.markdown.legible import QUIET, TEXT, legible
from tui.markdown.section import ViewStyles

#: What lexers tell apart; see `highlight`.
CODE_STYLES = (
    "plain",
    "comment",
    "keyword",
    "constant",
    "type",
    "import",
    "number",
    "string",
    "doc",
    "escape",
    "builtin",
    "function",
    "class",
    "decorator",
    "variable",
    "attribute",
    "tag",
    "operator",
    "inserted",
    "deleted",
    "heading",
    "error",
)
_TEXT_STYLES = ("h1", "h2", "h3", "h4", "h5", "h6", "table-head", "quote", "html", "note-text")
_MARKS = ("strong", "em", "strike", "code", "link", "note", "raw")
_SIGNS = (
    "h1-rule",
    "h2-rule",
    "bullet",
    "number",
    "task-done",
    "task-open",
    "quote-bar",
    "rule",
    "table-rule",
    "label",
    "copy",
    "cut",
    "note-label",
)

#: Component classes that the view must know: their styles are what Markdown is drawn with.
COMPONENT_CLASSES = frozenset(
    [f"markdown--{name}" for name in (*_TEXT_STYLES, *_MARKS, *_SIGNS, "fence")]
    + [f"markdown--code-{name}" for name in CODE_STYLES]
)

_LINES = ("h1-rule", "h2-rule", "rule", "table-rule", "quote-bar")
_QUIET = ("h6", "quote", "html", "note-text", "label", "code-comment", "code-doc", "code-operator")
_QUIET_BITS = inline.STRIKE | inline.HTML
_BY_BIT = tuple(zip((1 << bit for bit in range(7)), _MARKS, strict=True))


class Ink(NamedTuple):
    """What a piece of text is: `name` is a component class less its prefix, "" for plain text; `bits` is its markup."""

    name: str = ""
    bits: int = 0


PLAIN = Ink()


class Palette(dict[Ink, Style]):
    """Styles by ink, made when first asked for."""

    def __init__(self, styles: ViewStyles) -> None:
        super().__init__()
        self.version = styles.version
        self._styles = styles

    def __missing__(self, ink: Ink) -> Style:
        style = self._named(ink.name)
        for bit, name in _BY_BIT:
            if ink.bits & bit:
                style += self._difference(f"markdown--{name}", style.bgcolor is not None and ink.bits & inline.CODE == 0)
        if ink.name not in _LINES:
            quiet = ink.name in _QUIET or ink.bits & _QUIET_BITS
            style = legible(style, QUIET if quiet else TEXT)
        self[ink] = style
        return style

    def _named(self, name: str) -> Style:
        if not name:
            return self._styles.base
        base = (
            self._styles["markdown--fence"]
            if name.startswith("code-") or name in ("label", "copy", "cut")
            else self._styles.base
        )
        return base + self._difference(f"markdown--{name}")

    def _difference(self, name: str, keep_background: bool = False) -> Style:
        """What a component's style says beyond the text's around it."""
        base, style = self._styles.base, self._styles[name]
        return Style(
            color=style.color if style.color != base.color else None,
            bgcolor=style.bgcolor if style.bgcolor != base.bgcolor and not keep_background else None,
            bold=style.bold or None,
            dim=style.dim or None,
            italic=style.italic or None,
            underline=style.underline or None,
            strike=style.strike or None,
            reverse=style.reverse or None,
        )
