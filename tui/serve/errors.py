"""Errors in OpenAI's shape."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from fastapi.responses import JSONResponse, Response

from tui.engine.failure import Failure


class AsciiResponse(JSONResponse):
    """JSON in ASCII: a model may send half a surrogate pair, which is no UTF-8, and escaped passes as it came."""

    def render(self, content: Any) -> bytes:
        """The body."""
        return json.dumps(content, separators=(",", ":")).encode()


class ServeError(Exception):
    """A request that is refused: a status, and what is told."""

    def __init__(
        self, status: int, message: str, code: str | None = None, *, param: str | None = None, headers: Mapping[str, str] = {}
    ) -> None:
        super().__init__(message)
        self.status, self.message, self.code, self.param, self.headers = status, message, code, param, headers

    def response(self) -> Response:
        """The refusal."""
        kind = "invalid_request_error" if self.status < 500 else "server_error"
        error = {"message": self.message, "type": kind, "param": self.param, "code": self.code}
        return AsciiResponse({"error": error}, self.status, dict(self.headers))


def unreachable(failure: Failure) -> ServeError:
    """An upstream that gave no answer."""
    message = " ".join(part for part in (failure.title, failure.detail) if part)
    return ServeError(504 if failure.kind == "timeout" else 502, message, failure.kind)


def refused(status: int, body: bytes, headers: Mapping[str, str]) -> Response:
    """An upstream's refusal: its status, and its body where that is an error in OpenAI's shape."""
    kept = {name: value for name, value in headers.items() if name == "retry-after" or is_passed(name)}
    if not 400 <= status <= 599:
        message = f"upstream answered with status {status}"
        return ServeError(502, message, "protocol", headers=kept).response()
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        value = None
    if isinstance(value, dict) and value.get("error"):
        return Response(body, status, kept, media_type="application/json")
    text = body.decode("utf-8", "replace").strip()[:2000] or f"upstream answered with status {status}"
    return ServeError(status, text, headers=kept).response()


def is_passed(header: str) -> bool:
    """Whether a response's header goes onward: what names the request upstream, and what is left of its limits."""
    return header in ("x-request-id", "retry-after", "retry-after-ms") or header.startswith(("x-ratelimit-", "openai-"))
