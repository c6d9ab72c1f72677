"""Who may ask: the token, the Host and Origin of a request (DNS rebinding), and how large it may be. Plain ASGI, outermost."""

from __future__ import annotations

import hmac
from collections.abc import Collection
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tui.endpoint import is_loopback
from tui.serve.errors import ServeError
from tui.serve.reading import CONNECTION

MOST_BODY = 16 * 2**20  # bytes of a request


class Guard:
    """Lets through what may pass. `host` is where the server listens; `token` is None where none is wanted."""

    def __init__(
        self, app: ASGIApp, *, host: str, token: str | None, hosts: Collection[str] = (), most: int = MOST_BODY
    ) -> None:
        self._app, self._token, self._most = app, token, most
        self._local = is_loopback(host)
        self._hosts = {host.lower(), *(name.lower() for name in hosts)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope[CONNECTION] = getattr(send, "__self__", None)  # uvicorn's own, for breaking a connection on purpose
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        if (error := self._refuses(headers)) is not None:
            await error.response()(scope, receive, send)
            return
        await self._app(scope, self._limited(receive), send)

    def _refuses(self, headers: dict[str, str]) -> ServeError | None:
        if not self._is_known(_name(headers.get("host", ""))):
            return ServeError(403, "This server does not go by that name (Host).", "forbidden_host")
        origin = headers.get("origin")
        if origin is not None and not self._is_own_page(origin, headers.get("content-type", "")):
            return ServeError(403, "Pages of other sites may not ask this server (Origin).", "forbidden_origin")
        if self._token is not None and not self._has_token(headers.get("authorization", "")):
            message = "This server wants its token, as Authorization: Bearer TOKEN."
            return ServeError(401, message, "invalid_api_key", headers={"www-authenticate": "Bearer"})
        length = headers.get("content-length", "0")
        return _too_long() if length.isdigit() and int(length) > self._most else None

    def _has_token(self, given: str) -> bool:
        kind, _, token = given.partition(" ")
        wanted = (self._token or "").encode()
        return kind.lower() == "bearer" and hmac.compare_digest(token.strip().encode("latin-1", "replace"), wanted)

    def _is_known(self, name: str) -> bool:
        """Names of this machine, and the one that was given; beyond loopback any address, which no DNS can rebind."""
        if is_loopback(name) or name in self._hosts:
            return True
        return not self._local and _is_address(name)

    def _is_own_page(self, origin: str, kind: str) -> bool:
        """A page of this machine may ask, with a type that a browser does not send unasked."""
        try:
            name = (urlsplit(origin).hostname or "").lower()
        except ValueError:
            return False
        return self._is_known(name) and kind.partition(";")[0].strip().lower() in ("", "application/json")

    def _limited(self, receive: Receive) -> Receive:
        taken = 0

        async def limited() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > self._most:
                raise _too_long()
            return message

        return limited


def _too_long() -> ServeError:
    return ServeError(413, "The request is too large.", "request_too_large", headers={"connection": "close"})


def _name(host: str) -> str:
    """A Host without its port."""
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
