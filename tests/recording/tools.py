"""Streams through the real client and the engine, recorded and replayed."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
from openai import AsyncOpenAI

from tui.engine.answer import Answer, Choice
from tui.engine.drive import drive
from tui.engine.request import Request, Timeouts
from tui.engine.stream import stream_answer
from tui.recording import Recording, load
from tui.recording.recorder import Recorder, Tape
from tui.recording.replay import AsyncReplayTransport
from tui.recording.transport import AsyncRecordingTransport

FAST = float("inf")
KEY = "sk-memory-0123456789"
BASE_URL = "http://memory/v1"
URL = f"{BASE_URL}/chat/completions"
WHEN = datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC)


def client_of(transport: httpx2.AsyncBaseTransport, base_url: str = BASE_URL) -> AsyncOpenAI:
    """A client with a key, over a transport."""
    client = AsyncOpenAI(base_url=base_url, api_key=KEY, http_client=httpx2.AsyncClient(transport=transport), max_retries=0)
    client._platform = "Linux"  # else the SDK asks for it in a thread
    return client


@asynccontextmanager
async def recorded(
    folder: Path, inner: httpx2.AsyncBaseTransport, base_url: str = BASE_URL, **options: Any
) -> AsyncIterator[tuple[AsyncOpenAI, Callable[[], list[Recording]]]]:
    """A client whose streams are recorded, and what gives the recordings when all is over."""
    recorder = Recorder(folder, **options)
    client = client_of(AsyncRecordingTransport(inner, recorder, [KEY]), base_url)

    def found() -> list[Recording]:
        recorder.close()
        return [load(path) for path in sorted(folder.iterdir())]

    try:
        yield client, found
    finally:
        recorder.close()
        await client.close()


async def answered(client: AsyncOpenAI, request: Request | None = None) -> Answer:
    """The answer to a request."""
    request = request or Request("m-1", [{"role": "user", "content": "go"}], max_retries=0, timeouts=Timeouts(10, 30, 30))
    answer = Answer(request.model)
    await drive(answer, stream_answer(client, request))
    return answer


async def replayed(made: Recording, request: Request | None = None, *, speed: float = FAST, base_url: str = BASE_URL) -> Answer:
    """The answer that a recording gives."""
    client = client_of(AsyncReplayTransport(made, speed=speed), base_url)
    try:
        return await answered(client, request)
    finally:
        await client.close()


def _parts(choice: Choice) -> list[tuple[Any, ...]]:
    parts = [(part.kind, part.log.text, part.call and (part.call.id, part.call.name)) for part in choice.parts]
    return [*parts, ("reason", choice.reason)]


def facts(answer: Answer) -> dict[str, Any]:
    """All of an answer that does not depend on a clock."""
    return {
        "state": answer.state,
        "choices": {number: _parts(choice) for number, choice in answer.choices.items()},
        "usage": answer.usage,
        "failure": answer.failure,
        "footnotes": list(answer.footnotes),
    }


def tape_of(recorder: Recorder, body: Any = None, headers: Any = (), url: str = URL, secrets: tuple[str, ...] = (KEY,)) -> Tape:
    """The tape of a request."""
    return recorder.tape("POST", url, headers, json.dumps(body).encode(), secrets)
