"""A real `streamtui serve` in a process of its own, recordings for it, and a proxy that cuts connections."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

from tests.faults.wire import DONE, say, stop

ROOT = Path(__file__).resolve().parents[2]
WORDS = [f"word {number} äö🚀\n" for number in range(400)]
TEXT = "".join(WORDS)
PATIENCE = 30.0


def write_recording(folder: Path, name: str, pieces: Sequence[bytes], *, every: float = 0.0, status: int = 200) -> None:
    """A recording of these pieces, one every so many seconds."""
    folder.mkdir(parents=True, exist_ok=True)
    asked = {"method": "POST", "url": "https://llm.example.com/v1/chat/completions", "headers": [], "body": {"model": "m"}}
    head = {
        "format": "streamtui-recording",
        "version": 1,
        "recorded": "2026-11-21T07:21:19.123456Z",
        "by": "a test",
        "request": asked,
        "response": {"t": 0.0, "status": status, "headers": [["content-type", "text/event-stream"]]},
    }
    lines = [head, *({"t": every * place, "text": piece.decode()} for place, piece in enumerate(pieces))]
    lines.append({"t": every * len(pieces), "end": "complete"})
    (folder / f"{name}.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")


def whole(folder: Path, name: str = "talk", *, every: float = 0.0) -> None:
    """A recording of an answer that is `TEXT`."""
    write_recording(folder, name, [*map(say, WORDS), stop(), DONE], every=every)


@dataclass
class Served:
    """A server that runs."""

    process: subprocess.Popen[str]
    url: str
    stderr: Path

    def end(self, number: int = signal.SIGTERM) -> int:
        """Send a signal, and wait; the exit code."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)


@contextmanager
def serving(folder: Path, *arguments: str, env: Mapping[str, str] = {}) -> Iterator[Served]:
    """`streamtui serve` with its data in `folder`, on a free port."""
    config = folder / "config.toml"
    config.touch()
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("STREAMTUI_", "OPENAI_"))}
    environment |= {"STREAMTUI_CONFIG": str(config), "STREAMTUI_DATA_DIR": str(folder / "data"), "PYTHONPATH": str(ROOT), **env}
    command = [sys.executable, "-m", "tui", "serve", "--port", "0", *arguments]
    stderr = folder / "stderr"
    with (
        stderr.open("w") as errors,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True, env=environment, cwd=folder) as process,
    ):
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line.startswith("listening on http://"), stderr.read_text()
            yield Served(process, line.removeprefix("listening on ").strip(), stderr)
        finally:
            if process.poll() is None:
                process.kill()


def chat(model: str, *, stream: bool = True, **more: Any) -> dict[str, Any]:
    """The body of a request."""
    return {"model": model, "stream": stream, "messages": [{"role": "user", "content": "hello"}], **more}


def client(url: str, **headers: str) -> httpx2.Client:
    """An HTTP client of the server's."""
    return httpx2.Client(base_url=f"{url}/", headers=headers, timeout=PATIENCE, trust_env=False)


def texts(body: str) -> str:
    """The text that the events of a stream add up to."""
    found = []
    for line in body.split("\n"):
        if line.startswith("data: {"):
            choices = json.loads(line[6:]).get("choices") or [{}]
            found.append(choices[0].get("delta", {}).get("content") or "")
    return "".join(found)


def numbers(body: str) -> list[int]:
    """The ids of the events of a stream."""
    return [int(line[4:]) for line in body.split("\n") if line.startswith("id: ")]


@dataclass
class Cutter:
    """A proxy that cuts each connection after so many bytes of the answer, until it runs out of cuts."""

    port: int
    cuts: list[int]
    made: int = 0
    url: str = ""
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection."""
        task = asyncio.create_task(self._pass_on(reader, writer))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            upstream, there = await asyncio.open_connection("127.0.0.1", self.port)
        except ConnectionError:
            writer.close()
            return
        forth = asyncio.create_task(_copy(reader, there))
        try:
            head = await upstream.readuntil(b"\r\n\r\n")
            writer.write(head)
            left = self.cuts.pop(0) if self.cuts and b"event-stream" in head else None
            while data := await upstream.read(4096 if left is None else min(left, 4096)):
                writer.write(data)
                await writer.drain()
                if left is not None:
                    left -= len(data)
                    if left == 0:
                        self.made += 1
                        break
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            forth.cancel()
            writer.close()
            there.close()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(4096):
            writer.write(data)
    except ConnectionError:
        pass


@asynccontextmanager
async def cutting(url: str, cuts: Sequence[int]) -> AsyncIterator[Cutter]:
    """A cutter before the server at `url`."""
    cutter = Cutter(httpx2.URL(url).port or 80, list(cuts))
    server = await asyncio.start_server(cutter.accept, "127.0.0.1", 0)
    cutter.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    try:
        yield cutter
    finally:
        server.close()
        for task in list(cutter.tasks):
            task.cancel()
        await asyncio.gather(*cutter.tasks, return_exceptions=True)
