"""Local servers, found by asking loopback on the usual ports. They are offered, never chosen."""

from __future__ import annotations

import asyncio
import json

from tui.endpoint import Endpoint

#: port → what usually listens there
USUAL_PORTS = {11434: "ollama", 8080: "llama.cpp", 1234: "lm studio", 8000: "vllm"}
BUDGET = 0.5  # seconds for all of them together
_MOST = 256 * 1024  # bytes of an answer
_REQUEST = b"GET /v1/models HTTP/1.0\r\nHost: 127.0.0.1\r\nAccept: application/json\r\nConnection: close\r\n\r\n"


async def discover(budget: float = BUDGET, ports: dict[int, str] | None = None) -> list[Endpoint]:
    """The servers that answer within `budget` seconds with a list of models. Never raises."""
    candidates = USUAL_PORTS if ports is None else ports
    tasks = [asyncio.ensure_future(_ask(port, name)) for port, name in candidates.items()]
    done, late = await asyncio.wait(tasks, timeout=budget)
    for task in late:
        task.cancel()
    return [endpoint for task in tasks if task in done and (endpoint := task.result()) is not None]


async def _ask(port: int, name: str) -> Endpoint | None:
    # a plain socket: four requests to this machine are not worth importing an HTTP library early
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return None
    try:
        writer.write(_REQUEST)
        answer = await reader.read(_MOST)
        while chunk := await reader.read(_MOST - len(answer)):
            answer += chunk
    except OSError:
        return None
    finally:
        writer.close()
    model = _first_model(answer)
    return None if model is None else Endpoint(name, f"http://127.0.0.1:{port}/v1", model=model)


def _first_model(answer: bytes) -> str | None:
    head, _, body = answer.partition(b"\r\n\r\n")
    if b" 200 " not in head.split(b"\r\n")[0]:
        return None
    try:
        data = json.loads(body[body.find(b"{") : body.rfind(b"}") + 1])["data"]
        name = data[0]["id"]
    except (ValueError, LookupError, TypeError, RecursionError):
        return None
    return name if isinstance(name, str) and name else None
