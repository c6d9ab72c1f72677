"""Settings: options beat the environment, which beats the config file, which beats the defaults.

The strongest source that names a provider or a base URL decides where requests go; if none does, a key alone means OpenAI,
and nothing at all means the embedded demo. Keys are never settings: they are looked up when an endpoint is made.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PrivateAttr, ValidationError

from tui.endpoint import Endpoint
from tui.engine.request import Timeouts
from tui.providers.demo import DEMO_BASE_URL
from tui.providers.known import KNOWN

__all__ = ["Endpoint", "Provider", "Settings", "SettingsError", "load_settings"]

KEY_VARIABLES = ("STREAMTUI_API_KEY", "OPENAI_API_KEY")


class SettingsError(ValueError):
    """A setting is wrong. Its text is one line that names the place, the key and what is allowed."""


def _web_address(value: str) -> str:
    try:
        parts = urlsplit(value)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
        good = good and not parts.query and not parts.fragment  # paths are put after it
    except ValueError:
        good = False
    if not good or any(character <= " " for character in value):
        raise ValueError("must be a web address, such as http://127.0.0.1:8080/v1")
    return value.rstrip("/")


BaseUrl = Annotated[str, AfterValidator(_web_address)]
Seconds = Annotated[float, Field(ge=0, le=86_400, allow_inf_nan=False)]
Name = Annotated[str, Field(min_length=1)]


class Provider(BaseModel):
    """One `[providers.NAME]` of the config file. Of a well-known name only what differs must be given."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    base_url: BaseUrl | None = None
    key_env: Name | None = None
    keyring: Annotated[str, Field(pattern=r"^[^/]+/.+$")] | None = None
    model: Name | None = None
    headers: dict[str, str] = {}
    params: dict[str, Any] = {}
    allow_plain_http: bool = False
    prefill: bool = False
    send_reasoning: bool = False


class Settings(BaseModel):
    """Everything that can be set. Durations are seconds, 0 is off."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    model: Name | None = None
    provider: Name | None = None
    base_url: BaseUrl | None = None
    system: str | None = None
    params: dict[str, Any] = {}
    connect_timeout: Seconds = 10.0
    first_token_timeout: Seconds = 120.0
    stall_timeout: Seconds = 60.0
    max_retries: Annotated[int, Field(ge=0, le=100)] = 2
    allow_plain_http: bool = False
    theme: Name | None = None
    data_dir: Path = Path()
    new: bool = False
    save: bool = True
    providers: dict[str, Provider] = {}
    _env: Mapping[str, str] = PrivateAttr(default_factory=dict)

    @property
    def timeouts(self) -> Timeouts:
        """The limits of every request."""
        return Timeouts(self.connect_timeout, self.first_token_timeout, self.stall_timeout)

    def endpoint(self) -> Endpoint:
        """Where requests go. Raises SettingsError if a provider is unknown or its keyring entry can't be read."""
        if self.provider:
            return self._provider(self.provider, self.base_url)
        source = next((name for name in KEY_VARIABLES if self._env.get(name, "").strip()), None)
        key = self._env[source].strip() if source else None
        if self.base_url:
            parts = urlsplit(self.base_url)
            allowed = self.allow_plain_http
            return Endpoint(parts.netloc.rpartition("@")[2], self.base_url, key, source, allow_plain_http=allowed)
        if key:
            return Endpoint("openai", KNOWN["openai"][0], key, source)
        return Endpoint("demo", DEMO_BASE_URL, model="demo", is_demo=True)

    def endpoints(self) -> list[Endpoint]:
        """Every endpoint that is configured, that of `endpoint()` first; those that can't be made are left out."""
        found = [self.endpoint()]
        for name in self.providers:
            try:
                endpoint = self._provider(name, None)
            except SettingsError:
                continue
            if endpoint.name not in {known.name for known in found}:
                found.append(endpoint)
        return found

    def _provider(self, name: str, base_url: str | None) -> Endpoint:
        provider = self.providers.get(name)
        if provider is None and name not in KNOWN and name != "demo":
            names = ", ".join(sorted({*self.providers, *KNOWN, "demo"}))
            raise SettingsError(
                f"provider: {name!r} is not known; allowed are {names}, or a [providers.NAME] of the config file"
            )
        if provider is None and name == "demo":
            return Endpoint("demo", DEMO_BASE_URL, model="demo", is_demo=True)
        provider = provider or Provider()
        known_url, known_env = KNOWN.get(name, (None, None))
        url = base_url or provider.base_url or known_url
        if url is None:
            raise SettingsError(f"providers.{name}: base_url is missing")
        key, source = self._key(name, provider, known_env)
        return Endpoint(
            name,
            url,
            key,
            source,
            provider.model,
            provider.headers,
            provider.params,
            allow_plain_http=provider.allow_plain_http or self.allow_plain_http,
            prefill=provider.prefill,
            send_reasoning=provider.send_reasoning,
        )

    def _key(self, name: str, provider: Provider, known_env: str | None) -> tuple[str | None, str | None]:
        if provider.keyring:
            return _from_keyring(name, provider.keyring), f"the keyring entry {provider.keyring}"
        variable = provider.key_env or known_env
        if variable is None:
            return None, None
        key = self._env.get(variable, "").strip()  # out of a file it comes with a newline
        return (key, variable) if key else (None, f"{variable}, which is not set")


def _from_keyring(name: str, entry: str) -> str | None:
    try:
        import keyring  # type: ignore[import-not-found, unused-ignore] # an optional extra
        from keyring.errors import KeyringError  # type: ignore[import-not-found, unused-ignore] # likewise
    except ImportError:
        raise SettingsError(f"providers.{name}.keyring: needs the extra, pip install 'streamtui[keyring]'") from None
    service, _, user = entry.partition("/")
    try:
        found: str | None = keyring.get_password(service, user)
    except KeyringError as error:
        raise SettingsError(f"providers.{name}.keyring: {' '.join(str(error).split())}") from None
    return found


_VARIABLES = {f"STREAMTUI_{name.upper()}": name for name in Settings.model_fields if name not in ("providers", "new")}


def load_settings(flags: Mapping[str, Any], env: Mapping[str, str]) -> Settings:
    """Settings out of options (None: not given), the environment and the config file. Raises SettingsError."""
    given = {name: value for name, value in flags.items() if value is not None}
    path, must_exist = _config_path(given.pop("config", None), env)
    levels = [(_from_file(path, must_exist), str(path)), (_from_env(env), ""), (given, "")]
    merged: dict[str, Any] = {}
    origin: dict[str, str] = {}
    for level, place in levels:
        if "provider" in level or "base_url" in level:
            merged.pop("provider", None)
            merged.pop("base_url", None)
        params = {**merged.get("params", {}), **level["params"]} if isinstance(level.get("params"), dict) else None
        merged.update(level)
        if params is not None:
            merged["params"] = params
        origin.update({name: place or _spelling(name, level is given, env) for name in level})
    merged.setdefault("data_dir", _default_data_dir())
    try:
        settings = Settings.model_validate(merged)
    except ValidationError as error:
        raise SettingsError(_one_line(error, origin, str(path))) from None
    settings._env = env  # noqa: SLF001 - pydantic's private attributes can only be set from outside the fields
    settings.endpoint()
    return settings


def _spelling(name: str, is_flag: bool, env: Mapping[str, str]) -> str:
    if is_flag:
        return f"--{name.replace('_', '-')}"
    variable = f"STREAMTUI_{name.upper()}"
    return variable if variable in env else f"OPENAI_{name.upper()}"


def _config_path(flag: str | Path | None, env: Mapping[str, str]) -> tuple[Path, bool]:
    named = flag or env.get("STREAMTUI_CONFIG")
    if named:
        return Path(named).expanduser(), True
    import platformdirs

    return platformdirs.user_config_path("streamtui") / "config.toml", False


def _default_data_dir() -> Path:
    import platformdirs

    return platformdirs.user_data_path("streamtui")


def _from_file(path: Path, must_exist: bool) -> dict[str, Any]:
    import tomllib

    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        if must_exist:
            raise SettingsError(f"{path}: there is no such file") from None
        return {}
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror or error}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: not TOML: {' '.join(str(error).split())}") from None
    if "new" in values:
        raise SettingsError(f"{path}: new: is not allowed here, only as an option")
    return values


def _from_env(env: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {name: env[variable] for variable, name in _VARIABLES.items() if env.get(variable)}
    if "params" in found:
        try:
            found["params"] = json.loads(found["params"])
        except ValueError:
            raise SettingsError("STREAMTUI_PARAMS: must be a JSON object") from None
    # a provider that was named for streamtui is meant more than a variable of the SDK's
    if not found.keys() & {"base_url", "provider"} and env.get("OPENAI_BASE_URL"):
        found["base_url"] = env["OPENAI_BASE_URL"]
    return found


def _one_line(error: ValidationError, origin: Mapping[str, str], path: str) -> str:
    first = error.errors(include_url=False, include_context=False)[0]
    key = ".".join(str(part) for part in first["loc"])
    top = str(first["loc"][0]) if first["loc"] else ""
    place = origin.get(top, path)
    if first["type"] == "extra_forbidden":
        fields = Provider.model_fields if top == "providers" else [name for name in Settings.model_fields if name != "new"]
        return f"{place}: {key}: is not a setting; allowed are {', '.join(fields)}"
    said = first["msg"].removeprefix("Value error, ")
    given = first.get("input")
    shown = "" if isinstance(given, (dict, list)) else f" (it is {str(given)[:60]!r})"
    return f"{place}: {key}: {said[:1].lower()}{said[1:]}{shown}".replace("\n", " ")
