"""All sources, merged and validated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from tui.settings.errors import SettingsError, one_line
from tui.settings.model import Provider, Settings
from tui.settings.sources import config_path, default_data_dir, from_env, from_file


def load_settings(flags: Mapping[str, Any], env: Mapping[str, str]) -> Settings:
    """Settings out of options (None: not given), the environment and the config file. Raises SettingsError."""
    options = {name: value for name, value in flags.items() if value is not None}
    path, must_exist = config_path(options.pop("config", None), env)
    in_file = from_file(path, must_exist)
    in_env, variables = from_env(env)
    places = {name: f"{path}: {name}" for name in (*in_file, "providers")}
    places |= variables | {name: f"--{name.replace('_', '-')}" for name in options}
    merged: dict[str, Any] = {"data_dir": default_data_dir()}
    for level in (in_file, in_env, options):
        _merge(merged, level)
    try:
        settings = Settings.model_validate(merged)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise SettingsError(one_line(first, places[str(first["loc"][0])], Settings, Provider)) from None
    return settings.resolved(env, places)


def _merge(merged: dict[str, Any], level: dict[str, Any]) -> None:
    """Lay a stronger level over the weaker ones. Parameters add up; a place to ask replaces the other way to name one."""
    if "provider" in level or "base_url" in level:
        merged.pop("provider", None)
        merged.pop("base_url", None)
    weaker = merged.get("params")
    merged.update(level)
    if isinstance(weaker, dict) and isinstance(level.get("params"), dict):
        merged["params"] = {**weaker, **level["params"]}
