"""The demo through the real SDK: what each model sends, how it breaks, at which pace, and that it stops when told."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx2
import openai
import pytest
from openai import AsyncOpenAI, OpenAI

from tui.providers.demo import DEMO_BASE_URL, DEMO_MODELS, async_transport, sync_transport
from tui.providers.demo.choose import text_of
from tui.providers.demo.transport import AsyncDemoTransport, SyncDemoTransport

TOKENS: Any = [{"role": "user", "content": "What is a token?"}]


async def at_once(_: float) -> None:
    """Take no time."""


@pytest.fixture
def transport() -> AsyncDemoTransport:
    return async_transport(at_once)


@pytest.fixture
async def client(transport: AsyncDemoTransport) -> AsyncIterator[AsyncOpenAI]:
    async with client_for(transport) as client:
        yield client


def client_for(transport: AsyncDemoTransport) -> AsyncOpenAI:
    http_client = httpx2.AsyncClient(transport=transport)
    return AsyncOpenAI(base_url=DEMO_BASE_URL, api_key="none", http_client=http_client, max_retries=0)


@pytest.fixture
def sync_demo() -> SyncDemoTransport:
    return sync_transport(lambda _: None)


@pytest.fixture
def sync_client(sync_demo: SyncDemoTransport) -> Iterator[OpenAI]:
    http_client = httpx2.Client(transport=sync_demo)
    with OpenAI(base_url=DEMO_BASE_URL, api_key="none", http_client=http_client, max_retries=0) as client:
        yield client


class Heard:
    """What a stream said, and how it ended."""

    def __init__(self) -> None:
        self.text = self.reasoning = self.refusal = ""
        self.reason: str | None = None
        self.usage: Any = None
        self.error: Exception | None = None

    def add(self, chunk: Any) -> None:
        self.usage = chunk.usage or self.usage
        for choice in chunk.choices:
            self.text += choice.delta.content or ""
            self.reasoning += getattr(choice.delta, "reasoning_content", None) or ""
            self.refusal += choice.delta.refusal or ""
            self.reason = choice.finish_reason or self.reason


async def hear(client: AsyncOpenAI, model: str, messages: Any = TOKENS, **params: Any) -> Heard:
    heard = Heard()
    try:
        async with await client.chat.completions.create(model=model, messages=messages, stream=True, **params) as stream:
            async for chunk in stream:
                heard.add(chunk)
    except openai.APIError as error:
        heard.error = error
    return heard


async def test_the_default_streams_a_whole_lesson(client: AsyncOpenAI) -> None:
    heard = await hear(client, next(iter(DEMO_MODELS)), stream_options={"include_usage": True})
    assert heard.text == text_of("tokens")
    assert (heard.reason, heard.error) == ("stop", None)
    assert heard.usage.total_tokens == heard.usage.prompt_tokens + heard.usage.completion_tokens
    assert 400 < heard.usage.completion_tokens < 1000


async def test_usage_is_sent_only_when_asked_for(client: AsyncOpenAI) -> None:
    assert (await hear(client, "demo")).usage is None


@pytest.mark.parametrize("model", ["demo-cut", "demo-silent-end", "demo-error", "demo-length", "demo-filter"])
async def test_what_breaks_breaks_in_mid_sentence_and_the_rest_can_be_had(client: AsyncOpenAI, model: str) -> None:
    heard = await hear(client, model)
    whole = text_of("tokens")
    assert whole.startswith(heard.text)
    assert 200 < len(heard.text) < len(whole)
    assert heard.text[-1].isalpha()
    assert whole[len(heard.text)] == " "
    assert heard.reason == {"demo-length": "length", "demo-filter": "content_filter"}.get(model)
    assert type(heard.error) is {"demo-cut": openai.APIConnectionError, "demo-error": openai.APIError}.get(model, type(None))
    rest = await hear(client, model, [*TOKENS, {"role": "assistant", "content": heard.text}])
    assert heard.text + rest.text == whole
    assert (rest.reason, rest.error) == ("stop", None)


async def test_the_silent_end_says_neither_reason_nor_done(transport: AsyncDemoTransport) -> None:
    body = {"model": "demo-silent-end", "messages": TOKENS, "stream": True}
    async with httpx2.AsyncClient(transport=transport) as http:
        raw = (await http.post(f"{DEMO_BASE_URL}/chat/completions", json=body)).text
    assert raw.endswith("\n\n")
    assert "[DONE]" not in raw
    assert '"finish_reason": "' not in raw


async def test_reasoning_comes_first_and_apart(client: AsyncOpenAI) -> None:
    heard = await hear(client, "demo-reasoning", stream_options={"include_usage": True})
    assert heard.text == text_of("tokens")
    assert 200 < len(heard.reasoning) < 600
    assert 40 < heard.usage.completion_tokens_details.reasoning_tokens < heard.usage.completion_tokens


async def test_a_refusal_is_nothing_else(client: AsyncOpenAI) -> None:
    heard = await hear(client, "demo-refusal")
    assert (heard.text, heard.reason) == ("", "stop")
    assert "refuses" in heard.refusal


async def test_hostile_text_is_really_hostile(client: AsyncOpenAI) -> None:
    text = (await hear(client, "demo-hostile")).text
    assert {"\x1b", "\x9b", "\x07", "\r", "\u202e", "\u200b"} <= set(text)


async def test_a_token_limit_is_kept(client: AsyncOpenAI) -> None:
    heard = await hear(client, "demo", max_tokens=12, stream_options={"include_usage": True})
    assert (heard.reason, heard.usage.completion_tokens) == ("length", 12)


@pytest.mark.parametrize(
    ("model", "error", "code"),
    [
        ("demo-quota", openai.RateLimitError, "insufficient_quota"),
        ("demo-503", openai.InternalServerError, None),
        ("demo-401", openai.AuthenticationError, "invalid_api_key"),
        ("demo-404", openai.NotFoundError, "model_not_found"),
    ],
)
async def test_http_errors_are_an_openai_servers(
    client: AsyncOpenAI, model: str, error: type[openai.APIStatusError], code: str | None
) -> None:
    with pytest.raises(error) as caught:
        await client.chat.completions.create(model=model, messages=TOKENS, stream=True)
    assert caught.value.code == code
    assert caught.value.request_id == "req_demo0001"
    assert caught.value.body["message"]  # type: ignore[index] # the SDK types the body as object


async def test_the_rate_limit_passes_at_the_second_attempt(client: AsyncOpenAI) -> None:
    for _ in range(2):
        first = await hear(client, "demo-429")
        assert isinstance(first.error, openai.RateLimitError)
        assert first.error.response.headers["retry-after"] == "2"
        second = await hear(client, "demo-429")
        assert (second.text, second.reason) == (text_of("tokens"), "stop")


async def test_nobody_listens_offline(client: AsyncOpenAI) -> None:
    heard = await hear(client, "demo-offline")
    assert isinstance(heard.error, openai.APIConnectionError)
    assert isinstance(heard.error.__cause__, httpx2.ConnectError)


async def test_models_are_listed_the_default_first(client: AsyncOpenAI) -> None:
    listed = [model.id async for model in client.models.list()]
    assert listed == list(DEMO_MODELS)
    assert listed[0] == "demo"
    assert (await client.models.retrieve("demo-cut")).id == "demo-cut"


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/chat/completions", b"{", 400),
        ("POST", "/chat/completions", b"[]", 400),
        ("POST", "/chat/completions", b'{"model": "demo", "messages": []}', 400),
        ("POST", "/chat/completions", b'{"model": "demo", "messages": [7]}', 400),
        ("POST", "/completions", b"{}", 404),
        ("GET", "/models/none", b"", 404),
    ],
)
async def test_bad_requests_get_json_errors(
    transport: AsyncDemoTransport, method: str, path: str, body: bytes, status: int
) -> None:
    async with httpx2.AsyncClient(transport=transport) as http:
        response = await http.request(method, DEMO_BASE_URL + path, content=body)
    assert response.status_code == status
    assert response.json()["error"]["message"]
    assert response.headers["x-request-id"] == "req_demo0001"


async def test_an_answer_in_one_piece(client: AsyncOpenAI) -> None:
    whole = await client.chat.completions.create(model="demo", messages=TOKENS)
    assert whole.choices[0].message.content == text_of("tokens")
    assert whole.usage is not None
    assert whole.usage.completion_tokens > 400
    with pytest.raises(openai.InternalServerError):
        await client.chat.completions.create(model="demo-error", messages=TOKENS)
    with pytest.raises(openai.APIConnectionError):
        await client.chat.completions.create(model="demo-cut", messages=TOKENS)


async def test_a_stall_lasts_until_it_is_cancelled(client: AsyncOpenAI, transport: AsyncDemoTransport) -> None:
    heard = Heard()
    arrived = asyncio.Event()

    async def read() -> None:
        async with await client.chat.completions.create(model="demo-stall", messages=TOKENS, stream=True) as stream:
            async for chunk in stream:
                heard.add(chunk)
                if len(heard.text) > 300:
                    arrived.set()

    task = asyncio.create_task(read())
    await arrived.wait()
    assert transport.open_streams == 1
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert transport.open_streams == 0
    assert text_of("tokens").startswith(heard.text)


async def test_a_stall_meets_the_read_timeout(client: AsyncOpenAI) -> None:
    heard = await hear(client.with_options(timeout=0.01), "demo-stall")
    assert isinstance(heard.error, openai.APITimeoutError)
    assert len(heard.text) > 200


async def test_a_gate_holds_each_piece() -> None:
    gate = asyncio.Semaphore(0)
    async with client_for(async_transport(lambda _: gate.acquire())) as client:
        heard = Heard()
        async with await client.chat.completions.create(model="demo", messages=TOKENS, stream=True) as stream:
            chunks = aiter(stream)
            for _ in range(6):
                gate.release()
                heard.add(await anext(chunks))
    assert heard.text == "# What a token is"


async def test_the_pace_is_a_humans() -> None:
    waits: list[float] = []

    async def note(seconds: float) -> None:
        waits.append(seconds)

    async with client_for(async_transport(note)) as client:
        await hear(client, "demo")
    between = [seconds for seconds in waits if seconds][1:]
    assert 40 < len(between) / sum(between) < 60
    assert max(between) < 0.05
    assert 0.2 < waits[1] < 1  # the first token


def test_the_synchronous_client_reads_the_same(sync_client: OpenAI, sync_demo: SyncDemoTransport) -> None:
    heard = Heard()
    with sync_client.chat.completions.create(model="demo", messages=TOKENS, stream=True) as stream:
        assert sync_demo.open_streams == 1
        for chunk in stream:
            heard.add(chunk)
    assert heard.text == text_of("tokens")
    assert sync_demo.open_streams == 0


def test_a_synchronous_stall_meets_the_read_timeout(sync_client: OpenAI) -> None:
    patient = sync_client.with_options(timeout=0.01)
    stream = patient.chat.completions.create(model="demo-stall", messages=TOKENS, stream=True)
    with pytest.raises(openai.APITimeoutError):
        list(stream)


@pytest.mark.parametrize("model", ["demo-slow", "demo-stall"])
def test_closing_wakes_a_synchronous_reader(model: str) -> None:
    transport = sync_transport() if model == "demo-slow" else sync_transport(lambda _: None)
    http = httpx2.Client(transport=transport)
    body = {"model": model, "messages": TOKENS, "stream": True}
    ended: list[Exception] = []
    reading = threading.Event()

    def read() -> None:
        try:
            with http.stream("POST", f"{DEMO_BASE_URL}/chat/completions", json=body, timeout=None) as response:
                for _ in response.iter_bytes():
                    reading.set()
        except httpx2.ReadError as error:
            ended.append(error)

    thread = threading.Thread(target=read)
    thread.start()
    assert reading.wait(10)
    transport.close()
    thread.join(10)
    assert not thread.is_alive()
    assert len(ended) == 1


def test_importing_the_demo_loads_no_client() -> None:
    code = "import sys, tui.providers.demo; print({'httpx2', 'openai', 'textual', 'pydantic'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
