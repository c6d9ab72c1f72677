"""Keys that terminals spell in two ways, of which Textual 8 reads one wrong. Call `install_key_fixes` before the app is made.

| bytes          | the person pressed               | Textual says | after the fixes         |
|----------------|----------------------------------|--------------|-------------------------|
| ESC CR         | alt+enter, legacy                | enter        | ctrl+j                  |
| ESC 0 … ESC 9  | alt+0 … alt+9, legacy            | º ¡ ™ £ …    | alt+0 … alt+9           |
| ESC f          | alt+f, legacy                    | ctrl+right   | alt+f                   |
| ESC r ESC r    | alt+r twice, or with the mouse   | ^ r ^ r      | alt+r, alt+r            |
| ESC[27;2;13~   | shift+enter, xterm and tmux      | shift+\\r     | shift+carriage_return   |
| ESC[27;3;13~   | alt+enter, xterm and tmux        | \\r           | carriage_return         |

Some Macs send ESC f for option+right, too; there ctrl+right goes a word on.
Textual has no table of alt+letter: it waits whether more comes, and takes what does within its delay for the rest of a sequence
that nobody knows, whose characters are then typed. In the table, a letter ends its sequence; no other one begins like it.
The last two rows matter because Textual strips blanks from the keys of a binding: a name that ends in CR can't be bound.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from textual import keys
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS

#: Every name under which "new line" may arrive, for a binding; plain enter is `enter`.
NEWLINE_KEYS = "ctrl+j,alt+enter,shift+enter,shift+carriage_return,carriage_return"

#: ESC b stays ctrl+left, as some Macs spell option+left.
_ALT = "0123456789acdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class _Key:
    """In the shape of Textual's own `Keys`."""

    value: str


def install_key_fixes() -> None:
    """Mend Textual's key tables, for the whole process; once or often is the same."""
    table = cast("dict[str, object]", ANSI_SEQUENCES_KEYS)  # a plain dict, declared as a Mapping
    table["\x1b\r"] = (keys.Keys.ControlJ,)
    for character in _ALT:
        table[f"\x1b{character}"] = (_Key(f"alt+{character}"),)
    keys.ASCII_KEY_NAMES["\r"] = "carriage_return"
