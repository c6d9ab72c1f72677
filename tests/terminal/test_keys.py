"""Keys as Textual's own parser reads them, after the fixes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import pytest
from textual import events, keys
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._xterm_parser import XTermParser
from textual.binding import Binding, BindingsMap

from tui.terminal.keys import NEWLINE_KEYS, install_key_fixes


@pytest.fixture(autouse=True)
def fixed_keys() -> Iterator[None]:
    tables = cast("list[dict[str, object]]", [ANSI_SEQUENCES_KEYS, keys.ASCII_KEY_NAMES])
    before = [dict(table) for table in tables]
    install_key_fixes()
    install_key_fixes()
    yield
    for table, old in zip(tables, before, strict=True):
        table.clear()
        table.update(old)


def pressed(data: str) -> list[str]:
    """The names of the keys that `data` stands for; an escape with nothing after it ends, as after its delay."""
    XTermParser._parse_extended_key.cache_clear()
    parser = XTermParser()
    tokens = [*parser.feed(data), *parser.feed("")]
    return [token.key for token in tokens if isinstance(token, events.Key)]


@pytest.mark.parametrize("digit", "0123456789")
def test_alt_digits_keep_their_alt(digit: str) -> None:
    assert pressed(f"\x1b{digit}") == [f"alt+{digit}"]


@pytest.mark.parametrize(
    ("data", "names"),
    [
        ("\r", ["enter"]),
        ("\n", ["ctrl+j"]),
        ("\x1b\r", ["ctrl+j"]),
        ("\x1b[27;2;13~", ["shift+carriage_return"]),
        ("\x1b[27;3;13~", ["carriage_return"]),
        ("\x1b[13;2u", ["shift+enter"]),
        ("\x1b[13;3u", ["alt+enter"]),
        ("£", ["pound_sign"]),
        ("1", ["1"]),
        ("\x1b", ["escape"]),
        ("\x1b[49;3u", ["alt+1"]),
        ("\x1bf", ["alt+f"]),
        ("\x1bb", ["ctrl+left"]),
        ("\x1br\x1br", ["alt+r", "alt+r"]),
        ("\x1bc\x1b[A", ["alt+c", "up"]),
        ("\x1bc\x1b[<35;3;4M", ["alt+c"]),  # the mouse moved
        ("\x1bnhi", ["alt+n", "h", "i"]),
    ],
)
def test_what_a_terminal_sends(data: str, names: list[str]) -> None:
    assert pressed(data) == names


def test_every_spelling_of_new_line_is_bound_by_one_binding() -> None:
    bound = BindingsMap([Binding(NEWLINE_KEYS, "newline", "new line")]).key_to_bindings
    for data in ("\n", "\x1b\r", "\x1b[27;2;13~", "\x1b[27;3;13~", "\x1b[13;2u", "\x1b[13;3u"):
        assert pressed(data)[0] in bound, data
    assert pressed("\r")[0] not in bound
