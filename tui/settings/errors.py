"""What is wrong with a setting, in one line: where it stands, its name, and what is allowed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_SECRET = {"headers", "key_env", "keyring"}  # a key put where it does not belong is not shown
_LONGEST = 60  # characters of a wrong value


class SettingsError(ValueError):
    """A setting is wrong. Its text is one line that names the place, the setting and what is allowed."""


def one_line(error: ErrorDetails, place: str, model: type[BaseModel], tables: type[BaseModel]) -> str:
    """`place` says where the setting stands, and its name; `tables` is the model of a `[providers.NAME]`."""
    name, *inner = [str(part) for part in error["loc"]]
    if name == "providers" and inner:
        model, field = tables, (inner[1] if len(inner) > 1 else "")
    else:
        field = name
    where = ".".join([place, *inner])
    if error["type"] == "extra_forbidden":
        names = (name for name in model.model_fields if name != "new")  # an option alone
        return f"{where}: is not a setting; allowed are {', '.join(names)}"
    told = model.model_fields.get(field)
    return f"{where}: must be {told.description if told else 'a table'}{_shown(error['input'], {field})}"


def _shown(value: object, names: set[str]) -> str:
    plain = isinstance(value, (str, int, float)) and not names & _SECRET and "@" not in str(value)
    return f" (it is {str(value)[:_LONGEST]!r})" if plain else ""
