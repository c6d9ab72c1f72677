"""Keys: out of environment variables and keyrings, and never into a text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from tui.settings.errors import SettingsError

_SENDABLE = re.compile(r"[\x21-\x7e]*").fullmatch


def from_variable(env: Mapping[str, str], variable: str) -> str | None:
    """The key in a variable, if it is set. Raises SettingsError for what no header can carry."""
    return _checked(env.get(variable), variable)


def from_keyring(entry: str, place: str) -> tuple[str | None, str]:
    """The key of a keyring's "service/user", and what to call its source. Raises SettingsError if it can't be read."""
    key = _checked(_read(entry, place), place)
    return key, f"the keyring entry {entry}" + ("" if key else ", which is empty")


def _checked(key: str | None, place: str) -> str | None:
    key = (key or "").strip()  # out of a file it comes with a newline
    if not _SENDABLE(key):
        raise SettingsError(f"{place}: must be a key, printable ASCII without spaces (it is not shown here)")
    return key or None


@cache  # a keyring may ask the person each time
def _read(entry: str, place: str) -> str | None:
    try:
        import keyring  # type: ignore[import-not-found, unused-ignore] # an optional extra
        from keyring.errors import KeyringError  # type: ignore[import-not-found, unused-ignore] # likewise
    except ImportError:
        raise SettingsError(f"{place}: needs the extra, pip install 'streamtui[keyring]'") from None
    service, _, user = entry.partition("/")
    try:
        found: str | None = keyring.get_password(service, user)
    except KeyringError as error:
        raise SettingsError(f"{place}: {' '.join(str(error).split())}") from None
    return found
