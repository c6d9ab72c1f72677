"""One endpoint, resolved: where it is, what it is called, and the key that goes with it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any, Protocol
from urllib.parse import urlsplit

_holds_secret = re.compile("auth|key|token|secret|cookie", re.IGNORECASE).search  # of a header's name


def is_loopback(host: str) -> bool:
    """Whether a host is this machine."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


class InMemory(Protocol):
    """An endpoint inside the program: transports for the HTTP library, made anew for each client."""

    def async_transport(self) -> Any:
        """An `httpx2.AsyncBaseTransport`."""

    def sync_transport(self) -> Any:
        """An `httpx2.BaseTransport`."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An OpenAI-compatible endpoint. `key` never shows in a repr; `key_source` says where it came from, or should have."""

    name: str
    base_url: str
    key: str | None = field(default=None, repr=False)
    key_source: str | None = None
    model: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    params: Mapping[str, Any] = field(default_factory=dict)
    is_demo: bool = False
    allow_plain_http: bool = False
    prefill: bool = False  # the server takes `continue_final_message` to go on with a partial answer
    send_reasoning: bool = False
    in_memory: InMemory | None = field(default=None, repr=False, compare=False)

    @property
    def secrets(self) -> list[str]:
        """What must not be written down."""
        return [text for text in (self.key, *(value for name, value in self.headers.items() if _holds_secret(name))) if text]

    @property
    def key_in_clear(self) -> bool:
        """Whether a key would cross a network unencrypted, and nobody allowed that."""
        parts = urlsplit(self.base_url)
        secret = bool(self.key) or any(map(_holds_secret, self.headers))
        return secret and parts.scheme == "http" and not is_loopback(parts.hostname or "") and not self.allow_plain_http
