"""Measures `streamtui serve` against a bare FastAPI `StreamingResponse`, both as gateways to the same replay server.

    python -m tests.bench.serve [--runs 3] [--readers 50] [--json FILE]

CPU is user and system time of the server's process, all threads, from the first request to the last byte, per event that
reached a reader; both serve the same events to the same readers, in turns. Memory is the process's peak. Needs Linux.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Literal
from urllib.parse import urlsplit

from tests.bench.program import ROOT
from tests.bench.report import Figure, write_json

Kind = Literal["shared", "own"]
PACED, BURST = "doc-500-50", "doc-2000-0"
MOST = 2.0  # times the CPU of the bare server
_DONE = b"data: [DONE]\n\n"


@dataclass(frozen=True)
class Run:
    """What one run cost: CPU seconds, events that reached readers, peak memory in MB."""

    cpu: float
    events: int
    peak_mb: float

    @property
    def each(self) -> float:
        """Microseconds of CPU per event."""
        return self.cpu / self.events * 1e6


@contextmanager
def server(argv: Sequence[str], folder: Path) -> Iterator[tuple[int, str]]:
    """(process id, base URL) of a server that says where it listens."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "STREAMTUI_DATA_DIR": str(folder), "OPENAI_API_KEY": "none"}
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment) as process:
        try:
            assert process.stdout is not None
            yield process.pid, process.stdout.readline().split()[-1]
        finally:
            process.terminate()


def cpu_of(process: int) -> float:
    """CPU seconds of a process so far."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def peak_of(process: int) -> float:
    """The most memory that a process has had, in MB."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


async def read(url: str, method: str, path: str, body: bytes = b"", until: bytes = _DONE) -> bytes:
    """All that a server answers, up to the end mark."""
    where = urlsplit(url)
    reader, writer = await asyncio.open_connection(where.hostname, where.port, limit=1 << 24)
    head = f"{method} {where.path}{path} HTTP/1.1\r\nHost: {where.netloc}\r\nContent-Type: application/json\r\n"
    writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
    data = bytearray()
    while until not in data[-4096:]:
        piece = await reader.read(1 << 16)
        if not piece:
            raise RuntimeError(f"the stream broke off: {bytes(data[-500:])!r}")
        data += piece
    writer.close()
    return bytes(data)


def question(model: str) -> bytes:
    """A request for a stream."""
    return json.dumps({"model": model, "stream": True, "messages": [{"role": "user", "content": "go"}]}).encode()


async def own_streams(url: str, model: str, readers: int) -> list[bytes]:
    """So many streams at once, a reader each."""
    asked = question(model)
    return await asyncio.gather(*(read(url, "POST", "/chat/completions", asked) for _ in range(readers)))


async def bare_shared(url: str, model: str, readers: int) -> list[bytes]:
    """So many readers of one stream, of the bare server."""
    return await asyncio.gather(*(read(url, "GET", f"/shared/{model}") for _ in range(readers)))


async def serve_shared(url: str, model: str, readers: int) -> list[bytes]:
    """The same of `serve`: one asks, the others attach."""
    where = urlsplit(url)
    asked = question(model)
    reader, writer = await asyncio.open_connection(where.hostname, where.port)
    head = f"POST {where.path}/chat/completions HTTP/1.1\r\nHost: {where.netloc}\r\nContent-Length: {len(asked)}\r\n\r\n"
    writer.write(head.encode() + asked)
    answer = (await reader.readuntil(b"\r\n\r\n")).decode()
    writer.close()
    headers = dict(line.split(": ", 1) for line in answer.split("\r\n")[1:] if line)
    stream = headers["streamtui-stream"]
    return await asyncio.gather(*(read(url, "GET", f"/streams/{stream}") for _ in range(readers)))


def measured(process: int, streams: Coroutine[None, None, list[bytes]]) -> Run:
    """What reading `streams` costs a server."""
    before = cpu_of(process)
    bodies = asyncio.run(streams)
    events = sum(body.count(b"data: ") for body in bodies)
    return Run(cpu_of(process) - before, events, peak_of(process))


def figures(upstream: str, kind: Kind, model: str, readers: int, runs: int) -> Iterator[Figure]:
    """What both servers cost, and how they compare."""
    what = f"{readers} {'readers of one stream' if kind == 'shared' else 'streams'}, {model}"
    ours, bare = [], []
    for _ in range(runs):
        with TemporaryDirectory() as folder:
            argv = [sys.executable, "-m", "tui", "serve", "--port", "0", "--base-url", upstream]
            with server(argv, Path(folder)) as (process, url):
                asyncio.run(own_streams(url, "doc-50-0", 1))
                make = serve_shared if kind == "shared" else own_streams
                ours.append(measured(process, make(url, model, readers)))
            with server([sys.executable, "-m", "tests.bench.bare_serve", upstream], Path(folder)) as (process, url):
                asyncio.run(own_streams(url, "doc-50-0", 1))
                bare.append(measured(process, (bare_shared if kind == "shared" else own_streams)(url, model, readers)))
    mine, theirs = median(run.each for run in ours), median(run.each for run in bare)
    yield Figure(f"{what}: serve", mine, "µs")
    yield Figure(f"{what}: bare StreamingResponse", theirs, "µs")
    yield Figure(f"{what}: serve / bare", mine / theirs, "times", MOST)
    note = f"bare {median(run.peak_mb for run in bare):.0f} MB"
    yield Figure(f"{what}: peak memory", median(run.peak_mb for run in ours), "MB", note=note)


def main() -> int:
    """Run; 1 if a bar was missed."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.serve", description=__doc__)
    parser.add_argument("--runs", type=int, default=3, help="how often each figure is taken; the median counts")
    parser.add_argument("--readers", type=int, default=50)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there, too")
    options = parser.parse_args()
    found = []
    with server([sys.executable, "-m", "tests.bench.replay"], Path()) as (_, upstream):
        cases: tuple[tuple[Kind, str], ...] = (("shared", PACED), ("own", PACED), ("shared", BURST), ("own", BURST))
        for kind, model in cases:
            for figure in figures(upstream, kind, model, options.readers, options.runs):
                print(figure.line(), flush=True)
                found.append(figure)
    if options.json:
        write_json(found, options.json)
    return int(any(figure.met is False for figure in found))


if __name__ == "__main__":
    sys.exit(main())
