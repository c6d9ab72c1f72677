"""What each construct looks like, as text; and in which colours, by component class."""

from __future__ import annotations

import pytest

from tests.markdown.kit import STYLES, look, section, style_of

LOOKS: dict[str, tuple[str, list[str]]] = {
    "headings": ("# a\n## b\n### c\ntext", ["a", "━" * 20, "b", "─" * 20, "c", "", "text"]),
    "paragraphs": ("one two three four five six\n\nb", ["one two three four", "five six", "", "b"]),
    "hard breaks": ("a  \nb\\\nc", ["a", "b", "c"]),
    "bullets": ("- a\n  - b\n    - c\n      - d\n- e", ["● a", "  ○ b", "    ■ c", "      □ d", "● e"]),
    "a wrapped item": ("- one two three four five", ["● one two three four", "  five"]),
    "numbers": ("9. a\n10. b\n    - c", [" 9. a", "10. b", "    ● c"]),
    "brackets after numbers": ("1) a\n2) b", ["1) a", "2) b"]),
    "tasks": ("- [x] a\n- [ ] b\n- c", ["☑ a", "☐ b", "● c"]),
    "loose": ("- a\n\n  b\n- c", ["● a", "", "  b", "", "● c"]),
    "an empty item": ("-\n- a", ["●", "● a"]),
    "quotes": ("> a\n>\n> - b\n>\n> > c", ["▌ a", "▌", "▌ ● b", "▌", "▌ ▌ c"]),
    "an empty quote": (">", ["▌"]),
    "a rule": ("a\n\n---", ["a", "", "─" * 20]),
    "code": ("```py\nx = 1\n\ny\n```", ["           py  copy", "  x = 1", "", "  y", ""]),
    "long code": ("```\n" + "0123456789" * 2 + "\n```", ["               copy", "  0123456789012345", "  6789", ""]),
    "html": ("<p>\n  a\n</p>", ["<p>", "  a", "</p>"]),
    "inline html": ("a <b>c</b> <br> d", ["a <b>c</b> <br> d"]),
    "a table": (
        "| a | b | c |\n|--|--:|:-:|\n| d | e | fgh |\n| ij | 10 | k |",
        [" a  │  b │  c", "────┼────┼─────", " d  │  e │ fgh", " ij │ 10 │  k"],
    ),
    "a wide table": (
        "| name | what |\n|--|--|\n| a | it goes on and on |\n| b | c |",
        [" name │ what", "──────┼─────────────", " a    │ it goes on", "      │ and on", "──────┼─────────────", " b    │ c"],
    ),
    "breaks in a table": ("| a |\n|--|\n| b<br>c |", [" a", "───", " b", " c"]),
    "footnotes": ("a[^1]\n\n[^1]: the note wraps too", ["a[1]", "", "[1] the note wraps", "    too"]),
    "definitions": ("[a]: https://a.example\n\n[a] b", ["a b"]),
    "an image": ("![a cat](https://i.example)", ["▣ a cat"]),
    "wide characters": ("终端里每个汉字占两列，表情符号", ["终端里每个汉字占两", "列，表情符号"]),
    "control characters": ("a\x1b[0m &#7;", ["a␛[0m �"]),
}


@pytest.mark.parametrize("name", LOOKS)
def test_it_looks_like_this(name: str) -> None:
    source, rows = LOOKS[name]
    assert look(source, 20) == rows


def test_text_in_a_deep_list_keeps_some_room() -> None:
    (row,) = look("- " * 12 + "word", 20)
    assert row.startswith("● ○ ■ □ ●")
    assert all(len(row) <= 20 for row in look("- " * 12 + "word and more words", 20))


@pytest.mark.parametrize(
    ("source", "text", "name"),
    [
        ("# a", "a", "h1"),
        ("**a**", "a", "strong"),
        ("*a*", "a", "em"),
        ("~~a~~", "a", "strike"),
        ("`a`", "a", "code"),
        ("[a](https://b.example)", "a", "link"),
        ("b[^1]", "[1]", "note"),
        ("<i>", "<i>", "html"),
        ("> a", "▌ ", "quote-bar"),
        ("- a", "● ", "bullet"),
        ("1. a", "1. ", "number"),
        ("| a |\n|--|", "a", "table-head"),
        ("```py\nreturn\n```", "return", "code-keyword"),
        ("```json\n12\n```", "12", "code-number"),
        ("```sh\n# a\n```", "# a", "code-comment"),
    ],
)
def test_it_has_the_style_of_its_class(source: str, text: str, name: str) -> None:
    assert style_of(section(source), text).color == STYLES[f"markdown--{name}"].color


def test_a_link_that_leads_nowhere_safe_is_plain() -> None:
    assert style_of(section("[a](ftp://b.example) c"), "a c") == STYLES.base
