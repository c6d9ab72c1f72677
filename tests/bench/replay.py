"""An OpenAI-compatible server that streams the documents of `texts`, at the rate that the model's name says.

    python -m tests.bench.replay

prints its base URL and serves until it is ended. `GET /v1/lateness` tells how late each stream ended, in seconds: a reader that
does not keep up makes its stream late.
"""

from __future__ import annotations

import asyncio
import json
import time
from functools import lru_cache
from typing import Any

from tests.bench.texts import parse_model, pieces

_BURST = 32  # chunks a write, where the rate is unlimited
_EXAMPLES = ("doc-2000-0", "doc-2000-200", "fence-8000-0", "table-2000-0")


@lru_cache(maxsize=32)
def encoded(model: str) -> tuple[bytes, ...]:
    """Every event of a stream, each as one ready HTTP chunk."""
    kind, size, _ = parse_model(model)
    common = {"id": "chatcmpl-bench", "object": "chat.completion.chunk", "created": 1, "model": model}

    def event(choices: list[Any], **more: Any) -> bytes:
        data = json.dumps({**common, "choices": choices, **more}, ensure_ascii=False, separators=(",", ":"))
        return _http_chunk(f"data: {data}\n\n".encode())

    def delta(content: dict[str, str], reason: str | None = None) -> bytes:
        return event([{"index": 0, "delta": content, "finish_reason": reason}])

    texts = pieces(kind, size)
    usage = {"prompt_tokens": 9, "completion_tokens": len(texts), "total_tokens": 9 + len(texts)}
    return (
        delta({"role": "assistant", "content": ""}),
        *(delta({"content": text}) for text in texts),
        delta({}, "stop"),
        event([], usage=usage),
        _http_chunk(b"data: [DONE]\n\n"),
    )


def _http_chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


class Replay:
    """The server's state: how late streams were."""

    def __init__(self) -> None:
        self.lateness: list[float] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection."""
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                length = next((int(line[15:]) for line in head.split("\r\n") if line.lower().startswith("content-length:")), 0)
                body = await reader.readexactly(length)
                await self._answer(head.split(" ")[1], body, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def _answer(self, path: str, body: bytes, writer: asyncio.StreamWriter) -> None:
        if path.endswith("/chat/completions"):
            await self._stream(json.loads(body)["model"], writer)
        elif path.endswith("/lateness"):
            await _json(writer, self.lateness)
        else:
            await _json(writer, {"object": "list", "data": [{"id": name, "object": "model"} for name in _EXAMPLES]})

    async def _stream(self, model: str, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
        events, rate = encoded(model), parse_model(model)[2]
        if rate:
            await self._at_rate(events, rate, writer)
        else:
            for start in range(0, len(events), _BURST):
                writer.write(b"".join(events[start : start + _BURST]))
                await writer.drain()
        writer.write(b"0\r\n\r\n")
        await writer.drain()

    async def _at_rate(self, events: tuple[bytes, ...], rate: int, writer: asyncio.StreamWriter) -> None:
        start = time.monotonic()
        for number, event in enumerate(events):
            if (early := start + number / rate - time.monotonic()) > 0:
                await asyncio.sleep(early)
            writer.write(event)
            await writer.drain()
        self.lateness.append(time.monotonic() - start - (len(events) - 1) / rate)


async def _json(writer: asyncio.StreamWriter, value: object) -> None:
    body = json.dumps(value).encode()
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
    await writer.drain()


async def main() -> None:
    """Serve on a free port of the loopback."""
    server = await asyncio.start_server(Replay().serve, "127.0.0.1", 0)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
