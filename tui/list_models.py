"""`streamtui models`: the models that the endpoint offers, one a line."""

from __future__ import annotations

from contextlib import suppress

from tui.endpoint import Endpoint
from tui.engine.failure import Failure
from tui.printing import on_terminal, say, sentences, write
from tui.providers.client import sync_client
from tui.providers.models import ModelsError, list_models_sync
from tui.safe_text import visible_line
from tui.settings import Settings
from tui.usage import UsageError


def print_models(settings: Settings) -> int:
    """Print them; 0, or 1 if they can't be had."""
    endpoint = settings.endpoint()
    refuse_clear_key(endpoint)
    try:
        names = list_models_sync(sync_client(endpoint, settings.timeouts))
    except ModelsError as error:
        say(told(error.failure))
        return 1
    if on_terminal():
        names = [visible_line(name) for name in names]
    with suppress(BrokenPipeError):
        write("".join(f"{name}\n" for name in names))
    return 0


def told(failure: Failure) -> str:
    """A failure in one line."""
    return visible_line(sentences(failure.title, failure.detail, failure.advice))


def refuse_clear_key(endpoint: Endpoint) -> None:
    """Raise UsageError rather than send a key unencrypted."""
    if endpoint.key_in_clear:
        reason = "is plain http: a key would cross the network unencrypted (allow_plain_http in the config file allows it)"
        raise UsageError(f"{endpoint.base_url} {reason}")
