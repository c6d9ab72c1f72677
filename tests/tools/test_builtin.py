"""The tools that are always at hand."""

from __future__ import annotations

import math
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.strategies import often
from tests.tools.kit import run
from tui.tools.arithmetic import evaluate
from tui.tools.definition import Tool
from tui.tools.loading import BUILTIN, load_tools


@pytest.fixture(scope="module")
def tools() -> dict[str, Tool]:
    return {tool.name: tool for tool in load_tools([BUILTIN])}


def test_all_are_read_only(tools: dict[str, Tool]) -> None:
    assert set(tools) == {"clock", "calculate", "text_statistics"}
    assert all(tool.read_only and tool.description for tool in tools.values())


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("2*(3+4)**2", 98),
        ("2^10", 1024),
        ("7 // 2 + 7 % 4", 6),
        ("-3 ** 2", -9),
        ("6×7÷2", 21),
        ("sqrt(16) + abs(-1)", 5),
        ("factorial(20)", math.factorial(20)),
        ("round(pi, 2)", 3.14),
        ("max(1, 2.5)", 2.5),
        ("2**-1", 0.5),
        ("1e3", 1000),
    ],
)
def test_arithmetic(expression: str, value: float) -> None:
    assert evaluate(expression) == value


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "2 +",
        "x",
        "True",
        "'a'*3",
        "__import__('os')",
        "(1).__class__",
        "[1]",
        "lambda: 1",
        "9**9**9",
        "10**100000",
        "factorial(100000)",
        "factorial(2.5)",
        "factorial(-1)",
        "sqrt(1, 2)",
        "sqrt(-1)",
        "(-8)**0.5",
        "1 if 2 else 3",
        "exp(1, **{})",
        "(" * 500 + "1" + ")" * 500,
        "-" * 900 + "1",
        "1" * 1001,
        "3j",
        "unknown(1)",
    ],
)
def test_what_is_no_arithmetic(expression: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        evaluate(expression)


@often
@given(st.text("0123456789.+-*/%() e^×factorialsqrtpi,", max_size=40))
def test_any_text_ends_soon_and_in_a_number_or_an_error(text: str) -> None:
    try:
        value = evaluate(text)
    except (ValueError, ZeroDivisionError, OverflowError):
        return
    assert isinstance(value, int | float)


@pytest.mark.parametrize(
    ("expression", "said"), [("1/0", "ValueError: division by zero"), ("exp(10000)", "ValueError: the number is too large")]
)
async def test_calculate_says_what_is_wrong(tools: dict[str, Tool], expression: str, said: str) -> None:
    ended = await run(tools["calculate"], expression=expression)
    assert ended.state == "failed"
    assert ended.content.startswith(said)


async def test_calculate_writes_large_numbers(tools: dict[str, Tool]) -> None:
    ended = await run(tools["calculate"], expression="factorial(1000)")
    assert (ended.state, len(ended.content)) == ("done", 2568)


async def test_the_clock(tools: dict[str, Tool]) -> None:
    ended = await run(tools["clock"], timezone="Europe/Rome")
    assert '"timezone":"Europe/Rome"' in ended.content
    assert datetime.fromisoformat(ended.content.split('"')[3]).tzinfo is not None


@pytest.mark.parametrize("name", ["Nowhere/At_All", "../../etc/passwd", "", "/etc/passwd", "Europe"])
async def test_no_zone_leads_out_of_the_database(tools: dict[str, Tool], name: str) -> None:
    ended = await run(tools["clock"], timezone=name)
    assert (ended.state, "is no IANA time zone" in ended.content) == ("failed", True)


async def test_text_statistics(tools: dict[str, Tool]) -> None:
    ended = await run(tools["text_statistics"], text="One two.\nThree!")
    assert ended.content == '{"characters":15,"characters_without_spaces":13,"words":3,"lines":2,"sentences":2}'
