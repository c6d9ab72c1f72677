"""A recording as an endpoint: it answers what was asked then, as it was answered then."""

from __future__ import annotations

from pathlib import Path

import httpx2
import pytest

from tests.recording.kit import BODY, recording
from tests.recording.tools import FAST, URL, answered, client_of, recorded
from tests.support.script import DONE
from tui.engine.request import Request
from tui.recording.format import Ending, How, Piece
from tui.recording.replay import AsyncReplayTransport, ReplayTransport

SAY = b'data: {"choices": [{"delta": {"content": "Hello"}, "finish_reason": "stop"}]}\n\n'


async def test_a_replay_answers_what_was_asked_and_refuses_the_rest() -> None:
    made = recording(Piece(0.5, SAY), Piece(0.6, DONE))
    client = client_of(AsyncReplayTransport(made, speed=FAST))
    try:
        again = [await answered(client), await answered(client)]
        other = await answered(client, Request("m-1", [{"role": "user", "content": "something else"}], max_retries=0))
        more = [{"role": "user", "content": "go"}, {"role": "assistant", "content": "Hel"}]
        rest = await answered(client, Request("m-1", more, max_retries=0))
        names = [model.id async for model in client.models.list()]
    finally:
        await client.close()
    assert [(answer.state, answer.text) for answer in again] == [("complete", "Hello")] * 2
    for answer in (other, rest):
        assert answer.failure is not None
        assert answer.failure.detail.startswith("This is a recording:")
    assert names == ["m-1"]


async def test_a_recording_of_a_replay_that_is_cut_off_is_cut_off_too(tmp_path: Path) -> None:
    hows: list[How] = ["unfinished", "withheld"]
    for how in hows:
        made = recording(Piece(0.5, SAY), ending=Ending(0.5, how))
        async with recorded(tmp_path / how, AsyncReplayTransport(made, speed=FAST)) as (client, found):
            await answered(client)
            (again,) = found()
        assert (again.data, again.ending.how) == (SAY, how)


def test_without_a_loop_a_silence_ends_at_the_read_timeout() -> None:
    made = recording(Piece(0.5, b"a"), Piece(9999.0, b"b"), ending=Ending(9999.0, "complete"))
    with (
        httpx2.Client(transport=ReplayTransport(made, speed=1000.0), timeout=0.01) as client,
        client.stream("POST", URL, json=BODY) as response,
        pytest.raises(httpx2.ReadTimeout),
    ):
        list(response.iter_raw())
