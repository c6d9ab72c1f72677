"""What can be set. The description of a field is what an error says is allowed: "must be ..."."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PrivateAttr

from tui.endpoint import Endpoint
from tui.engine.request import Timeouts
from tui.providers.demo import DEMO_BASE_URL
from tui.providers.known import KNOWN
from tui.settings.errors import SettingsError
from tui.settings.keys import from_keyring, from_variable
from tui.settings.values import folder, header_fields, json_table, listed, web_address

KEY_VARIABLES = ("STREAMTUI_API_KEY", "OPENAI_API_KEY")

BaseUrl = Annotated[str, AfterValidator(web_address)]
Folder = Annotated[Path, BeforeValidator(folder)]
Headers = Annotated[dict[str, str], AfterValidator(header_fields)]
Params = Annotated[dict[str, Any], AfterValidator(json_table)]
Seconds = Annotated[float, Field(ge=0, le=86_400, allow_inf_nan=False)]
Name = Annotated[str, Field(min_length=1)]
Names = Annotated[tuple[Name, ...], BeforeValidator(listed)]

Variable = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]

_URL = "a web address without password, query and fragment, such as http://127.0.0.1:8080/v1"
_MODEL = "the name of a model"
_PARAMS = "a table (in JSON an object) of values that JSON has: no dates, no nan, no inf"
_SECONDS = "seconds, from 0 to 86400; 0 is off"
_YES_NO = "true or false"


class Provider(BaseModel):
    """One `[providers.NAME]` of the config file. Of a well-known name only what differs must be given."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    base_url: BaseUrl | None = Field(default=None, description=_URL)
    key_env: Variable | None = Field(default=None, description="the name of the environment variable that holds the key")
    keyring: Annotated[str, Field(pattern=r"^[^/]+/.+$")] | None = Field(default=None, description='"service/user"')
    model: Name | None = Field(default=None, description=_MODEL)
    headers: Headers = Field(default={}, description="a table of HTTP headers, of printable ASCII", repr=False)
    params: Params = Field(default={}, description=_PARAMS)
    allow_plain_http: bool = Field(default=False, description=_YES_NO)
    prefill: bool = Field(default=False, description=_YES_NO)
    send_reasoning: bool = Field(default=False, description=_YES_NO)


class Settings(BaseModel):
    """Everything that can be set. Durations are seconds, 0 is off."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    model: Name | None = Field(default=None, description=_MODEL)
    provider: Name | None = Field(default=None, description="the name of a provider")
    base_url: BaseUrl | None = Field(default=None, description=_URL)
    system: str | None = Field(default=None, description="a text")
    params: Params = Field(default={}, description=_PARAMS)
    connect_timeout: Seconds = Field(default=10.0, description=_SECONDS)
    first_token_timeout: Seconds = Field(default=120.0, description=_SECONDS)
    stall_timeout: Seconds = Field(default=60.0, description=_SECONDS)
    max_retries: Annotated[int, Field(ge=0, le=100)] = Field(default=2, description="a whole number, from 0 to 100")
    allow_plain_http: bool = Field(default=False, description=_YES_NO)
    theme: Name | None = Field(default=None, description="the name of a theme")
    data_dir: Folder = Field(default=Path(), description="a folder")
    tools: Names | None = Field(default=None, description='a list of Python files, modules and "builtin"')
    allow_tools: Names = Field(default=(), description="a list of names of tools that are read-only")
    max_tool_rounds: Annotated[int, Field(ge=0, le=100)] = Field(default=8, description="a whole number, from 0 to 100")
    tool_timeout: Seconds = Field(default=30.0, description=_SECONDS)
    new: bool = Field(default=False, description=_YES_NO)
    save: bool = Field(default=True, description=_YES_NO)
    record: Folder | None = Field(default=None, description="a folder")
    providers: dict[str, Provider] = Field(default={}, description="tables, [providers.NAME]")
    _env: Mapping[str, str] = PrivateAttr(default_factory=dict)
    _places: Mapping[str, str] = PrivateAttr(default_factory=dict)

    def resolved(self, env: Mapping[str, str], places: Mapping[str, str]) -> Settings:
        """These, knowing the keys in `env` and where each setting stands. Raises SettingsError if nothing can be asked so."""
        self._env, self._places = env, places
        self.endpoint()
        return self

    def place(self, name: str, *inner: str) -> str:
        """Where a setting stands, and its name: what an error about it begins with."""
        return ".".join([self._places.get(name, name), *inner])

    @property
    def timeouts(self) -> Timeouts:
        """The limits of every request."""
        return Timeouts(self.connect_timeout, self.first_token_timeout, self.stall_timeout)

    def endpoint(self) -> Endpoint:
        """Where requests go. Raises SettingsError if a provider is unknown or its key can't be had."""
        if self.provider:
            return self._provider(self.provider, self.base_url)
        key, source = self._any_key()
        if self.base_url:
            name = urlsplit(self.base_url).netloc
            return Endpoint(name, self.base_url, key, source, allow_plain_http=self.allow_plain_http)
        if key:
            return Endpoint("openai", KNOWN["openai"][0], key, source)
        return _demo()

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

    def keyed_endpoints(self) -> list[Endpoint]:
        """The well-known providers that need no more configuration: the variable of their key is set."""
        named = [name for name, (_, variable) in KNOWN.items() if variable and from_variable(self._env, variable)]
        return [self._provider(name, None) for name in named]

    def _provider(self, name: str, base_url: str | None) -> Endpoint:
        provider = self.providers.get(name) or self._well_known(name)
        if provider is None:
            return _demo()
        url = base_url or provider.base_url or KNOWN.get(name, (None,))[0]
        if url is None:
            raise SettingsError(f"{self.place('providers', name)}: base_url is missing; it must be {_URL}")
        key, source = self._key(name, provider)
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

    def _well_known(self, name: str) -> Provider | None:
        """A provider that needs no configuration; None is the demo."""
        if name in KNOWN:
            return Provider()
        if name == "demo":
            return None
        names = ", ".join(sorted({*self.providers, *KNOWN, "demo"}))
        raise SettingsError(f"{self.place('provider')}: must be one of {names}, or a [providers.NAME] (it is {name!r})")

    def _any_key(self) -> tuple[str | None, str | None]:
        """The key of whoever is asked without being a provider, and the variable that holds it."""
        for variable in KEY_VARIABLES:
            if key := from_variable(self._env, variable):
                return key, variable
        return None, None

    def _key(self, name: str, provider: Provider) -> tuple[str | None, str | None]:
        if provider.keyring:
            return from_keyring(provider.keyring, self.place("providers", name, "keyring"))
        variable = provider.key_env or KNOWN.get(name, (None, None))[1]
        if variable is None:
            return None, None
        key = from_variable(self._env, variable)
        return (key, variable) if key else (None, f"{variable}, which is not set")


def _demo() -> Endpoint:
    return Endpoint("demo", DEMO_BASE_URL, model="demo", is_demo=True)
