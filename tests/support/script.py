"""What a scripted endpoint sends in answer to one request, piece by piece, and what became of it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import httpx2

PATIENCE = 20.0  # seconds until a wait that will never end fails its test instead of hanging it
DONE = b"data: [DONE]\n\n"


@dataclass(frozen=True, slots=True)
class Delta:
    """One chunk of one choice, with any delta in it."""

    delta: Mapping[str, Any]
    finish_reason: str | None = None
    choice: int = 0


@dataclass(frozen=True, slots=True)
class Usage:
    """The chunk of `include_usage`: no choices."""

    usage: Mapping[str, Any]


@dataclass(eq=False, slots=True)
class Gate:
    """Holds a stream until it is opened. `await gate.reached()` first: then all before it was read."""

    _reached: asyncio.Event = field(default_factory=asyncio.Event)
    _opened: asyncio.Event = field(default_factory=asyncio.Event)

    def open(self) -> None:
        """Let the stream go on."""
        self._opened.set()

    async def reached(self) -> None:
        """Wait until the stream stands at the gate."""
        async with asyncio.timeout(PATIENCE):
            await self._reached.wait()

    async def pass_through(self) -> None:
        """The stream's side: say that it is here, and wait."""
        self._reached.set()
        await self._opened.wait()


#: text, a chunk, raw bytes, an error to raise, a gate to hold at, or something to call there
Item = str | Delta | Usage | bytes | BaseException | Gate | Callable[[], object]


def reasoning(text: str) -> Delta:
    """A piece of reasoning."""
    return Delta({"reasoning_content": text})


def refusal(text: str) -> Delta:
    """A piece of a refusal."""
    return Delta({"refusal": text})


def tool_call(index: int, *, id: str | None = None, name: str | None = None, arguments: str = "") -> Delta:  # noqa: A002 - OpenAI's name
    """A piece of a tool call."""
    function = {"arguments": arguments} | ({"name": name} if name else {})
    return Delta({"tool_calls": [{"index": index, "function": function} | ({"id": id, "type": "function"} if id else {})]})


def finish(reason: str = "stop") -> Delta:
    """The chunk that carries the finish reason."""
    return Delta({}, reason)


def counts(prompt: int, completion: int, **details: Mapping[str, int]) -> Usage:
    """A usage chunk; `details` such as `completion_tokens_details={"reasoning_tokens": 3}`."""
    return Usage({"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion, **details})


class Script:
    """The answer to one request. It ends where its items end: without `finish` or `DONE` that is an interruption.

    `unreachable` is raised instead of any answer. With `prompt`, only a request whose last message holds that text gets it.
    """

    def __init__(
        self,
        *items: Item,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        model: str | None = None,
        prompt: str = "",
        unreachable: Exception | None = None,
    ) -> None:
        self.items = items
        self.status = status
        self.headers = {"content-type": "text/event-stream", **(headers or {})}
        self.model = model
        self.prompt = prompt
        self.unreachable = unreachable
        self.request: httpx2.Request | None = None
        self.begun = 0  # items that were handed out
        self.sent = 0  # items that were read: the reader came back for more
        self.closed = False  # the client closed the response
        self._moved = asyncio.Event()

    @classmethod
    def complete(cls, *items: Item, prompt: str = "") -> Self:
        """A script that ends as it should."""
        return cls(*items, finish(), DONE, prompt=prompt)

    @classmethod
    def error(cls, status: int, message: str, *, code: str = "", headers: Mapping[str, str] | None = None) -> Self:
        """A refusal with OpenAI's error object."""
        body = json.dumps({"error": {"message": message, "type": code or "error", "code": code or None}})
        return cls(body.encode(), status=status, headers={"content-type": "application/json", **(headers or {})})

    @property
    def body(self) -> dict[str, Any]:
        """The JSON that was asked with."""
        assert self.request is not None, "no request took this script"
        body: dict[str, Any] = json.loads(self.request.content)
        return body

    @property
    def disconnected(self) -> bool:
        """Whether the client left before the script's end."""
        return self.closed and self.begun < len(self.items)

    async def reached(self, count: int) -> None:
        """Wait until `count` items were read."""
        await self._until(lambda: self.sent >= count)

    async def left(self) -> None:
        """Wait until the client closed the response."""
        await self._until(lambda: self.closed)

    async def _until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not condition():
                await self._moved.wait()

    def moved(self, *, sent: int | None = None, closed: bool = False) -> None:
        """The transport's side: something happened."""
        self.sent = self.sent if sent is None else sent
        self.closed = self.closed or closed
        moved, self._moved = self._moved, asyncio.Event()
        moved.set()

    def wire(self, item: str | Delta | Usage | bytes) -> bytes:
        """An item as it goes over the wire."""
        if isinstance(item, bytes):
            return item
        if isinstance(item, str):
            item = Delta({"content": item})
        chunk: dict[str, Any] = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 0}
        chunk["model"] = self.model or self.body.get("model")
        if isinstance(item, Usage):
            chunk |= {"choices": [], "usage": item.usage}
        else:
            chunk["choices"] = [{"index": item.choice, "delta": item.delta, "finish_reason": item.finish_reason}]
        return b"data: " + json.dumps(chunk).encode() + b"\n\n"
