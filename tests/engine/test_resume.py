"""Going on with a stream that broke, where its server offers that: every byte once, whatever the connection does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from itertools import count

import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openai import AsyncOpenAI, OpenAI

from tests.engine.fakes import settle
from tests.faults.wire import DONE, say, stop
from tui.engine.answer import Answer
from tui.engine.drive import drive
from tui.engine.events import Event, Failed, Reattached, Reattaching
from tui.engine.failure import Failure
from tui.engine.request import Request
from tui.engine.resume import MOST, Resumption
from tui.engine.stream import read_answer, stream_answer

REQUEST = Request("m", [{"role": "user", "content": "go"}])
STREAM = "stream-0123456789"
TEXTS = ["Hello", ", w", "örld", " 🚀", "\n\n", "Bye."]
PIECES = [*map(say, TEXTS), stop(), DONE]
BACKOFF = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0)
BROKE = Failure("closed", "It broke.")


Instead = tuple[int, dict[str, str], str]


def numbered(pieces: list[bytes]) -> list[bytes]:
    return [b"id: %d\n%b" % (number, piece) for number, piece in enumerate(pieces, 1)]


@dataclass
class Keeper(httpx2.BaseTransport, httpx2.AsyncBaseTransport):
    """A server that keeps its stream. Each connection breaks after so many bytes; then the last of `cuts` counts no more."""

    cuts: list[int]
    offers: str | None = STREAM
    answers: list[Instead] = field(default_factory=list)  # instead of the stream, to those who attach
    asked: list[httpx2.Request] = field(default_factory=list)
    by: type[Exception] | None = httpx2.ReadError

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        return self._answer(request, _Cut)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        return self._answer(request, _AsyncCut)

    def _answer(self, request: httpx2.Request, body: type[_Cut] | type[_AsyncCut]) -> httpx2.Response:
        self.asked.append(request)
        if request.method == "GET" and self.answers:
            status, headers, text = self.answers.pop(0)
            return httpx2.Response(status, headers=headers, text=text)
        after = int(request.headers.get("last-event-id", "0"))
        data = b"".join(numbered(PIECES)[after:])
        cut = self.cuts.pop(0) if self.cuts else None
        headers = {"content-type": "text/event-stream"} | ({"Streamtui-Stream": self.offers} if self.offers else {})
        return httpx2.Response(200, headers=headers, stream=body(data[:cut], None if cut is None else self.by))


class _Cut(httpx2.SyncByteStream):
    def __init__(self, data: bytes, error: type[Exception] | None) -> None:
        self.data, self.error = data, error

    def __iter__(self) -> Iterator[bytes]:
        yield self.data
        if self.error is not None:
            raise self.error("cut")


class _AsyncCut(httpx2.AsyncByteStream):
    def __init__(self, data: bytes, error: type[Exception] | None) -> None:
        self.data, self.error = data, error

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self.data
        if self.error is not None:
            raise self.error("cut")


async def read_async(keeper: Keeper) -> tuple[Answer, list[Event]]:
    client = AsyncOpenAI(
        base_url="http://memory/v1", api_key="sk-memory", http_client=httpx2.AsyncClient(transport=keeper), max_retries=0
    )
    client._platform = "Linux"
    answer, events = Answer("m"), list[Event]()

    ticks = count(0.0, 1 / 1024)

    async def at_once(seconds: float) -> None:
        if seconds not in BACKOFF:  # the stall watch's clock
            await asyncio.get_running_loop().create_future()

    await drive(answer, stream_answer(client, REQUEST, sleep=at_once, clock=lambda: next(ticks)), record=events.append)
    return answer, events


def read_sync(keeper: Keeper) -> tuple[Answer, list[Event]]:
    http = httpx2.Client(transport=keeper)
    client = OpenAI(base_url="http://memory/v1", api_key="sk-memory", http_client=http, max_retries=0)
    answer, events = Answer("m"), list[Event]()
    for event in read_answer(client, REQUEST, sleep=lambda seconds: None):
        answer.apply(event, 0.0)
        events.append(event)
    return answer, events


async def both(keeper: Keeper, again: Keeper) -> tuple[Answer, list[Event]]:
    """What the asynchronous client reads; the synchronous one reads the same."""
    answer, events = await read_async(keeper)
    other, others = read_sync(again)
    assert (other.state, other.text, other.reattached) == (answer.state, answer.text, answer.reattached)
    assert [type(event) for event in others] == [type(event) for event in events]
    return answer, events


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(st.integers(0, 400), max_size=20), st.sampled_from([httpx2.ReadError, httpx2.RemoteProtocolError, None]))
def test_wherever_it_is_cut_every_byte_comes_once(cuts: list[int], by: type[Exception] | None) -> None:
    # a connection that brings no whole event costs an attempt, and these are limited
    usable = [cut for place, cut in enumerate(cuts) if cut > 150 or place % (MOST - 1) == 0]
    answer, _ = read_sync(Keeper(list(usable), by=by))
    assert (answer.state, answer.text) == ("complete", "".join(TEXTS))
    assert answer.failure is None


@pytest.mark.parametrize("cut", range(0, len(b"".join(numbered(PIECES))), 7))
async def test_a_cut_anywhere_loses_and_doubles_nothing(cut: int) -> None:
    answer, events = await both(Keeper([cut]), Keeper([cut]))
    assert (answer.state, answer.text) == ("complete", "".join(TEXTS))
    assert answer.reattached == sum(isinstance(event, Reattached) for event in events)
    assert answer.reattached <= 1


async def test_it_asks_for_what_it_missed_at_the_same_place_with_the_same_key() -> None:
    cut = len(b"".join(numbered(PIECES)[:2])) + 9
    keeper = Keeper([cut, 0])
    answer, _ = await both(keeper, Keeper([cut, 0]))
    first, *others = keeper.asked
    assert [str(request.url) for request in others] == [f"http://memory/v1/streams/{STREAM}"] * 2
    assert [request.headers["last-event-id"] for request in others] == ["2", "2"]
    assert {request.headers["authorization"] for request in others} == {first.headers["authorization"]}
    assert (answer.text, answer.reattached) == ("".join(TEXTS), 2)


async def test_where_nothing_is_offered_nothing_is_asked() -> None:
    for offers in (None, "short", "../../secrets/key", "a b c d e f g h i"):
        keeper = Keeper([200], offers=offers)
        answer, events = await both(keeper, Keeper([200], offers=offers))
        assert answer.state == "interrupted"
        assert len(keeper.asked) == 1
        assert not any(isinstance(event, Reattaching) for event in events)


@pytest.mark.parametrize(
    ("answers", "asked"),
    [
        ([(204, {"Streamtui-Stream": STREAM}, "")], 1),
        ([(404, {}, "")], 1),
        ([(410, {}, "")], 1),
        ([(302, {"location": "http://elsewhere/"}, "")], 1),
        ([(503, {}, "")] * MOST, MOST),
        ([(200, {"content-type": "text/html"}, "<html>log in first</html>")] * MOST, MOST),
        ([(200, {"content-type": "text/event-stream", "Streamtui-Stream": "another-one"}, "")] * MOST, MOST),
    ],
)
async def test_where_it_cannot_go_on_the_answer_is_interrupted(answers: list[Instead], asked: int) -> None:
    keeper = Keeper([300], answers=list(answers))
    answer, events = await both(keeper, Keeper([300], answers=list(answers)))
    assert (answer.state, answer.text) == ("interrupted", "Hello")
    assert len(keeper.asked) == 1 + asked
    assert isinstance(events[-1], Failed)
    assert events[-1].failure.kind == "closed"
    assert answer.reattached == 0


async def test_a_server_that_comes_back_is_waited_for() -> None:
    answers: list[Instead] = [(503, {}, ""), (502, {}, "")]
    answer, events = await both(Keeper([300], answers=list(answers)), Keeper([300], answers=list(answers)))
    assert (answer.state, answer.text) == ("complete", "".join(TEXTS))
    waits = [(event.attempt, event.delay) for event in events if isinstance(event, Reattaching)]
    assert waits == [(1, 0.0), (2, 0.5), (3, 1.0)]


async def test_after_the_end_mark_nothing_is_asked() -> None:
    whole = len(b"".join(numbered(PIECES)))
    keeper = Keeper([whole])
    answer, _ = await read_async(keeper)
    assert (answer.state, len(keeper.asked)) == ("complete", 1)


def test_attempts_are_counted_anew_where_something_came() -> None:
    resumption = Resumption({"streamtui-stream": STREAM})
    steps = [resumption.after("1", BROKE) for _ in range(MOST)]
    assert [step.delay for step in steps if step is not None] == [0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 8.0, 8.0]
    assert resumption.after("1", BROKE) is None
    again = resumption.after("2", BROKE)
    assert again is not None
    assert (again.attempt, again.delay) == (1, 0.0)


async def test_a_dead_connection_is_replaced_and_not_given_up() -> None:
    """No byte for so long, where a server that lives would have sent its keep-alives."""
    from tests.engine.fakes import FakeTime

    time = FakeTime()
    silent = asyncio.Event()

    class Silent(_AsyncCut):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            yield self.data
            await silent.wait()

    class DeadKeeper(Keeper):
        async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
            return self._answer(request, _AsyncCut if self.asked else Silent)

    keeper = DeadKeeper([300, 10_000], by=None)
    client = AsyncOpenAI(
        base_url="http://memory/v1", api_key="sk-memory", http_client=httpx2.AsyncClient(transport=keeper), max_retries=0
    )
    client._platform = "Linux"
    answer = Answer("m")
    stream = stream_answer(client, REQUEST, clock=time.clock, sleep=time.sleep)
    task = asyncio.create_task(drive(answer, stream, clock=time.clock))
    await settle()
    for _ in range(8):
        await time.advance(10.0)
    await task
    assert (answer.state, answer.text, answer.reattached) == ("complete", "".join(TEXTS), 1)
