"""Tables that do not fit, and tables of cells with several lines."""

from __future__ import annotations

import pytest

from tests.markdown.kit import look, picture, section, settle, streamed, targets

RECORDS = "| id | name | what |\n|--|--|--|\n| 1 | Ada | it goes on and on |\n| 2 | Bob | **x**<br>y |\n"
MANY = "|" + "head|" * 20 + "\n|" + "-|" * 20 + "\n" + ("|" + "绘制 cell|" * 20 + "\n") * 3


def test_a_table_of_too_many_columns_becomes_records() -> None:
    assert look(RECORDS, 18) == [
        " id   │ 1",
        " name │ Ada",
        " what │ it goes on",
        "      │ and on",
        "──────┼───────────",
        " id   │ 2",
        " name │ Bob",
        " what │ x",
        "      │ y",
    ]


def test_names_stand_above_values_where_there_is_no_room_beside() -> None:
    rows = ["id", "  1", "name", "  Ada", "what", "  it goes", "  on and", "  on", "─────────"]
    assert look(RECORDS, 9)[:9] == rows


def test_a_header_alone_says_its_names() -> None:
    made = section(width=9)
    made.append("| a | b | c | d |\n|--|--|--|--|\n")
    assert [row.text.strip() for _, row in picture(made)] == ["a", "", "b", "", "c", "", "d", ""]
    made.append("| 1 ")
    assert [row.text.strip() for _, row in picture(made)] == ["a", "1", "b", "", "c", "", "d", ""]


@pytest.mark.parametrize("width", range(2, 130, 7))
def test_nothing_is_cut(width: int) -> None:
    shown = "".join(row.text for _, row in picture(section(MANY, width)))
    assert [shown.count(letter) for letter in "绘制"] == [60, 60]
    assert shown.count("c") == 60


def test_a_link_that_wraps_in_a_record_is_one_link() -> None:
    made = section(RECORDS.replace("it goes on and on", "[it goes on and on](https://a.example)"), 18)
    assert [target.goes_on for target in targets(made)] == [False, True]
    rows = [made.row(y) for y in range(made.height)]
    assert rows[3].joins == " "
    assert rows[3].text[rows[3].indent :] == "and on"


def test_narrow_columns_stay_side_by_side() -> None:
    assert len(look("|a" * 12 + "|\n" + "|-" * 12 + "|\n" + "|1" * 12 + "|\n", 47)) == 3


@pytest.mark.parametrize("at", [0, 1, 3])
def test_rules_tell_rows_apart_where_one_has_several_lines(at: int) -> None:
    cells = ["a", "b", "c", "d"]
    cells[at] = "x<br>y"
    source = "| h |\n|--|\n" + "".join(f"| {cell} |\n" for cell in cells)
    assert look(source).count("───") == 4
    assert picture(streamed(source.splitlines(keepends=True))) == picture(section(source))


def test_a_header_of_several_lines_needs_no_rules() -> None:
    assert look("| h<br>i |\n|--|\n| a |\n| b |\n") == [" h", " i", "───", " a", " b"]


def test_a_table_that_turns_out_to_fit_loses_its_rules() -> None:
    source = "| a |\n|--|\n| xxxxx |\n| yyyyy |\n\nend"
    for width in range(1, 12):
        assert picture(streamed(source, width)) == picture(section(source, width))


def test_rows_of_records_stay_as_more_come() -> None:
    made = section(width=18)
    made.append(RECORDS)
    before = picture(made)
    made.append("| 3 | Eve")
    after = picture(settle(made))
    assert len(after) == len(before) + 4
    assert all(new[0] is old[0] for new, old in zip(after, before, strict=False))
