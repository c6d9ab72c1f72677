"""Playing: each piece at its time, at any speed, broken where it was broken or where somebody wants it broken."""

from __future__ import annotations

import asyncio
import gzip
from contextlib import aclosing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine.fakes import FakeTime, settle
from tests.recording.kit import SSE, cuts, recording
from tui.recording import Fault, Recording, RecordingError, StreamBrokenError, play, play_sync
from tui.recording.faults import ERROR_EVENT, GARBAGE, RecordingEndsError
from tui.recording.format import Answered, Ending, Link, Piece
from tui.recording.player import AFTER

ABC = recording(Piece(1.0, b"a"), Piece(1.5, b"b"), Piece(4.0, b"c"))
RESET = Ending(5.0, "broken", (Link("ReadError"), Link("ConnectionResetError", "reset", "ECONNRESET")))
FAST = float("inf")


async def at_once(seconds: float) -> None:
    """A sleep that takes no time."""


async def played(made: Recording, speed: float = FAST, fault: Fault | None = None) -> tuple[list[bytes], str]:
    """The pieces, and how it ended."""
    pieces: list[bytes] = []
    try:
        async with aclosing(play(made, speed=speed, fault=fault, sleep=at_once)) as stream:
            async for data in stream:
                pieces.append(data)  # noqa: PERF401 - what came before an error counts
    except StreamBrokenError as error:
        return pieces, "reset" if error.is_reset else "broken" if error.links else "ends"
    return pieces, "complete"


@settings(max_examples=100, deadline=None, derandomize=True)
@given(data=st.binary(max_size=200), places=st.lists(st.integers(0, 200), max_size=8))
def test_the_pieces_are_the_recorded_ones(data: bytes, places: list[int]) -> None:
    pieces = cuts(data, places)
    made = recording(*(Piece(float(number), cut) for number, cut in enumerate(pieces)))
    assert asyncio.run(played(made)) == (pieces, "complete")
    assert list(play_sync(made, speed=FAST)) == pieces


@pytest.mark.parametrize(("speed", "times"), [(1.0, [1.0, 1.5, 4.0]), (5.0, [0.2, 0.3, 0.8]), (0.5, [2.0, 3.0, 8.0])])
async def test_each_piece_comes_at_its_time(speed: float, times: list[float]) -> None:
    time = FakeTime()
    came: list[tuple[float, bytes]] = []

    async def read() -> None:
        async with aclosing(play(ABC, speed=speed, sleep=time.sleep, clock=time.clock)) as stream:
            async for data in stream:
                came.append((round(time.now - 100.0, 6), data))  # noqa: PERF401 - each at its time

    task = asyncio.create_task(read())
    await settle()
    await time.advance(20.0)
    await task
    assert came == list(zip(times, [b"a", b"b", b"c"], strict=True))


async def test_a_slow_reader_does_not_make_it_late() -> None:
    time = FakeTime()
    stream = play(ABC, sleep=time.sleep, clock=time.clock, began=99.0)
    assert await anext(stream) == b"a"  # due at 100.0, so at once
    time.now += 2.0
    assert await anext(stream) == b"b"  # overdue
    assert time.slept == []
    waiting = asyncio.ensure_future(anext(stream))
    await settle()
    assert time.slept == [1.0]
    await time.advance(1.0)
    assert await waiting == b"c"
    await stream.aclose()


def test_without_a_loop_it_sleeps_the_same() -> None:
    now = [10.0]

    def sleep(seconds: float) -> None:
        now[0] += seconds

    came = [(now[0] - 10.0, data) for data in play_sync(ABC, sleep=sleep, clock=lambda: now[0])]
    assert came == [(1.0, b"a"), (1.5, b"b"), (4.0, b"c")]


async def test_as_fast_as_possible_never_sleeps() -> None:
    async def sleep(seconds: float) -> None:
        raise AssertionError(seconds)

    assert [data async for data in play(ABC, speed=FAST, sleep=sleep)] == [b"a", b"b", b"c"]


@pytest.mark.parametrize("speed", [0.0, -1.0, float("nan")])
async def test_a_speed_must_be_above_nothing(speed: float) -> None:
    with pytest.raises(RecordingError, match="speed must be a number above 0"):
        await anext(play(ABC, speed=speed))


@pytest.mark.parametrize(
    ("ending", "how"),
    [
        (Ending(5.0, "complete"), "complete"),
        (RESET, "reset"),
        (Ending(5.0, "broken", (Link("RemoteProtocolError", "peer closed"),)), "broken"),
        (Ending(5.0, "closed"), "ends"),
        (Ending(5.0, "withheld"), "ends"),
        (Ending(5.0, "unfinished"), "ends"),
    ],
)
async def test_it_ends_as_it_ended(ending: Ending, how: str) -> None:
    made = recording(*ABC.pieces, ending=ending)
    assert await played(made) == ([b"a", b"b", b"c"], how)


async def test_the_end_has_its_time_too() -> None:
    time = FakeTime()
    made = recording(Piece(1.0, b"a"), ending=Ending(9.0, "closed"))
    stream = play(made, sleep=time.sleep, clock=time.clock, began=99.0)
    assert await anext(stream) == b"a"
    ending = asyncio.ensure_future(anext(stream))
    await settle()
    assert time.slept == [8.0 + AFTER]  # silent a little longer than then: who gave it up for that does so again
    await time.advance(8.0 + AFTER)
    with pytest.raises(RecordingEndsError, match="The recording ends here: its reader left"):
        await ending


@pytest.mark.parametrize("body", [b"data: {}\n\ndata: [DONE]\n\n", b"data:[DONE]", b"data: {}\r\rdata: [DONE]\r\r: bye\r\r"])
async def test_a_body_that_says_that_it_is_done_is_whole_though_its_reader_left(body: bytes) -> None:
    left = Ending(5.0, "closed")
    bytewise = recording(*(Piece(1.0, bytes([byte])) for byte in body), ending=left)
    assert (await played(bytewise))[1] == "complete"
    packed = recording(
        Piece(1.0, gzip.compress(body)), ending=left, response=Answered(0.1, 200, [*SSE, ("Content-Encoding", "gzip")])
    )
    assert (await played(packed))[1] == "complete"
    reset = recording(Piece(1.0, body), ending=RESET)
    assert (await played(reset))[1] == "reset"


@pytest.mark.parametrize("body", [b'data: {"content": "data: [DONE]"}\n\n', b"data: [DON", b""])
async def test_a_body_that_only_speaks_of_it_is_not(body: bytes) -> None:
    made = recording(Piece(1.0, body), ending=Ending(5.0, "closed"))
    assert (await played(made))[1] == "ends"


FAULTED = [
    ("cut@2", [b"a"], "broken"),
    ("reset@1", [], "reset"),
    ("reset@3", [b"a", b"b"], "reset"),
    ("garbage@2", [b"a", GARBAGE, b"b", b"c"], "complete"),
    ("error@3", [b"a", b"b", ERROR_EVENT], "complete"),
    ("cut@4", [b"a", b"b", b"c"], "broken"),
    ("reset@999999999", [b"a", b"b", b"c"], "reset"),
    ("garbage@9", [b"a", b"b", b"c", GARBAGE], "complete"),
]


@pytest.mark.parametrize(("fault", "pieces", "how"), FAULTED)
async def test_a_fault_strikes_at_its_piece(fault: str, pieces: list[bytes], how: str) -> None:
    assert await played(ABC, fault=Fault.parse(fault)) == (pieces, how)


async def test_a_stall_is_silence_until_somebody_leaves() -> None:
    stream = play(ABC, speed=FAST, fault=Fault("stall", 2))
    assert await anext(stream) == b"a"
    waiting = asyncio.ensure_future(anext(stream))
    await settle()
    assert not waiting.done()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await stream.aclose()


def test_without_a_loop_a_stall_ends_when_sleep_raises() -> None:
    def sleep(seconds: float) -> None:
        raise TimeoutError(seconds)

    stream = play_sync(ABC, speed=FAST, fault=Fault("stall", 2), sleep=sleep)
    assert next(stream) == b"a"
    with pytest.raises(TimeoutError):
        next(stream)


@pytest.mark.parametrize(
    "text", ["", "reset", "reset@", "reset@0", "reset@-1", "reset@1.5", "reset@²", "boom@1", "@1", "cut@9999999999"]
)
def test_a_fault_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(RecordingError, match=r"a fault must be KIND@NUMBER, such as reset@12"):
        Fault.parse(text)
