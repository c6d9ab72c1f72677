"""Answers in one piece: upstream's own, as it came; where a stream came, as of a recording, what its events add up to."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from contextlib import aclosing
from typing import Any

import httpx2
from fastapi.responses import Response

from tui.engine import body, net_failure
from tui.engine.answer import Answer
from tui.engine.failure import Call
from tui.engine.reader import StreamReader
from tui.serve.asked import Asked
from tui.serve.catalog import Source
from tui.serve.errors import AsciiResponse, ServeError, unreachable
from tui.serve.upstream import passed_headers

_MOST = 64 * 2**20  # bytes


async def whole_answer(source: Source, asked: Asked) -> Response:
    """The answer. Raises RefusedError and ServeError."""
    response = await source.upstream.ask({**asked.chat, "model": source.model})
    call = source.upstream.call(source.model)
    try:
        data = await _read(response)
    except ServeError:
        raise
    except Exception as error:  # the stream's edge: whatever it is becomes a refusal
        raise unreachable(net_failure.from_exception(error, call, began=True)) from error
    finally:
        await response.aclose()
    if _is_answer(data):
        return Response(data, 200, passed_headers(response), media_type="application/json")
    if source.fault is not None:
        raise ServeError(502, "The recording is played with a fault.", source.fault.kind)
    return AsciiResponse(_added_up(data, source.model, call), headers=passed_headers(response))


def _is_answer(data: bytes) -> bool:
    try:
        whole = json.loads(data)
    except (ValueError, RecursionError):
        return False
    return isinstance(whole, dict) and isinstance(whole.get("choices"), list) and not whole.get("error")


async def _read(response: httpx2.Response) -> bytes:
    data = bytearray()
    async with aclosing(body.pieces_async(response)) as pieces:
        async for piece in pieces:
            data += piece
            if len(data) > _MOST:
                raise ServeError(502, "The answer is too large.")
    return bytes(data)


def _added_up(data: bytes, model: str, call: Call) -> Mapping[str, Any]:
    """The events of a stream as one `chat.completion`. Raises ServeError if it broke, or is none."""
    reader, answer = StreamReader(call), Answer(model)
    for event in [*reader.feed(data), *reader.end()]:
        answer.apply(event, 0.0)
    if answer.failure is not None:
        raise unreachable(answer.failure)
    return {
        "id": answer.response_id or "chatcmpl-recorded",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": answer.model or model,
        "choices": [_choice(answer, index) for index in sorted(answer.choices)],
        **({"usage": answer.usage} if answer.usage else {}),
    }


def _choice(answer: Answer, index: int) -> Mapping[str, Any]:
    choice = answer.choices[index]
    kinds = (("content", choice.joined("text")), ("reasoning_content", choice.joined("reasoning")))
    message: dict[str, Any] = {"role": "assistant", "content": None, **{name: text for name, text in kinds if text}}
    if refusal := choice.joined("refusal"):
        message["refusal"] = refusal
    if choice.calls:
        message["tool_calls"] = [call.as_openai() for call in choice.calls.values()]
    return {"index": index, "message": message, "logprobs": None, "finish_reason": choice.reason}
