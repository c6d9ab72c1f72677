"""From a function to a tool: its parameters become a pydantic model, and that a JSON schema.

The model's fields are named a0, a1, ... and have the parameters' names as aliases: a parameter may be called `json` or `_x`.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, get_type_hints

from tui.tools import docstrings
from tui.tools.definition import Parameter, Tool
from tui.tools.errors import BadToolError
from tui.tools.marks import Marks
from tui.tools.reporting import Progress

if TYPE_CHECKING:
    from pydantic import BaseModel

_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_TOLD_BY_PYDANTIC = re.compile(r"\n\s*For further information.*|\s*Set `arbitrary_types_allowed.*", re.DOTALL)


def tool_of(function: Callable[..., Any], marks: Marks, source: str = "") -> Tool:
    """The tool that a function makes. Raises BadToolError."""
    name = marks.name or str(getattr(function, "__name__", ""))
    if not _NAME.fullmatch(name):
        raise BadToolError(f"{name!r} can't be a tool's name: letters, digits, _ and -, at most 64")
    if marks.timeout is not None and not marks.timeout >= 0:
        raise BadToolError("its timeout must be seconds, 0 or more")
    about, told = docstrings.read(function.__doc__)
    parameters = list(_parameters(function))
    model = _model(name, parameters, told)
    return Tool(name, about, _schema(model), function, model, tuple(parameters), marks.read_only, marks.timeout, source)


def _parameters(function: Callable[..., Any]) -> Iterator[Parameter]:
    hints = _hints(function)
    for name, parameter in inspect.signature(function).parameters.items():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            stars = "*" if parameter.kind is parameter.VAR_POSITIONAL else "**"
            raise BadToolError(f"{stars}{name} can't be offered to a model; name each parameter")
        if name not in hints:
            raise BadToolError(f"the parameter {name} has no type hint")
        by_place = parameter.kind is parameter.POSITIONAL_ONLY
        yield Parameter(name, hints[name], parameter.default, by_place=by_place, is_progress=hints[name] is Progress)


def _hints(function: Callable[..., Any]) -> Mapping[str, Any]:
    try:
        return get_type_hints(function, include_extras=True)
    except NameError as error:
        raise BadToolError(f"a type hint names {error.name!r}, which is not there when the tools are read") from None
    except Exception as error:  # a hint may be any expression, and raise anything
        raise BadToolError(f"its type hints can't be read: {type(error).__name__}: {error}") from None


def _model(name: str, parameters: list[Parameter], told: Mapping[str, str]) -> type[BaseModel]:
    from pydantic import ConfigDict, Field, PydanticUserError, create_model
    from pydantic.errors import PydanticUndefinedAnnotation

    fields: dict[str, Any] = {}
    for place, parameter in enumerate(parameters):
        if parameter.is_progress:
            continue
        more: dict[str, Any] = {"alias": parameter.name}
        if parameter.name in told and not _describes_itself(parameter.hint):
            more["description"] = told[parameter.name]
        if parameter.default is not inspect.Parameter.empty:
            more["default"] = parameter.default
        fields[f"a{place}"] = (parameter.hint, Field(**more))
    try:
        return create_model(f"{name} arguments", __config__=ConfigDict(extra="forbid", protected_namespaces=()), **fields)
    except (PydanticUserError, PydanticUndefinedAnnotation, TypeError) as error:
        raise BadToolError(_one_line(error)) from None


def _describes_itself(hint: Any) -> bool:
    """Whether `Annotated[..., Field(description=...)]` says already what the parameter means."""
    return any(getattr(part, "description", None) for part in getattr(hint, "__metadata__", ()))


def _schema(model: type[BaseModel]) -> dict[str, Any]:
    from pydantic.errors import PydanticInvalidForJsonSchema
    from pydantic.json_schema import GenerateJsonSchema

    class Plain(GenerateJsonSchema):
        """Without titles, which repeat the names, and without defaults that JSON can't say."""

        ignored_warning_kinds = {"skipped-choice", "non-serializable-default"}  # noqa: RUF012 - typed so by pydantic

        def field_title_should_be_set(self, schema: Any) -> bool:
            return False

    try:
        schema = model.model_json_schema(schema_generator=Plain)
    except PydanticInvalidForJsonSchema as error:
        raise BadToolError(_one_line(error)) from None
    schema.pop("title", None)
    return {"type": "object", "properties": {}, **schema}


def _one_line(error: Exception) -> str:
    return " ".join(_TOLD_BY_PYDANTIC.sub("", str(error)).split())
