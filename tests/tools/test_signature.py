"""From signature and docstring to a schema, and from a call's arguments to values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, Field

from tests.tools.kit import make_tool
from tui.tools.definition import ArgumentsError, read_arguments
from tui.tools.docstrings import read
from tui.tools.errors import BadToolError
from tui.tools.reporting import Progress


class Unit(Enum):
    C = "celsius"
    F = "fahrenheit"


@dataclass
class Point:
    x: float
    y: float = 0.0


class Person(BaseModel):
    name: str


def everything(
    city: str,
    /,
    days: Annotated[int, Field(ge=1, description="how many")] = 3,
    *,
    unit: Unit = Unit.C,
    mode: Literal["a", "b"] | None = None,
    at: Point | None = None,
    people: list[Person] = [],  # noqa: B006 - a default that JSON can say
    table: dict[str, int] | None = None,
    tell: Progress,
) -> str:
    """Do everything.

    And more.

    Args:
        city: the city's
            name
        days: not this
    """
    return f"{city} {days} {unit} {mode} {at} {people} {table} {tell}"


def test_a_schema_of_everything() -> None:
    tool = make_tool(everything)
    schema = tool.parameters
    assert (tool.name, tool.description, tool.summary) == ("everything", "Do everything.\n\nAnd more.", "Do everything.")
    assert schema["required"] == ["city"]
    assert schema["additionalProperties"] is False
    properties = schema["properties"]
    assert properties["city"] == {"description": "the city's name", "type": "string"}
    assert properties["days"] == {"default": 3, "description": "how many", "minimum": 1, "type": "integer"}
    assert schema["$defs"]["Unit"]["enum"] == ["celsius", "fahrenheit"]
    assert properties["mode"]["anyOf"][0]["enum"] == ["a", "b"]
    assert "tell" not in properties
    assert "title" not in str(properties)


def test_arguments_become_what_the_function_takes() -> None:
    tool = make_tool(everything)
    given = {"city": "Rome", "days": "2", "unit": "fahrenheit", "at": {"x": 1}, "people": [{"name": "Ada"}], "table": {"a": 1}}
    values = tool.validate(given)
    assert values == ["Rome", 2, Unit.F, None, Point(1.0, 0.0), [Person(name="Ada")], {"a": 1}, None]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({}, "city: Field required"),
        ({"city": "Rome", "days": 0}, "days: Input should be greater than or equal to 1"),
        ({"city": "Rome", "dais": 1}, "dais: Extra inputs are not permitted"),
        ({"city": "Rome", "people": [{}]}, "people.0.name: Field required"),
    ],
)
def test_what_is_wrong_is_said_to_the_model(arguments: dict[str, Any], said: str) -> None:
    with pytest.raises(ArgumentsError) as error:
        make_tool(everything).validate(arguments)
    assert said in str(error.value)
    assert "https:" not in str(error.value)


def odd_names(json: str, schema: int, _x: bool, model_config: str = "") -> None:
    """Names that a pydantic model would mind."""


def test_parameters_may_have_any_name() -> None:
    tool = make_tool(odd_names)
    assert list(tool.parameters["properties"]) == ["json", "schema", "_x", "model_config"]
    assert tool.validate({"json": "j", "schema": 1, "_x": True}) == ["j", 1, True, ""]


def no_parameters() -> str:
    """Nothing to say."""
    return ""


def test_no_parameters_are_an_empty_object() -> None:
    assert make_tool(no_parameters).parameters == {"type": "object", "properties": {}, "additionalProperties": False}


def stars(*rest: int) -> None:
    """No."""


def double_stars(**rest: int) -> None:
    """No."""


def no_hint(x) -> None:  # type: ignore[no-untyped-def] # that is what is tried
    """No."""


def lost_hint(x: Nowhere) -> None:  # type: ignore[name-defined] # noqa: F821 - that is what is tried
    """No."""


def no_schema(x: Callable[[], int]) -> None:
    """No."""


class Opaque:
    pass


def no_type(x: Opaque) -> None:
    """No."""


@pytest.mark.parametrize(
    ("function", "why"),
    [
        (stars, r"\*rest can't be offered to a model"),
        (double_stars, r"\*\*rest can't be offered to a model"),
        (no_hint, "the parameter x has no type hint"),
        (lost_hint, "a type hint names 'Nowhere'"),
        (no_schema, "JsonSchema|JSON schema|schema"),
        (no_type, "Opaque"),
        (lambda x: x, "'<lambda>' can't be a tool's name"),
    ],
)
def test_what_can_be_no_tool(function: Callable[..., Any], why: str) -> None:
    with pytest.raises(BadToolError, match=why) as error:
        make_tool(function)
    assert "\n" not in str(error.value)
    assert "https:" not in str(error.value)


@pytest.mark.parametrize("name", ["a b", "ä", "x" * 65, "a.b"])
def test_a_name_must_be_sendable(name: str) -> None:
    with pytest.raises(BadToolError, match="letters, digits"):
        make_tool(no_parameters, name=name)


GOOGLE = """Sum.

    More of it.

    Args:
        a (int): the first,
            on two lines
        *b: the second

    Returns:
        the sum
    """
NUMPY = """Sum.

    Parameters
    ----------
    a, b : int
        two numbers
    c
        a third

    Returns
    -------
    int
        the sum
    """
SPHINX = """Sum.

    :param int a: the first,
        on two lines
    :param b: the second
    :type b: int
    :returns: the sum
    """


@pytest.mark.parametrize(
    ("docstring", "told"),
    [
        (GOOGLE, {"a": "the first, on two lines", "b": "the second"}),
        (NUMPY, {"a": "two numbers", "b": "two numbers", "c": "a third"}),
        (SPHINX, {"a": "the first, on two lines", "b": "the second"}),
        ("Sum.", {}),
        ("", {}),
        (None, {}),
        ("Args:", {}),
    ],
)
def test_docstrings_of_all_styles(docstring: str | None, told: dict[str, str]) -> None:
    about, found = read(docstring)
    assert found == told
    if told:
        assert about.startswith("Sum.")
        assert "the sum" in about
        assert "second" not in about


@pytest.mark.parametrize(
    ("text", "value"),
    [("", {}), (" \n", {}), ("{}", {}), ('{"a": [1, null]}', {"a": [1, None]}), ('{"a": "\\ud83d"}', {"a": "\ud83d"})],
)
def test_arguments_are_read(text: str, value: dict[str, Any]) -> None:
    assert read_arguments(text) == value


@pytest.mark.parametrize("text", ['{"a":', "null", "[]", '"{}"', "{'a': 1}", '{"a": NaN}', '{"a": 1} {"b": 2}', "[" * 100_000])
def test_arguments_that_are_no_object_are_refused(text: str) -> None:
    with pytest.raises(ArgumentsError, match="JSON"):
        read_arguments(text)
