"""Settings: which source wins, and where requests go."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from tui.settings import Endpoint, SettingsError, load_settings


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A config file of two providers."""
    path = tmp_path / "config.toml"
    path.write_text(
        'provider = "work"\nstall_timeout = 7\n[params]\ntemperature = 0.1\ntop_p = 0.9\n'
        '[providers.work]\nbase_url = "https://llm.example/v1/"\nkey_env = "WORK_KEY"\nmodel = "large"\n'
        '[providers.lab]\nbase_url = "http://lab.example/v1"\nkey_env = "LAB_KEY"\n'
    )
    return path


def endpoint(config: Path, flags: dict[str, object] | None = None, **env: str) -> Endpoint:
    """Where requests go."""
    return load_settings({"config": config, **(flags or {})}, env).endpoint()


def test_options_beat_the_environment_which_beats_the_file(config: Path) -> None:
    env = {"STREAMTUI_STALL_TIMEOUT": "8", "STREAMTUI_PARAMS": '{"top_p": 0.5}'}
    assert load_settings({"config": config}, {}).stall_timeout == 7
    assert load_settings({"config": config}, env).stall_timeout == 8
    settings = load_settings({"config": config, "stall_timeout": "9", "params": {"seed": 1}}, env)
    assert settings.stall_timeout == 9
    assert settings.params == {"temperature": 0.1, "top_p": 0.5, "seed": 1}


def test_the_strongest_source_that_names_a_place_decides(config: Path) -> None:
    assert endpoint(config).base_url == "https://llm.example/v1"
    assert endpoint(config, OPENAI_BASE_URL="http://127.0.0.1:1/v1").name == "127.0.0.1:1"
    assert endpoint(config, OPENAI_BASE_URL="http://127.0.0.1:1/v1", STREAMTUI_PROVIDER="lab").name == "lab"
    assert endpoint(config, {"base_url": "http://127.0.0.1:2/v1"}, STREAMTUI_PROVIDER="lab").name == "127.0.0.1:2"


def test_nothing_configured_is_the_demo_and_a_key_alone_is_openai(tmp_path: Path) -> None:
    empty = tmp_path / "empty.toml"
    empty.touch()
    assert endpoint(empty).is_demo
    openai = endpoint(empty, OPENAI_API_KEY="sk-x")
    assert (openai.name, openai.base_url, openai.key) == ("openai", "https://api.openai.com/v1", "sk-x")


def test_keys_come_from_the_named_variable_and_show_nowhere(config: Path) -> None:
    found = endpoint(config, WORK_KEY="sk-work-secret", OPENAI_API_KEY="sk-other")
    assert (found.key, found.key_source) == ("sk-work-secret", "WORK_KEY")
    assert "secret" not in repr(found)
    assert "secret" not in repr(load_settings({"config": config}, {"WORK_KEY": "sk-work-secret"}))
    missing = endpoint(config)
    assert missing.key is None
    assert missing.key_source == "WORK_KEY, which is not set"


@pytest.mark.parametrize(
    ("url", "key", "clear"),
    [
        ("http://llm.example/v1", "k", True),
        ("http://llm.example/v1", None, False),
        ("https://llm.example/v1", "k", False),
        ("http://127.0.0.1:8080/v1", "k", False),
        ("http://[::1]:8080/v1", "k", False),
        ("http://localhost/v1", "k", False),
        ("http://127.0.0.1.evil.example/v1", "k", True),
    ],
)
def test_a_key_in_clear_is_noticed(url: str, key: str | None, clear: bool) -> None:
    assert Endpoint("x", url, key).key_in_clear is clear


def test_plain_http_can_be_allowed(config: Path) -> None:
    assert endpoint(config, {"provider": "lab"}, LAB_KEY="k").key_in_clear
    config.write_text(config.read_text() + "allow_plain_http = true\n")
    assert not endpoint(config, {"provider": "lab"}, LAB_KEY="k").key_in_clear


def test_an_unknown_provider_is_an_error_that_names_the_known_ones(config: Path) -> None:
    with pytest.raises(SettingsError, match="ollama"):
        endpoint(config, {"provider": "nobody"})


def test_the_newline_after_a_key_is_no_part_of_it(config: Path) -> None:
    assert load_settings({"config": config}, {"WORK_KEY": "sk-1\n"}).endpoint().key == "sk-1"
    assert load_settings({"config": config, "provider": "openai"}, {"OPENAI_API_KEY": "sk-2\n"}).endpoint().key == "sk-2"


@pytest.mark.parametrize(
    ("variable", "value"), [("OPENAI_API_KEY", "sk-\u00e9-secret"), ("STREAMTUI_API_KEY", "sk-secret\nX-Header: 1")]
)
def test_a_key_that_no_header_can_carry_is_named_by_its_variable_alone(tmp_path: Path, variable: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"^{variable}: must be a key") as error:
        load_settings({"config": _file(tmp_path, "")}, {variable: value})
    assert "secret" not in str(error.value)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("params = 3", "params: must be a table"),
        ("params = {seed = nan}", "params: must be a table"),
        ("params = {day = 2020-01-01}", "params: must be a table"),
        ("params = " + "{a = " * 3000 + "1" + "}" * 3000, "not TOML"),
        ("max_retries = " + "1" * 5000, "not TOML"),
        ("max_retries = -1", "max_retries: must be a whole number, from 0 to 100 (it is '-1')"),
        ("model = ''", "model: must be the name of a model (it is '')"),
        ("data_dir = ''", "data_dir: must be a folder (it is '')"),
        ("save = 'maybe'", "save: must be true or false (it is 'maybe')"),
        ("new = true", "new: is not allowed here"),
        ("providers = 3", "providers: must be tables"),
        ("providers = {x = 3}", "providers.x: must be a table"),
        ("provider = 'x'", "provider: must be one of"),
        ("provider = 'x'\n[providers.x]", "providers.x: base_url is missing"),
        ("base_url = 'http://me:secret@llm.test/v1'", "base_url: must be a web address"),
        ("[providers.x]\nkey_env = 'sk-secret'", "providers.x.key_env: must be the name of the environment variable"),
        ("[providers.x]\nkeyring = 'secret'", 'providers.x.keyring: must be "service/user"'),
        ('[providers.x.headers]\nX-Key = "secret\\nX-Other: 1"', "providers.x.headers: must be a table of HTTP headers"),
        ("[providers.x.headers]\nX-Key = ['secret']", "providers.x.headers.X-Key: must be"),
        ("api_key = 'secret'", "api_key: is not a setting; allowed are model, "),
    ],
)
def test_what_is_wrong_in_the_file_is_told_with_what_is_allowed(tmp_path: Path, text: str, told: str) -> None:
    path = _file(tmp_path, text)
    with pytest.raises(SettingsError) as error:
        load_settings({"config": path, "params": {}, "model": "m"}, {})  # an option hides nothing that is wrong
    assert str(error.value).startswith(f"{path}: ")
    assert told in str(error.value)
    assert "secret" not in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("content", [None, b"\xff", b""])
def test_a_file_that_can_not_be_read_is_told(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "config.toml"
    if content:
        path.write_bytes(content)
    elif content is not None:
        path.mkdir()
    with pytest.raises(SettingsError, match=r"config\.toml: "):
        load_settings({"config": path}, {})


def test_a_file_from_windows_is_read(tmp_path: Path) -> None:
    assert load_settings({"config": _file(tmp_path, "\ufeffmodel = 'm'\r\n")}, {}).model == "m"


def test_every_option_has_a_variable(tmp_path: Path) -> None:
    env = {"STREAMTUI_CONFIG": str(_file(tmp_path, "")), "STREAMTUI_NEW": "1", "STREAMTUI_SAVE": "no", "STREAMTUI_MODEL": "m"}
    env |= {"STREAMTUI_DATA_DIR": "~/kept", "STREAMTUI_THEME": ""}
    settings = load_settings({}, env)
    assert (settings.new, settings.save, settings.model, settings.theme) == (True, False, "m", None)
    assert settings.data_dir == Path.home() / "kept"
    with pytest.raises(SettingsError, match=r"^STREAMTUI_PARAMS: must be"):
        load_settings({}, env | {"STREAMTUI_PARAMS": "[NaN]"})


def test_no_repr_shows_the_headers_of_a_provider(tmp_path: Path) -> None:
    text = "provider = 'x'\n[providers.x]\nbase_url = 'http://llm.test'\n[providers.x.headers]\nX-Key = 'secret'"
    settings = load_settings({"config": _file(tmp_path, text)}, {})
    assert settings.endpoint().headers == {"X-Key": "secret"}
    assert settings.endpoint().key_in_clear
    assert "secret" not in repr(settings) + repr(settings.endpoint())


def test_a_keyring_holds_keys_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "provider = 'x'\n[providers.x]\nbase_url = 'https://llm.test/v1'\nkeyring = 'service/{}'"
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(SettingsError, match=r"providers\.x\.keyring: needs the extra"):
        load_settings({"config": _file(tmp_path, text.format("nobody"))}, {})

    errors = ModuleType("keyring.errors")
    errors.KeyringError = OSError  # type: ignore[attr-defined] # a module made here
    asked = []

    def password(service: str, user: str) -> str:
        asked.append((service, user))
        return "sk-kept"

    keyring = SimpleNamespace(get_password=password)
    monkeypatch.setitem(sys.modules, "keyring", keyring)
    monkeypatch.setitem(sys.modules, "keyring.errors", errors)
    settings = load_settings({"config": _file(tmp_path, text.format("me"))}, {})
    assert (settings.endpoint().key, settings.endpoint().key_source) == ("sk-kept", "the keyring entry service/me")
    assert asked == [("service", "me")]  # once, for it may ask the person


def test_endpoints_are_all_that_is_configured_the_chosen_one_first(config: Path) -> None:
    config.write_text(config.read_text() + "[providers.lost]\nmodel = 'm'\n")
    settings = load_settings({"config": config, "provider": "lab"}, {})
    assert [each.name for each in settings.endpoints()] == ["lab", "work"]


def _file(folder: Path, text: str) -> Path:
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    return path
