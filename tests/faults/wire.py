"""The bytes that scripts are made of: heads, chunks, events."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Mapping
from typing import Any

from tests.faults.server import Script, Step

SSE = "text/event-stream; charset=utf-8"
DONE = b"data: [DONE]\n\n"
LAST = b"0\r\n\r\n"  # the last chunk of a chunked body


def head(status: str = "200 OK", type_: str | None = SSE, length: int | None = None, **more: str) -> bytes:
    """A response's head. Without a length the body ends with the connection; names in `more` get dashes for underscores."""
    lines = [f"HTTP/1.1 {status}"]
    if type_ is not None:
        lines.append(f"Content-Type: {type_}")
    if length is not None:
        lines.append(f"Content-Length: {length}")
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in more.items()]
    return ("\r\n".join([*lines, "x-request-id: req_8f21", "Connection: close"]) + "\r\n\r\n").encode()


CHUNKED = head(Transfer_Encoding="chunked")
HEAD = head()


def http_chunk(data: bytes) -> bytes:
    """One chunk of a chunked body."""
    return b"%x\r\n%s\r\n" % (len(data), data)


def event(value: Any, **fields: str) -> bytes:
    """One server-sent event holding `value` as JSON; `fields` come before it."""
    lines = "".join(f"{name}: {text}\n" for name, text in fields.items())
    return f"{lines}data: {json.dumps(value, ensure_ascii=False)}\n\n".encode("utf-8", "surrogatepass")


def chunk(delta: Any = None, reason: Any = None, index: int = 0, **more: Any) -> dict[str, Any]:
    """A chat completion chunk of one choice."""
    choice = {"index": index, "delta": {} if delta is None else delta, "finish_reason": reason}
    return {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "m-1", "choices": [choice], **more}


def say(text: Any, reason: Any = None, index: int = 0, **more: Any) -> bytes:
    """An event with a piece of content."""
    return event(chunk({"content": text}, reason, index, **more))


def stop(reason: Any = "stop", **more: Any) -> bytes:
    """The event that gives the reason."""
    return event(chunk({}, reason, **more))


def plain(*parts: Step) -> Script:
    """A 200 whose body ends with the connection."""
    return [HEAD, *parts]


def chunked(*parts: Step, last: bool = True) -> Script:
    """A 200 with a chunked body, each part a chunk."""
    return [CHUNKED, *(http_chunk(part) if isinstance(part, bytes) else part for part in parts), *([LAST] if last else [])]


def sized(body: bytes, type_: str | None = SSE, status: str = "200 OK", missing: int = 0, **more: str) -> Script:
    """A response with a Content-Length, of which the last `missing` bytes never come."""
    return [head(status, type_, len(body), **more), body[: len(body) - missing]]


def as_json(value: Any, status: str = "200 OK", **more: Any) -> Script:
    """A JSON response."""
    return sized(json.dumps(value).encode(), "application/json", status, **more)


def gzipped(*parts: bytes, keep: int | None = None, wbits: int = 31) -> bytes:
    """The parts compressed, flushed after each as a server that streams does; only the first `keep` bytes of it."""
    packer = zlib.compressobj(6, zlib.DEFLATED, wbits)
    data = b"".join(packer.compress(part) + packer.flush(zlib.Z_SYNC_FLUSH) for part in parts) + packer.flush()
    return data[:keep]


def members(*parts: bytes) -> bytes:
    """The parts as gzip members of their own."""
    return b"".join(map(gzip.compress, parts))


def completion(message: Mapping[str, Any], reason: Any = "stop", **more: Any) -> dict[str, Any]:
    """A whole chat completion, as comes without streaming."""
    choice = {"index": 0, "message": {"role": "assistant", **message}, "finish_reason": reason}
    usage = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}
    return {"id": "chatcmpl-1", "object": "chat.completion", "model": "m-1", "choices": [choice], "usage": usage, **more}
