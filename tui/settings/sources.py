"""Where settings come from: the config file and the environment. Each gives a dict, not validated yet."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tui.settings.errors import SettingsError
from tui.settings.model import Settings
from tui.settings.values import expanded, parse_json

_VARIABLES = {f"STREAMTUI_{name.upper()}": name for name in Settings.model_fields if name != "providers"}


def config_path(option: str | Path | None, env: Mapping[str, str]) -> tuple[Path, bool]:
    """(the config file, whether it must exist, because it was named)."""
    if named := option or env.get("STREAMTUI_CONFIG"):
        return expanded(Path(named)), True
    import platformdirs

    return platformdirs.user_config_path("streamtui") / "config.toml", False


def default_data_dir() -> Path:
    """The platform's own folder for what the app keeps."""
    import platformdirs

    return platformdirs.user_data_path("streamtui")


def from_file(path: Path, must_exist: bool) -> dict[str, Any]:
    """The config file. Raises SettingsError if it can't be read, or is not TOML."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        if must_exist:
            raise SettingsError(f"{path}: there is no such file") from None
        return {}
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path}: must be UTF-8 (byte {error.start} is not)") from None
    values = _toml(text, path)
    if "new" in values:
        raise SettingsError(f"{path}: new: is not allowed here, only as an option")
    if isinstance(values.get("tools"), list):
        values["tools"] = [_beside(path, source) for source in values["tools"]]
    return values


def _beside(path: Path, source: Any) -> Any:
    """A file of tools that the config file names is looked for beside it; what is no file, or no text, is as it is."""
    if not isinstance(source, str) or not source.endswith(".py"):
        return source
    return str(expanded(path.parent) / expanded(Path(source)))


def _toml(text: str, path: Path) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(text)
    except RecursionError:
        raise SettingsError(f"{path}: not TOML that can be read: nested too deep") from None
    except ValueError as error:  # not only its own kind: a number of 5,000 digits is another
        raise SettingsError(f"{path}: not TOML: {' '.join(str(error).split())}") from None


def from_env(env: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """(settings, the variable of each). Raises SettingsError for parameters that are not JSON."""
    variables = {name: variable for variable, name in _VARIABLES.items() if env.get(variable)}
    # a provider that was named for streamtui is meant more than a variable of the SDK's
    if not variables.keys() & {"base_url", "provider"} and env.get("OPENAI_BASE_URL"):
        variables["base_url"] = "OPENAI_BASE_URL"
    found: dict[str, Any] = {name: env[variable] for name, variable in variables.items()}
    if "params" in found:
        try:
            found["params"] = parse_json(found["params"])
        except ValueError:
            raise SettingsError("STREAMTUI_PARAMS: must be a JSON object") from None
    return found, variables
