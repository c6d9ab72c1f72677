"""Settings: which source wins, and where requests go."""

from __future__ import annotations

from pathlib import Path

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
