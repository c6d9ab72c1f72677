"""Hostile text made visible: what the project did not write itself goes through here before anybody sees it.

A terminal obeys control characters wherever it finds them, and reads some invisible ones right to left. Here each of them
becomes one visible symbol, one cell wide:

    C0, DEL                               ␀ to ␟, ␡   (newline and tab pass, CRLF is a newline, a lone CR is ␍)
    U+2028, U+2029                        ␤
    C1, bidi controls, zero-width         ␦
    ZWJ, ZWNJ, variation selectors        kept after a visible character, where they belong to its cluster; else ␦
    a surrogate without its other half    U+FFFD

Of several joiners in a row only those that a cluster can need are kept (one variation selector, then one joiner): a run of
them is a place to hide a message in. This module imports nothing of ours.
"""

from __future__ import annotations

import re

_SELECTORS = "\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef"
_JOINERS = "\u200c\u200d"
_CONTROLS = r"\x00-\x08\x0b-\x1f\x7f-\x9f"  # all but tab and newline
_BIDI = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_ZERO_WIDTH = (
    "\u00ad\u034f\u17b4\u17b5\u180e\u200b\u2060-\u2065\u206a-\u206f\ufeff\ufff0-\ufffb"
    "\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e00ff\U000e01f0-\U000e0fff"  # tags, and what is reserved beside them
)
_LINE_ENDS = "\u2028\u2029"
_SURROGATES = "\ud800-\udfff"
_ODD = _CONTROLS + _BIDI + _ZERO_WIDTH + _LINE_ENDS + _SURROGATES + _SELECTORS + _JOINERS

_find_odd = re.compile(f"[{_ODD}]").search
_find_surrogate = re.compile(f"[{_SURROGATES}]").search
_find_control = re.compile(f"[{_CONTROLS}]").search
# first: what may stay, directly after a visible character; else a run of odd ones, told apart by the table below
_replace_odd = re.compile(rf"(?<=[^\s{_ODD}])(?:[{_SELECTORS}][{_JOINERS}]?|[{_JOINERS}])|([{_ODD}]+)").sub
_drop_controls = re.compile(f"[{_CONTROLS}]+").sub
_UNPAIRED = re.compile("[\ud800-\udbff]$|\r$")


class _Pictures(dict[int, str]):
    """For `str.translate`, of odd characters only: what has no picture of its own becomes ␦."""

    def __missing__(self, code: int) -> str:
        return "\ufffd" if 0xD800 <= code <= 0xDFFF else "␦"


_PICTURES = _Pictures({code: chr(0x2400 + code) for code in range(0x20)} | {0x7F: "␡", 0x2028: "␤", 0x2029: "␤"})


def visible(text: str) -> str:
    """`text` as it may be shown on several lines; the very same object where nothing in it needs care."""
    if _find_odd(text) is None:
        return text
    return _pictured(_settled(text))


def visible_line(text: str) -> str:
    """`text` as it may be shown on one line: as `visible`, and newlines and tabs are spaces."""
    return visible(text).replace("\n", " ").replace("\t", " ")


def without_controls(text: str) -> tuple[str, int]:
    """`text` as it may be copied or saved, and how many control characters (C0, DEL, C1) were left out.

    Newline and tab stay, CRLF is a newline and not counted. The result is valid Unicode: a lone surrogate is U+FFFD.
    """
    if _find_control(text) is None and _find_surrogate(text) is None:
        return text, 0
    settled = _settled(text)
    kept = _drop_controls("", settled)
    left_out = len(settled) - len(kept)
    return kept.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace"), left_out


class SafeStream:
    """`visible` for a text that comes in pieces: what the feeds return adds up to `visible` of the whole.

    Half of a CRLF or of a surrogate pair at the end of a piece waits for the next one.
    """

    __slots__ = ("_before", "_waiting")

    def __init__(self) -> None:
        self._before = ""  # the last two characters: a joiner stays or goes by what it follows
        self._waiting = ""

    def feed(self, text: str, final: bool = False) -> str:
        """The next piece, made visible; `final` also gives out what waited."""
        if not self._waiting and _find_odd(text) is None:
            self._before = text[-2:] or self._before
            return text
        text = self._waiting + text
        cut = None if final else _UNPAIRED.search(text)
        self._waiting = text[cut.start() :] if cut else ""
        whole = self._before + _settled(text[: cut.start()] if cut else text)
        shown = _pictured(whole)[len(self._before) :]  # a picture for each character: the lengths are equal
        self._before = whole[-2:]
        return shown


def _settled(text: str) -> str:
    """CRLF as newline, surrogate pairs joined: each odd character left now stands for itself."""
    text = text.replace("\r\n", "\n")
    if _find_surrogate(text) is None:
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def _pictured(text: str) -> str:
    return _replace_odd(lambda match: match[1].translate(_PICTURES) if match[1] else match[0], text)
