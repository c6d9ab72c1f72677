"""Opening links: only http, https and mailto, and after showing where they go."""

from __future__ import annotations

from urllib.parse import urlsplit

SCHEMES = frozenset(("http", "https", "mailto"))


def is_safe(href: str) -> bool:
    """Whether a link may be opened at all."""
    try:
        return urlsplit(href).scheme.lower() in SCHEMES
    except ValueError:
        return False
