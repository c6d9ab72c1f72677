"""The fault table, through the async and the sync client: the state, the exact text, the words, for each way to misbehave."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx2
import pytest
from openai import AsyncOpenAI, OpenAI

from tests.faults import ends, framing, http, in_band, shapes
from tests.faults.server import FaultServer
from tests.faults.table import Row
from tui.engine import opening, retry, watch
from tui.engine.answer import Answer
from tui.engine.drive import drive
from tui.engine.request import Request
from tui.engine.stream import read_answer, stream_answer

ROWS = [*framing.ROWS, *ends.ROWS, *in_band.ROWS, *shapes.ROWS, *http.ROWS]


@pytest.fixture(scope="module")
def tls() -> ssl.SSLContext:
    return ssl.create_default_context()


@pytest.fixture(autouse=True)
def _in_haste(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "ERROR_BODY_SECONDS", 0.05)
    monkeypatch.setattr(watch, "GRACE", 0.05)
    monkeypatch.setattr(retry, "backoff", lambda _: 0.0)


@pytest.fixture
async def server() -> AsyncIterator[FaultServer]:
    async with FaultServer() as server:
        yield server


def _request(row: Row) -> Request:
    messages = [{"role": "user", "content": "go"}]
    return Request(
        "alpha-larg", messages, row.params, timeouts=row.timeouts, max_retries=row.retries, key_source="OPENAI_API_KEY"
    )


async def _run_async(url: str, row: Row, tls: ssl.SSLContext) -> Answer:
    answer = Answer("alpha-larg")
    async with httpx2.AsyncClient(transport=httpx2.AsyncHTTPTransport(verify=tls)) as http_client:
        client = AsyncOpenAI(base_url=url, api_key=http.KEY, http_client=http_client, max_retries=0)
        await drive(answer, stream_answer(client, _request(row)))
    return answer


def _run_sync(url: str, row: Row, tls: ssl.SSLContext) -> Answer:
    answer = Answer("alpha-larg")
    with httpx2.Client(transport=httpx2.HTTPTransport(verify=tls)) as http_client:
        client = OpenAI(base_url=url, api_key=http.KEY, http_client=http_client, max_retries=0)
        for event in read_answer(client, _request(row)):
            answer.apply(event, time.monotonic())
    return answer


def _in_words(answer: Answer) -> str:
    failure = answer.failure
    return "" if failure is None else f"{failure.title}\n{failure.detail}\n{failure.advice}"


def _problems(row: Row, answer: Answer, tries: int) -> Iterator[tuple[str, Any, Any]]:
    failure = answer.failure
    words = _in_words(answer)
    notes = "\n".join(answer.footnotes)
    expected = {
        "state": (row.state, answer.state),
        "text": (row.text, answer.text),
        "reasoning": (row.reasoning, answer.reasoning),
        "refusal": (row.refusal, answer.refusal),
        "kind": (row.kind, failure and failure.kind),
        "reason": (row.reason, answer.finish_reason),
        "status": (row.status, failure.status if failure else answer.status),
        "tries": (row.tries, tries),
        "says": (True, row.says in words),
        "noted": (True, not notes if row.noted is None else row.noted in notes),
        "check": (True, row.check(answer)),
        "key": (False, http.KEY in words + notes),
        "title": (True, failure is None or bool(failure.title and len(failure.title) < 300)),
        "request id": (row.status and "req_8f21", failure.request_id if failure else answer.request_id),
    }
    for name, (wanted, got) in expected.items():
        if wanted != got:
            yield name, wanted if len(str(wanted)) < 200 else "...", got if len(str(got)) < 200 else "..."


@pytest.mark.parametrize("how", ["async", "sync"])
@pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])
async def test_the_answer_is_right_whatever_the_server_does(
    row: Row, how: str, server: FaultServer, tls: ssl.SSLContext
) -> None:
    url = server.play("s", *row.attempts)

    if how == "async":
        answer = await _run_async(url, row, tls)
    else:
        answer = await asyncio.to_thread(_run_sync, url, row, tls)

    assert list(_problems(row, answer, len(server.requests))) == [], (_in_words(answer), answer.footnotes)


def test_the_table_is_large_and_its_names_differ() -> None:
    assert len({row.name for row in ROWS}) == len(ROWS) >= 232
