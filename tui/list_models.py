"""`streamtui models`: the models that the endpoint offers, one a line."""

from __future__ import annotations

import sys

from tui.providers.client import sync_client
from tui.providers.models import ModelsError, list_models_sync
from tui.safe_text import visible_line
from tui.settings import Settings
from tui.usage import UsageError


def print_models(settings: Settings) -> int:
    """Print them; 0, or 1 if they can't be had."""
    endpoint = settings.endpoint()
    if endpoint.key_in_clear:
        raise UsageError(clear_key(endpoint.base_url))
    try:
        names = list_models_sync(sync_client(endpoint, settings.timeouts))
    except ModelsError as error:
        failure = error.failure
        parts = (failure.title, failure.detail, failure.advice)
        sys.stderr.write(f"streamtui: {visible_line(' '.join(part for part in parts if part))}\n")
        return 1
    to_person = sys.stdout.isatty()
    text = "".join(f"{visible_line(name) if to_person else name}\n" for name in names)
    try:
        sys.stdout.buffer.write(text.encode("utf-8", "replace"))
        sys.stdout.flush()
    except BrokenPipeError:
        leave_closed_pipe()
    return 0


def clear_key(base_url: str) -> str:
    """Why nothing is sent."""
    return f"{visible_line(base_url)} is plain http: a key would cross the network unencrypted (allow_plain_http allows it)"


def leave_closed_pipe() -> None:
    """Let the interpreter end without complaining about a standard output that nobody reads."""
    import os

    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
