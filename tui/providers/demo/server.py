"""The demo's HTTP side without any I/O: a method, a path and a body in, a reply out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from tui.providers.demo import wire
from tui.providers.demo.answers import steps
from tui.providers.demo.choose import plain_text
from tui.providers.demo.models import DEMO_MODELS, DemoModel, HttpError, http_error
from tui.providers.demo.script import Break

_MODEL_ERROR = http_error(500, "The model ran into an error and can't go on.", type_="server_error")


@dataclass(frozen=True, slots=True)
class Reply:
    """A status, headers, and what happens in the body."""

    status: int
    headers: Mapping[str, str]
    body: Iterable[wire.Action]


class UnreachableError(Exception):
    """Nobody listens: there is no reply at all."""


class _RejectedError(Exception):
    def __init__(self, error: HttpError) -> None:
        super().__init__(error.status)
        self.error = error


@dataclass(slots=True)
class DemoServer:
    """Answers requests; remembers only how many there were, and which ones it has turned away once."""

    _numbers: count[int] = field(default_factory=lambda: count(1))
    _turned_away: set[int] = field(default_factory=set)

    def reply(self, method: str, path: str, body: bytes) -> Reply:
        """The reply to one request. Raises UnreachableError where the connection is refused."""
        number = next(self._numbers)
        headers = {"x-request-id": f"req_demo{number:04}"}
        try:
            return self._route(method, path, body, number, headers)
        except _RejectedError as rejected:
            return _error_reply(rejected.error, headers)

    def _route(self, method: str, path: str, body: bytes, number: int, headers: dict[str, str]) -> Reply:
        match method, *path.strip("/").split("/"):
            case "POST", "v1", "chat", "completions":
                return self._chat(_parsed(body), number, headers)
            case "GET", "v1", "models":
                models = {"object": "list", "data": [_model_entry(name) for name in DEMO_MODELS]}
                return _json_reply(200, models, headers)
            case "GET", "v1", "models", name:
                return _json_reply(200, _model_entry(_known(name)), headers)
        raise _RejectedError(_bad(404, f"Nothing is served at {method} {path}."))

    def _chat(self, request: Mapping[str, Any], number: int, headers: Mapping[str, str]) -> Reply:
        name = _known(request["model"])
        model = DEMO_MODELS[name]
        self._strike(model, request)
        said = steps(model, request, f"call_demo{number:04}")
        texts = [plain_text(message) for message in request["messages"]]
        envelope = wire.Envelope(f"chatcmpl-demo{number:04}", name, wire.prompt_tokens(texts))
        if request.get("stream"):
            events = wire.streamed(model, said, envelope, include_usage=_wants_usage(request))
            return Reply(200, {**headers, "content-type": "text/event-stream; charset=utf-8"}, events)
        if said[-1] == Break("error"):
            raise _RejectedError(_MODEL_ERROR)
        return Reply(200, {**headers, "content-type": "application/json"}, wire.in_one_piece(model, said, envelope))

    def _strike(self, model: DemoModel, request: Mapping[str, Any]) -> None:
        if model.unreachable:
            raise UnreachableError
        if model.http_error is None:
            return
        if model.once and self._second_time(hash(json.dumps(request["messages"]))):
            return
        raise _RejectedError(model.http_error)

    def _second_time(self, question: int) -> bool:
        """Whether `question` was turned away before; the third time counts as the first again."""
        if question in self._turned_away:
            self._turned_away.remove(question)
            return True
        self._turned_away.add(question)
        return False


def _wants_usage(request: Mapping[str, Any]) -> bool:
    options = request.get("stream_options")
    return isinstance(options, Mapping) and bool(options.get("include_usage"))


def _parsed(body: bytes) -> Mapping[str, Any]:
    try:
        request = json.loads(body)
    except ValueError:
        raise _RejectedError(_bad(400, "The body is not JSON.")) from None
    if not isinstance(request, dict) or not isinstance(request.get("model"), str):
        raise _RejectedError(_bad(400, "The body must be an object that names a model."))
    messages = request.get("messages")
    if not isinstance(messages, list) or not messages or not all(isinstance(message, dict) for message in messages):
        raise _RejectedError(_bad(400, "messages must be a list of one message or more."))
    return request


def _known(name: str) -> str:
    if name not in DEMO_MODELS:
        message = f"There is no model {name!r} here."
        raise _RejectedError(http_error(404, message, type_="invalid_request_error", code="model_not_found"))
    return name


def _bad(status: int, message: str) -> HttpError:
    return http_error(status, message, type_="invalid_request_error")


def _model_entry(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": 0, "owned_by": "streamtui", "description": DEMO_MODELS[name].about}


def _json_reply(status: int, data: object, headers: Mapping[str, str]) -> Reply:
    return Reply(status, {**headers, "content-type": "application/json"}, [wire.Send(json.dumps(data).encode())])


def _error_reply(error: HttpError, headers: Mapping[str, str]) -> Reply:
    return _json_reply(error.status, {"error": dict(error.error)}, {**headers, **error.headers})
