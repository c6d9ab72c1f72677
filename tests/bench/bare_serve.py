"""The yardstick of `streamtui serve`: a gateway on a bare FastAPI `StreamingResponse`, without a log and without re-attachment.

    python -m tests.bench.bare_serve BASE_URL

`POST /v1/chat/completions` passes each stream on; `GET /v1/shared/MODEL` gives all its readers the same one.
"""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import AsyncIterator

import httpx2
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import StreamingResponse

EVENT_STREAM = "text/event-stream"


class Shared:
    """One stream, and who reads it."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self.over = False
        self.news = asyncio.Condition()
        self.task: asyncio.Task[None] | None = None

    async def fill(self, source: AsyncIterator[bytes]) -> None:
        """Take in the stream."""
        async for piece in source:
            self.pieces.append(piece)
            async with self.news:
                self.news.notify_all()
        self.over = True
        async with self.news:
            self.news.notify_all()

    async def read(self) -> AsyncIterator[bytes]:
        """All of it, from the start."""
        place = 0
        while True:
            while place < len(self.pieces):
                yield self.pieces[place]
                place += 1
            if self.over:
                return
            async with self.news:
                if place == len(self.pieces) and not self.over:
                    await self.news.wait()


def make_app(base_url: str) -> FastAPI:
    """The gateway."""
    app = FastAPI()
    client = httpx2.AsyncClient(base_url=base_url, timeout=None, limits=httpx2.Limits(max_connections=None))
    shared: dict[str, Shared] = {}

    async def upstream(body: bytes) -> AsyncIterator[bytes]:
        async with client.stream("POST", "/chat/completions", content=body) as response:
            async for piece in response.aiter_raw():
                yield piece

    @app.post("/v1/chat/completions")
    async def chat(request: Request) -> StreamingResponse:
        return StreamingResponse(upstream(await request.body()), media_type=EVENT_STREAM)

    @app.get("/v1/shared/{model}")
    async def join(model: str) -> StreamingResponse:
        if model not in shared:
            one = shared[model] = Shared()
            one.task = asyncio.create_task(one.fill(upstream(b'{"model": "%b"}' % model.encode())))
        return StreamingResponse(shared[model].read(), media_type=EVENT_STREAM)

    return app


def main() -> None:
    """Serve on a free port of the loopback."""
    sock = socket.create_server(("127.0.0.1", 0))
    print(f"listening on http://127.0.0.1:{sock.getsockname()[1]}/v1", flush=True)
    uvicorn.Server(uvicorn.Config(make_app(sys.argv[1]), log_level="error")).run([sock])


if __name__ == "__main__":
    main()
