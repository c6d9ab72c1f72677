"""Running one tool: results, errors, progress, limits, and being stopped."""

from __future__ import annotations

import asyncio
import json
import sys
import threading
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Never

import pytest
from pydantic import BaseModel

from tests.tools.kit import make_tool, run, until
from tui.tools.reporting import Progress, StoppedError, progress
from tui.tools.results import LONGEST


class Model(BaseModel):
    a: int


@dataclass
class Data:
    day: date


class BadError(Exception):
    def __str__(self) -> str:
        raise ValueError("no")


@pytest.mark.parametrize(
    ("value", "content"),
    [
        ("text\r\n", "text\r\n"),
        ("", ""),
        (None, "null"),
        (True, "true"),
        ([1, 2.5, float("nan")], "[1,2.5,null]"),
        ({"a": {"ä"}}, '{"a":["ä"]}'),
        (Model(a=1), '{"a":1}'),
        (Data(date(2024, 1, 2)), '{"day":"2024-01-02"}'),
        (b"bytes", "bytes"),
        ((1, (2,)), "[1,[2]]"),
    ],
)
async def test_results(value: Any, content: str) -> None:
    def give() -> Any:
        return value

    assert await run(make_tool(give)) == await run(make_tool(give))
    ended = await run(make_tool(give))
    assert (ended.state, ended.content) == ("done", content)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (object(), "TypeError: the tool returned a object"),
        (b"\xff\xfe", "TypeError: the tool returned 2 bytes that are no text"),
    ],
)
async def test_results_that_are_neither_text_nor_json(value: Any, said: str) -> None:
    def give() -> Any:
        return value

    ended = await run(make_tool(give))
    assert (ended.state, ended.content.startswith(said)) == ("failed", True)


async def test_a_circle_is_no_result() -> None:
    def give() -> Any:
        circle: list[Any] = []
        circle.append(circle)
        return circle

    assert (await run(make_tool(give))).state == "failed"


async def test_a_long_result_is_cut_and_says_so() -> None:
    def give() -> str:
        return "x" * (LONGEST + 1)

    content = (await run(make_tool(give))).content
    assert content.startswith("x" * LONGEST + "\n[Cut here: the result has 65,537 characters")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (RuntimeError("no\nluck"), "RuntimeError: no\nluck"),
        (RuntimeError(), "RuntimeError"),
        (SystemExit(3), "SystemExit: 3"),
        (KeyboardInterrupt(), "KeyboardInterrupt"),
        (BadError(), "BadError"),
        (StoppedError(), "The tool was stopped."),
        (TimeoutError("mine"), "TimeoutError: mine"),
        (StopIteration(), "StopIteration"),
    ],
)
async def test_whatever_it_raises_is_its_result_without_a_traceback(error: BaseException, said: str) -> None:
    def fail() -> Never:
        raise error

    async def fail_async() -> Never:
        raise error

    for tool in (make_tool(fail), make_tool(fail_async)):
        ended = await run(tool)
        if not isinstance(error, StopIteration):  # which becomes a RuntimeError in a coroutine
            assert (ended.state, ended.content) == ("failed", said)
        assert "File" not in ended.content


async def test_an_async_tool_that_cancels_itself_fails() -> None:
    async def quit_it() -> None:
        raise asyncio.CancelledError

    assert (await run(make_tool(quit_it))).content == "The tool cancelled itself."


async def test_async_tools_share_a_loop_that_is_not_ours() -> None:
    async def loop() -> int:
        return id(asyncio.get_running_loop())

    first, second = await run(make_tool(loop)), await run(make_tool(loop))
    assert first.content == second.content != str(id(asyncio.get_running_loop()))


async def test_progress_by_call_by_parameter_by_printing_and_by_yielding() -> None:
    def work(tell: Progress) -> Iterator[str]:
        progress("one")
        tell("two")
        print("three\n")  # noqa: T201 - that is what is tried
        sys.stderr.write("four\n\n")
        yield "five"
        yield "six"

    heard: list[str] = []
    ended = await run(make_tool(work), hear=heard.append)
    assert (ended.content, heard) == ("fivesix", ["one", "two", "three", "four", "five", "six"])


async def test_generators() -> None:
    def returns() -> Generator[int, None, str]:
        yield 1
        return "whole"

    def numbers() -> Iterator[int]:
        yield from (1, 2)

    async def pieces() -> AsyncIterator[str]:
        yield "a"
        yield "b"

    assert (await run(make_tool(returns))).content == "whole"
    assert (await run(make_tool(numbers))).content == "[1,2]"
    assert (await run(make_tool(pieces))).content == "ab"


async def test_nothing_that_a_tool_prints_reaches_the_output(capfd: pytest.CaptureFixture[str]) -> None:
    def noisy() -> str:
        print("out")  # noqa: T201 - that is what is tried
        print("err", file=sys.stderr)  # noqa: T201 - likewise
        return "done"

    await run(make_tool(noisy))
    print("ours")  # noqa: T201 - what others print still arrives
    assert capfd.readouterr() == ("ours\n", "")


class Held:
    """A function that runs until it is let go."""

    def __init__(self) -> None:
        self.began, self.go, self.left = threading.Event(), threading.Event(), threading.Event()

    def tool(self) -> Callable[[], str]:
        def held() -> str:
            self.began.set()
            self.go.wait()
            try:
                progress("still here")
            finally:
                self.left.set()
            return "late"

        return held


@pytest.fixture
def held() -> Iterator[Held]:
    held = Held()
    yield held
    held.go.set()


async def test_a_time_limit_leaves_a_thread_to_itself_until_it_says_something(held: Held) -> None:
    ended = await run(make_tool(held.tool()), seconds=0.01)
    assert (ended.state, ended.content) == ("failed", "The tool was stopped: it took longer than 0.01 s.")
    held.go.set()
    assert held.left.wait(5)


async def test_stopping_waits_for_nothing(held: Held) -> None:
    task = asyncio.create_task(run(make_tool(held.tool())))
    await until(held.began.is_set)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not held.left.is_set()
    threads = [thread for thread in threading.enumerate() if thread.name == "tool held"]
    assert threads
    assert all(thread.daemon for thread in threads)  # the program's end does not wait for them


async def test_an_async_tool_is_cancelled() -> None:
    began, cancelled = threading.Event(), threading.Event()

    async def wait() -> None:
        began.set()
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    task = asyncio.create_task(run(make_tool(wait)))
    await until(began.is_set)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert cancelled.wait(5)


async def test_an_async_tool_that_is_stopped_before_it_began_never_runs() -> None:
    ran: list[bool] = []

    async def never() -> None:
        ran.append(True)

    task = asyncio.create_task(run(make_tool(never)))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert json.dumps(ran) == "[]"
