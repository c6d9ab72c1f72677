"""The fault table, recorded and replayed: the answer is the same, to the words of its failure."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.faults import ends, framing, http
from tests.faults.server import FaultServer
from tests.faults.table import CALM, Row
from tests.recording.tools import FAST, answered, facts, recorded, replayed
from tui.engine import opening, watch
from tui.engine.answer import Answer
from tui.engine.request import Request

#: what else goes wrong is told by the bytes alone
ROWS = [row for row in [*framing.ROWS, *ends.ROWS, *http.ROWS] if row.name != "headers for ever"]


@pytest.fixture(scope="module")
def tls() -> ssl.SSLContext:
    return ssl.create_default_context()


@pytest.fixture(autouse=True)
def _in_haste(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "ERROR_BODY_SECONDS", 0.05)
    monkeypatch.setattr(watch, "GRACE", 0.05)


@pytest.fixture
async def server() -> AsyncIterator[FaultServer]:
    async with FaultServer() as server:
        yield server


def _told(answer: Answer, attempts: int) -> dict[str, Any]:
    """All but what does not come from one stream: names on a server's list, the time of day, a remark on the attempt before."""
    told = facts(answer)
    if failure := told["failure"]:
        told["failure"] = replace(failure, advice="" if failure.kind == "not_found" else failure.advice, retry_after=None)
    return told if attempts == 1 else {**told, "footnotes": []}


@pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])
async def test_a_replay_comes_to_the_same_answer(row: Row, server: FaultServer, tls: ssl.SSLContext, tmp_path: Path) -> None:
    url = server.play("s", *row.attempts)
    request = Request("alpha-larg", [{"role": "user", "content": "go"}], row.params, row.timeouts, max_retries=0)
    async with recorded(tmp_path, httpx2.AsyncHTTPTransport(verify=tls), url) as (client, found):
        first = await answered(client, request)
        made = found()

    again = await replayed(made[-1], request, speed=FAST if row.timeouts is CALM else 1.0, base_url=url)

    assert _told(again, len(made)) == _told(first, len(made))
