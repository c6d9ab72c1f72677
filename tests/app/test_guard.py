"""What leaves a widget: nothing that a terminal obeys, in as many cells as the widget counted."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from tui.widgets.guard import guarded


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x1b]0;owned\x07b", "a]0;ownedb"),
        ("\x9b31m\x08\x7f\r", "31m"),
        ("\u202egnp\u2066\u200b\ufeff\u2028.exe", "gnp.exe"),
        ("soft\xadhyphen", "soft␦hyphen"),
        ("half \ud83d", "half \ufffd"),
    ],
)
def test_what_a_terminal_would_obey_is_left_out(text: str, shown: str) -> None:
    assert guarded(text) == shown
    assert cell_len(guarded(text)) == cell_len(text)


def test_a_pair_of_surrogates_is_one_character() -> None:
    assert guarded("\ud83d\ude00\x1b") == "😀"


def test_good_text_stays() -> None:
    text = "plain, 漢字, 👩\u200d👩\u200d👧, می\u200cخواهم"
    assert guarded(text) == text
