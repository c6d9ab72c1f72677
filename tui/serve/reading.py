"""A stream as a response: what is there at once, then what comes, a keep-alive where nothing does. Readers share the bytes.

It is ASGI and no `StreamingResponse`: that hands on one piece at a time through two more coroutines, where a reader that is
behind here gets all that waits for it at once. A slow reader waits in `send` and holds nothing but its place.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Mapping
from contextlib import suppress

from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from tui.serve.frames import KEEP_ALIVE
from tui.serve.hub import Hub
from tui.serve.log import LogError
from tui.serve.streams import Reader, Stream

STREAM_HEADER = "Streamtui-Stream"
CONNECTION = "streamtui.connection"  # where the scope holds what has the connection's transport


class StreamResponse(Response):
    """The events of `stream` after event `after`. `breaks`: the stream's fault of the connection strikes this reader."""

    def __init__(
        self, hub: Hub, stream: Stream, after: int = 0, *, breaks: bool = False, headers: Mapping[str, str] = {}
    ) -> None:
        fixed = {"cache-control": "no-cache", "x-accel-buffering": "no", STREAM_HEADER: stream.id}
        self.status_code, self.background = 200, None
        self.media_type = "text/event-stream"
        self.init_headers({**headers, **fixed})
        self._hub, self._stream, self._at, self._breaks = hub, stream, after, breaks

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        reader = Reader()
        self._stream.readers.add(reader)
        watch = asyncio.create_task(_watch(receive, reader))
        try:
            whole = await self._send_all(reader, send)
            if not whole and not reader.left:
                _break(scope, reset=self._stream.reset)
                await watch
        except LogError:
            _break(scope, reset=False)  # it can attach again, and be told then
            await watch
        finally:
            watch.cancel()
            self._stream.readers.discard(reader)

    async def _send_all(self, reader: Reader, send: Send) -> bool:
        """False if the reader left, or is to be cut off."""
        stream, beats = self._stream, self._hub.beats
        while not reader.left:
            if self._breaks and stream.break_at is not None and self._at >= stream.break_at:
                return False
            if self._at < stream.last:
                data = await self._next()
                over = stream.final and self._at == stream.last and not self._breaks
                await send(_body(data, more=not over))
                if over:
                    return True
            elif stream.final:
                await send(_body(b"", more=False))
                return True
            else:
                reader.news.clear()
                await reader.news.wait()
                if self._at == stream.last and self._hub.beats != beats and not stream.final:
                    await send(_body(KEEP_ALIVE, more=True))
                beats = self._hub.beats
        return False

    async def _next(self) -> bytes:
        stream = self._stream
        data, last = stream.piece(self._at) or await self._hub.read(stream, self._at)
        if self._breaks and stream.break_at is not None and last > stream.break_at:
            data, last = _before(data, stream.break_at), stream.break_at
        self._at = last
        return data


def _before(data: bytes, last: int) -> bytes:
    """Frames up to number `last`."""
    place = data.find(b"\n\nid: %d\n" % (last + 1))
    return data if place < 0 else data[: place + 2]


async def _watch(receive: Receive, reader: Reader) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    reader.leave()


def _body(data: bytes, *, more: bool) -> Message:
    return {"type": "http.response.body", "body": data, "more_body": more}


def _break(scope: Scope, *, reset: bool) -> None:
    """Break the connection below HTTP."""
    transport = getattr(scope.get(CONNECTION), "transport", None)
    if transport is None:
        return
    raw = transport.get_extra_info("socket")
    if reset and raw is not None:
        with suppress(OSError):
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
    else:
        transport.close()
