"""A tool: a function, what a model is told of it, and what its arguments must be."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError

_MOST_SAID = 10  # errors that a model is told at once


class ArgumentsError(Exception):
    """A call's arguments are not what the tool takes; the text is for the model."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a function; `default` is `inspect.Parameter.empty` where there is none."""

    name: str
    hint: Any
    default: Any = inspect.Parameter.empty
    by_place: bool = False  # it can't be given by name
    is_progress: bool = False  # not the model's, but ours to give


@dataclass(frozen=True, slots=True, eq=False)
class Tool:
    """A function that a model may call. `parameters` is a JSON schema of an object.

    `read_only`: it says of itself that it changes nothing. `timeout` is in seconds; None is the setting's, 0 is none.
    """

    name: str
    description: str
    parameters: Mapping[str, Any]
    function: Callable[..., Any]
    model: type[BaseModel]
    takes: tuple[Parameter, ...] = ()
    read_only: bool = False
    timeout: float | None = None
    source: str = ""  # the file or module that it comes from

    @property
    def summary(self) -> str:
        """The first line of what it says of itself."""
        return self.description.partition("\n")[0]

    def as_openai(self) -> dict[str, Any]:
        """The tool in the shape of OpenAI's `tools` list."""
        function = {"name": self.name, "description": self.description, "parameters": dict(self.parameters)}
        return {"type": "function", "function": function}

    def validate(self, arguments: Mapping[str, Any]) -> list[Any]:
        """The values of `takes`, in order; a place for progress holds None. Raises ArgumentsError."""
        from pydantic import ValidationError

        try:
            model = self.model.model_validate(dict(arguments))
        except ValidationError as error:
            raise ArgumentsError(f"The arguments of {self.name} are not valid: {_said(error)}") from None
        return [None if one.is_progress else getattr(model, f"a{place}") for place, one in enumerate(self.takes)]


def read_arguments(text: str) -> dict[str, Any]:
    """A call's arguments; nothing at all is none. Raises ArgumentsError for what is no JSON object."""
    if not text.strip():
        return {}
    try:
        value = json.loads(text, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        raise ArgumentsError(f"The arguments are not valid JSON: {error}. They were: {text[:500]}") from None
    except (ValueError, RecursionError) as error:
        raise ArgumentsError(f"The arguments are not valid JSON: {error}.") from None
    if not isinstance(value, dict):
        raise ArgumentsError(f"The arguments must be a JSON object. They were: {text[:500]}")
    return value


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON's")


def _said(error: ValidationError) -> str:
    errors = error.errors(include_url=False, include_context=False, include_input=False)
    told = [": ".join(filter(None, (".".join(map(str, one["loc"])), one["msg"]))) for one in errors[:_MOST_SAID]]
    return "; ".join(told) + ("; and more" if len(errors) > _MOST_SAID else "")
