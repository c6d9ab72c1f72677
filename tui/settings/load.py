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
    in_places = {name: f"{path}: {name}" for name in (*in_file, "providers")}
    spelled = {name: "--param" if name == "params" else f"--{name.replace('_', '-')}" for name in options}
    merged: dict[str, Any] = {"data_dir": default_data_dir()}
    for level, places in ((in_file, in_places), (in_env, variables), (options, spelled)):
        _validate(level, places)  # also what a stronger level hides
        _merge(merged, level)
    return Settings.model_validate(merged).resolved(env, in_places | variables | spelled)


def _validate(level: dict[str, Any], places: Mapping[str, str]) -> None:
    try:
        Settings.model_validate(level)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise SettingsError(one_line(first, places[str(first["loc"][0])], Settings, Provider)) from None


def _merge(merged: dict[str, Any], level: dict[str, Any]) -> None:
    """Lay a stronger level over the weaker ones. Parameters add up; a place to ask replaces the other way to name one."""
    if "provider" in level or "base_url" in level:
        merged.pop("provider", None)
        merged.pop("base_url", None)
    params = {**merged.get("params", {}), **level.get("params", {})}
    merged.update(level, params=params)
