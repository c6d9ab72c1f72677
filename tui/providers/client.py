"""Clients for an endpoint: no key, no Authorization header; no retries and no redirects, both are the engine's."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from tui.endpoint import Endpoint, InMemory, is_loopback
from tui.engine.request import Timeouts
from tui.usage import UsageError

if TYPE_CHECKING:
    import httpx2
    from openai import AsyncOpenAI, OpenAI

    from tui.recording.recorder import Recorder

Client = TypeVar("Client", "OpenAI", "AsyncOpenAI")
LIMIT = 256  # connections: every tab may stream at once


def async_client(endpoint: Endpoint, timeouts: Timeouts, recorder: Recorder | None = None) -> AsyncOpenAI:
    """An async client, whose streams `recorder` records. Importing `openai` takes about a second, so call it in a thread.

    Where the environment names certificates or a proxy that can't be used, each of its requests fails and says so.
    """
    from openai import AsyncOpenAI

    return _own_headers_only(endpoint, AsyncOpenAI(**_options(endpoint), http_client=_async_http(endpoint, timeouts, recorder)))


def async_http_client(endpoint: Endpoint, timeouts: Timeouts, recorder: Recorder | None = None) -> httpx2.AsyncClient:
    """The HTTP client alone, without the SDK, for who passes bodies on as they are; it has the endpoint's headers and key."""
    client = _async_http(endpoint, timeouts, recorder)
    client.base_url = f"{endpoint.base_url}/"
    key = {"Authorization": f"Bearer {endpoint.key}"} if endpoint.key else {}
    client.headers.update({**key, **_headers(endpoint)})
    return client


def _async_http(endpoint: Endpoint, timeouts: Timeouts, recorder: Recorder | None) -> httpx2.AsyncClient:
    import httpx2

    options = _http_options(timeouts)
    if memory := _in_memory(endpoint):
        options["transport"] = memory.async_transport()
    options["event_hooks"] = {"request": [_drop_placeholder_async]}
    try:
        options |= _from_environment(endpoint)
        http_client = httpx2.AsyncClient(**options)
    except (*_BAD_ENVIRONMENT, httpx2.InvalidURL) as error:
        options |= {"transport": _refusing(_blame(error)), "trust_env": False}
        http_client = httpx2.AsyncClient(**options)
    if recorder is not None:
        from tui.recording.transport import record_async

        record_async(http_client, recorder, endpoint.secrets)
    return http_client


def sync_client(endpoint: Endpoint, timeouts: Timeouts, recorder: Recorder | None = None) -> OpenAI:
    """A synchronous client, for `ask` and `models`. Raises UsageError if the environment's proxy can't be used, say."""
    import httpx2
    from openai import OpenAI

    options = _http_options(timeouts)
    options["limits"] = httpx2.Limits(max_keepalive_connections=0)  # the read limit is set where a connection is made
    if memory := _in_memory(endpoint):
        options["transport"] = memory.sync_transport()
    options["event_hooks"] = {"request": [_drop_placeholder]}
    try:
        options |= _from_environment(endpoint)
        http_client = httpx2.Client(**options)
    except (*_BAD_ENVIRONMENT, httpx2.InvalidURL) as error:
        raise UsageError(_blame(error)) from None
    if recorder is not None:
        from tui.recording.transport import record_sync

        record_sync(http_client, recorder, endpoint.secrets)
    return _own_headers_only(endpoint, OpenAI(**_options(endpoint), http_client=http_client))


def _in_memory(endpoint: Endpoint) -> InMemory | None:
    if endpoint.is_demo:
        from tui.providers import demo

        return demo
    return endpoint.in_memory


_BAD_ENVIRONMENT = (OSError, ImportError, ValueError)  # what making a client raises for certificates and proxies


def _blame(error: Exception) -> str:
    if isinstance(error, OSError):
        return f"{_named('SSL_CERT_FILE', 'SSL_CERT_DIR')} can't be used: {error}"
    proxies = _named("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY")
    if isinstance(error, ImportError):
        return f"{proxies} can't be used: a SOCKS proxy needs one more package; pip install socksio"
    # what the error says may quote the URL, and the proxy's password with it
    return f"{proxies} can't be used: it must be like http://HOST:PORT (or https, socks5, socks5h)"


def _named(*variables: str) -> str:
    """Those of the variables that are set."""
    found = [name for name in variables if os.environ.get(name) or os.environ.get(name.lower())]
    return " or ".join(found or variables)


def _refusing(reason: str) -> httpx2.MockTransport:
    import httpx2

    def refuse(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError(reason, request=request)

    return httpx2.MockTransport(refuse)


_NO_KEY = "none"  # the SDK refuses to send no Authorization header at all, so the hook below takes this one out again


def _headers(endpoint: Endpoint) -> dict[str, str]:
    headers = dict(endpoint.headers)
    if not endpoint.key and "authorization" not in {name.lower() for name in headers}:
        headers["Authorization"] = _NO_KEY
    return headers


def _options(endpoint: Endpoint) -> dict[str, Any]:
    return {
        "base_url": endpoint.base_url,
        "api_key": endpoint.key or "",
        "admin_api_key": "",
        "max_retries": 0,
        "default_headers": _headers(endpoint),
    }


def _own_headers_only(endpoint: Endpoint, client: Client) -> Client:
    """What the environment holds for OpenAI itself (organization, project, admin key, custom headers) goes nowhere else."""
    client.admin_api_key = None
    if (urlsplit(endpoint.base_url).hostname or "") != "api.openai.com":
        client.organization = client.project = None
        client._custom_headers = _headers(endpoint)  # noqa: SLF001 - no public way to drop OPENAI_CUSTOM_HEADERS
    return client


def _drop_placeholder(request: httpx2.Request) -> None:
    if request.headers.get("authorization") == _NO_KEY:
        del request.headers["authorization"]


async def _drop_placeholder_async(request: httpx2.Request) -> None:
    _drop_placeholder(request)


def _from_environment(endpoint: Endpoint) -> dict[str, Any]:
    """What the environment has a say in: proxies, but none to reach this machine; certificates in any case."""
    import httpx2

    parts = urlsplit(endpoint.base_url)
    if not is_loopback(parts.hostname or ""):
        return {"trust_env": True}
    # without TLS no certificates are read: that costs 10 ms
    return {"trust_env": False, "verify": httpx2.create_ssl_context() if parts.scheme == "https" else False}


def _http_options(timeouts: Timeouts) -> dict[str, Any]:
    import httpx2

    return {
        "timeout": httpx2.Timeout(None, connect=timeouts.connect or None),
        "limits": httpx2.Limits(max_connections=LIMIT, max_keepalive_connections=16),
        "follow_redirects": False,
    }
