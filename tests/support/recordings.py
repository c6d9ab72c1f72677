"""A recording as a test: a stream that was seen once, through the real client and the engine, in no time and without a network.

async def test_the_answer_that_came_without_an_end() -> None:
    answer = await replay("tests/recording/streams/reset.jsonl")
    assert (answer.state, answer.text) == ("interrupted", "Hello")
"""

from __future__ import annotations

from pathlib import Path

from tui.engine.answer import Answer
from tui.engine.drive import drive
from tui.engine.request import Request, Timeouts
from tui.engine.stream import stream_answer
from tui.providers.client import async_client
from tui.recording import Fault, load
from tui.recording.endpoint import Replay, replay_endpoint

CALM = Timeouts(connect=0, first_token=0, stall=0)  # no limits: a stream that was silent then would fail by them


async def replay(
    path: str | Path, *, speed: float = float("inf"), fault: str | None = None, timeouts: Timeouts = CALM
) -> Answer:
    """The answer that a recorded stream comes to; `fault` breaks it, such as `reset@3`."""
    recording = load(Path(path))
    endpoint = replay_endpoint(Replay(recording, speed, Fault.parse(fault) if fault else None))
    prompt = {"role": "user", "content": recording.prompt}
    request = Request(endpoint.model or "", [prompt], endpoint.params, timeouts, max_retries=0)
    answer = Answer(request.model)
    async with async_client(endpoint, timeouts) as client:
        await drive(answer, stream_answer(client, request))
    return answer
