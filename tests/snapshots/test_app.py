"""The pictures: every state of the app that a person should recognise. The README shows these files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from textual.pilot import Pilot

from tests.app.kit import make_app, running, screen_of, send
from tests.conftest import Snap
from tests.support.clock import Clock
from tests.support.script import DONE, Gate, Item, Script, counts, finish
from tests.support.waiting import settled, streamed, until

QUESTION = "Explain what async/await does in Python, with one example."
ANSWER = """\
# async and await

An `await` gives the loop back to **whoever can use it**; nothing else runs in between, so no lock is needed.

```python
async def main() -> None:
    async for chunk in stream:
        text += chunk.choices[0].delta.content or ""
```

| what | when it runs | cost |
|:-----|:-------------|-----:|
| a coroutine | when it is *awaited* | 1 µs |
| a task | as soon as the loop is free | 8 µs |

1. Open the stream.
2. Read what arrives, and **keep it**:
   - a break loses nothing that was kept
   - see [the guide](https://example.invalid/async)

> Whoever waits, gives way.
"""
HALF = ANSWER[: ANSWER.index("| a task")]


class Timed:
    """A text whose first words come after 0.41 s and whose rest comes 2.6 s later, on the app's clock."""

    def __init__(self, text: str, *end: Item, **options: Mapping[str, str]) -> None:
        self.clock, self._first, self._last = Clock(), Gate(), Gate()
        first = (lambda: self.clock.passes(0.41), text[:40], self._first)
        rest = (lambda: self.clock.passes(2.6), text[40:])
        self.script = Script(*first, *rest, *end, **options)  # type: ignore[arg-type] # headers are the only option used

    async def plays(self, pilot: Pilot[None], text: str) -> None:
        """Until `text` has arrived."""
        await self._first.reached()
        await until(pilot, lambda: bool(screen_of(pilot).answer_text()), "the first words")
        self._first.open()
        await until(pilot, lambda: len(screen_of(pilot).answer_text()) == len(text), "the text")


async def test_idle(tmp_path: Path, snap: Snap) -> None:
    app, _ = make_app(tmp_path, base_url=None, model=None)
    async with running(app) as pilot:
        await snap(pilot, "idle")


async def test_streaming(tmp_path: Path, snap: Snap) -> None:
    timed = Timed(HALF, Gate())
    app, _ = make_app(tmp_path, timed.script, clock=timed.clock)
    async with running(app) as pilot:
        await send(pilot, QUESTION)
        await timed.plays(pilot, HALF)
        await snap(pilot, "streaming")


async def test_complete(tmp_path: Path, snap: Snap) -> None:
    timed = Timed(ANSWER, finish(), counts(17, 158, completion_tokens_details={"reasoning_tokens": 24}), DONE)
    app, _ = make_app(tmp_path, timed.script, clock=timed.clock)
    async with running(app, size=(100, 36)) as pilot:
        await send(pilot, QUESTION)
        await timed.plays(pilot, ANSWER)
        await streamed(pilot)
        await snap(pilot, "complete")


async def test_interrupted(tmp_path: Path, snap: Snap) -> None:
    timed = Timed(HALF, headers={"x-request-id": "req_8f21"})
    app, _ = make_app(tmp_path, timed.script, clock=timed.clock)
    async with running(app) as pilot:
        await send(pilot, QUESTION)
        await timed.plays(pilot, HALF)
        await streamed(pilot)
        await snap(pilot, "interrupted")


async def test_failed(tmp_path: Path, snap: Snap) -> None:
    script = Script.error(401, "Incorrect API key provided.", code="invalid_api_key", headers={"x-request-id": "req_77c0"})
    app, _ = make_app(tmp_path, script)
    async with running(app) as pilot:
        await send(pilot, QUESTION)
        await streamed(pilot)
        await snap(pilot, "failed")


async def test_stopped(tmp_path: Path, snap: Snap) -> None:
    half = HALF[:200]
    timed = Timed(half, Gate())
    app, _ = make_app(tmp_path, timed.script, clock=timed.clock)
    async with running(app) as pilot:
        await send(pilot, QUESTION)
        await timed.plays(pilot, half)
        await pilot.press("escape")
        await streamed(pilot)
        await snap(pilot, "stopped")


async def three_tabs(pilot: Pilot[None], gate: Gate) -> None:
    """One tab that is complete and unread, one broken, and one that streams in front."""
    await send(pilot, "what is a token")
    await pilot.press("ctrl+n")
    await settled(pilot)
    await send(pilot, "sse over http")
    await pilot.press("ctrl+n")
    await settled(pilot)
    await send(pilot, QUESTION)
    await gate.reached()
    await until(pilot, lambda: len(screen_of(pilot).workspace.busy) == 1, "the hidden streams to end")


async def test_two_tabs(tmp_path: Path, snap: Snap) -> None:
    gate = Gate()
    scripts = [
        Script.complete("A token is a piece of text.", prompt="token"),
        Script("Server-sent", prompt="sse"),
        Script(HALF, gate, prompt="async"),
    ]
    app, _ = make_app(tmp_path, *scripts)
    async with running(app) as pilot:
        await three_tabs(pilot, gate)
        await until(pilot, lambda: len(screen_of(pilot).answer_text()) == len(HALF), "the first half")
        await snap(pilot, "two_tabs")


async def test_narrow(tmp_path: Path, snap: Snap) -> None:
    app, _ = make_app(tmp_path, Script(HALF))
    async with running(app, size=(44, 24)) as pilot:
        await send(pilot, QUESTION)
        await streamed(pilot)
        await snap(pilot, "narrow")


async def test_light(tmp_path: Path, snap: Snap) -> None:
    app, _ = make_app(tmp_path, Script(ANSWER, finish(), counts(17, 158), DONE), theme="streamtui-light")
    async with running(app, size=(100, 36)) as pilot:
        await send(pilot, QUESTION)
        await streamed(pilot)
        await snap(pilot, "light")


async def test_help(tmp_path: Path, snap: Snap) -> None:
    app, _ = make_app(tmp_path)
    async with running(app, size=(100, 40)) as pilot:
        await pilot.press("f1")
        await settled(pilot)
        await snap(pilot, "help")


async def test_a_tiny_terminal_still_works(tmp_path: Path, snap: Snap) -> None:
    app, _ = make_app(tmp_path, Script("cut"))
    async with running(app, size=(20, 5)) as pilot:
        await send(pilot, "hi")
        await streamed(pilot)
        await snap(pilot, "tiny")
