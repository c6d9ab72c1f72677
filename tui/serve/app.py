"""The routes, on FastAPI."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import httpx2
from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp

from tui.serve.asked import Asked, event_number, read_request
from tui.serve.catalog import Catalog, Source
from tui.serve.errors import AsciiResponse, ServeError
from tui.serve.feed import Feed
from tui.serve.guard import Guard
from tui.serve.hub import Hub
from tui.serve.log import LogError
from tui.serve.once import Once
from tui.serve.reading import STREAM_HEADER, StreamResponse
from tui.serve.streams import Stream
from tui.serve.upstream import RefusedError, passed_headers
from tui.serve.whole import whole_answer

STOPPED = "This stream was stopped."


def make_app(hub: Hub, catalog: Catalog, *, host: str, token: str | None, hosts: Collection[str] = ()) -> ASGIApp:
    """The server, as ASGI; it opens `hub` when it starts, and closes both when it ends."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await hub.open()
        yield
        await hub.close()
        await catalog.close()

    app = FastAPI(title="streamtui", lifespan=lifespan, openapi_url=None)
    routes = Routes(hub, catalog)
    for prefix in ("/v1", ""):  # some clients leave the prefix out
        app.add_api_route(f"{prefix}/models", routes.models, methods=["GET"], response_model=None)
        app.add_api_route(f"{prefix}/models/{{name:path}}", routes.model, methods=["GET"], response_model=None)
        app.add_api_route(f"{prefix}/chat/completions", routes.chat, methods=["POST"], response_model=None)
        app.add_api_route(f"{prefix}/streams/{{id}}", routes.attach, methods=["GET"], response_model=None)
        app.add_api_route(f"{prefix}/streams/{{id}}", routes.stop, methods=["DELETE"], response_model=None)
    app.add_exception_handler(ServeError, _refusal)
    app.add_exception_handler(RefusedError, _refusal)
    app.add_exception_handler(LogError, _refusal)
    app.add_exception_handler(HTTPException, _refusal)
    return Guard(app, host=host, token=token, hosts=hosts)


class Routes:
    """What each path does."""

    def __init__(self, hub: Hub, catalog: Catalog) -> None:
        self._hub, self._catalog = hub, catalog
        self._once = Once()

    async def models(self) -> Response:
        """GET /v1/models"""
        return AsciiResponse({"object": "list", "data": await self._catalog.models()})

    async def model(self, name: str) -> Response:
        """GET /v1/models/NAME, a name as the list has it"""
        for entry in await self._catalog.models():
            if entry["id"] == name:
                return AsciiResponse(entry)
        raise ServeError(
            404, f"There is no model {name[:100]!r} here; GET /v1/models lists them.", "model_not_found", param="model"
        )

    async def chat(self, request: Request) -> Response:
        """POST /v1/chat/completions"""
        body = await request.body()
        asked = read_request(body)
        source = self._catalog.find(asked.model, asked.wish)
        if asked.stream:
            return await _unless_left(request, self._streamed(request.headers.get("idempotency-key"), body, source, asked))
        return await _unless_left(request, whole_answer(source, asked))

    async def _streamed(self, key: str | None, body: bytes, source: Source, asked: Asked) -> Response:
        async def opening() -> Stream:
            return await self._open(source, asked)

        opened = await self._once.opened(key, body, opening)
        stream = opened if isinstance(opened, Stream) else await self._found(opened)
        return StreamResponse(self._hub, stream, breaks=source.fault is not None, headers=stream.headers)

    async def _open(self, source: Source, asked: Asked) -> Stream:
        response = await source.upstream.ask({**asked.chat, "model": source.model})
        return await asyncio.shield(self._begin(response, source, asked))  # from here on nothing is left half-way

    async def _begin(self, response: httpx2.Response, source: Source, asked: Asked) -> Stream:
        stream = await self._hub.create(asked.model)
        stream.reset = source.fault is not None and source.fault.kind == "reset"
        feed = Feed(self._hub, stream, source.upstream.call(source.model), source.fault)
        stream.headers = passed_headers(response)
        self._hub.run(stream, asyncio.create_task(feed.run(response)))
        return stream

    async def attach(self, request: Request, id: str) -> Response:  # noqa: A002 - the path's word
        """GET /v1/streams/ID"""
        after = event_number(request.headers.get("last-event-id") or request.query_params.get("after"))
        stream = await self._found(id)
        if stream.final and after >= stream.last:
            return Response(status_code=204, headers={STREAM_HEADER: stream.id})
        if after > stream.last:
            raise ServeError(400, f"This stream is at event {stream.last} and has no event {after} yet.", param="Last-Event-ID")
        return StreamResponse(self._hub, stream, after)

    async def stop(self, id: str) -> Response:  # noqa: A002 - the path's word
        """DELETE /v1/streams/ID"""
        stream = await self._found(id)
        await self._hub.stop(stream, "stopped", STOPPED)
        return AsciiResponse({"id": stream.id, "object": "stream", "state": stream.state, "last_event_id": stream.last})

    async def _found(self, id: str) -> Stream:  # noqa: A002 - the path's word
        stream = await self._hub.find(id)
        if stream is None:
            raise ServeError(404, "There is no such stream.", "stream_not_found")
        if stream.state == "expired":
            raise ServeError(410, "This stream was kept for its time, and is gone.", "stream_expired")
        return stream


async def _unless_left(request: Request, answering: Coroutine[Any, Any, Response]) -> Response:
    """The response, unless its reader leaves before there is one: then nothing is asked on."""
    answer = asyncio.ensure_future(answering)
    gone = asyncio.ensure_future(_gone(request))
    try:
        await asyncio.wait((answer, gone), return_when=asyncio.FIRST_COMPLETED)
        return await answer if answer.done() else Response(status_code=499)
    finally:
        answer.cancel()
        gone.cancel()


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def _refusal(request: Request, error: Exception) -> Response:
    match error:
        case RefusedError():
            return error.response
        case ServeError():
            return error.response()
        case HTTPException():
            message = f"Nothing is served at {request.method} {request.url.path}."
            return ServeError(error.status_code, message if error.status_code == 404 else error.detail).response()
        case _:
            return ServeError(503, str(error), "log_error").response()
