"""Running one tool: in a thread of its own, or if it is async in a loop of the tools' own, so that none can hold up the app.

Nothing can end a thread. A function that was stopped, or took too long, is left to itself: its thread ends when it returns,
when it says how far it is, or with the program, which does not wait for it. An async one is cancelled.
"""

from __future__ import annotations

import asyncio
import inspect
import threading
from collections.abc import Callable
from contextlib import suppress
from contextvars import copy_context
from functools import cache
from typing import Any

from tui.engine.tool_run import RunEnded
from tui.tools import reporting, results
from tui.tools.capture import capture
from tui.tools.definition import Tool


class _Run:
    """One run, between the loop that waits for it and the thread that it happens in."""

    def __init__(self, tool: Tool, values: list[Any], hear: Callable[[str], None]) -> None:
        self._tool, self._values, self._hear = tool, values, hear
        self._loop = asyncio.get_running_loop()
        self._context = copy_context()  # the app's own, for what is called in its loop
        self._stopped = threading.Event()
        self._task: asyncio.Task[None] | None = None
        self.ended: asyncio.Future[RunEnded] = self._loop.create_future()

    def start(self) -> None:
        """Begin."""
        capture()
        context = copy_context()
        context.run(reporting.listener.set, self._tell)
        function = self._tool.function
        if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
            _tools_loop().call_soon_threadsafe(self._start_task, context=context)
        else:
            threading.Thread(target=context.run, args=(self._work,), name=f"tool {self._tool.name}", daemon=True).start()

    def stop(self) -> None:
        """Nobody waits any more."""
        self._stopped.set()
        _cancel_there(lambda: self._task)

    def _tell(self, text: str) -> None:
        if self._stopped.is_set():
            raise reporting.StoppedError
        self._in_our_loop(self._heard, text)

    def _heard(self, text: str) -> None:
        if not self.ended.done():
            self._hear(text)

    def _in_our_loop(self, call: Callable[..., None], *arguments: Any) -> None:
        with suppress(RuntimeError):  # the loop was closed: the program ends
            self._loop.call_soon_threadsafe(call, *arguments, context=self._context)

    def _end(self, ended: RunEnded) -> None:
        if not self.ended.done():
            self.ended.set_result(ended)

    def _call(self) -> Any:
        named = {one.name: self._given(place) for place, one in enumerate(self._tool.takes) if not one.by_place}
        return self._tool.function(*[self._given(place) for place, one in enumerate(self._tool.takes) if one.by_place], **named)

    def _given(self, place: int) -> Any:
        return reporting.progress if self._tool.takes[place].is_progress else self._values[place]

    def _work(self) -> None:
        self._deliver(_outcome(lambda: _drained(self._call())))

    def _deliver(self, ended: RunEnded) -> None:
        self._in_our_loop(self._end, ended)

    # In the tools' own loop

    def _start_task(self) -> None:
        if not self._stopped.is_set():
            self._task = asyncio.get_running_loop().create_task(self._work_async())

    async def _work_async(self) -> None:
        try:
            value = await _awaited(self._call())
        except asyncio.CancelledError:
            self._deliver(RunEnded("failed", "The tool cancelled itself."))
            raise
        except BaseException as error:  # the tool's edge; SystemExit, too, would end the loop of all the others
            self._deliver(_failed(error))
        else:
            self._deliver(_outcome(lambda: value))


async def run_tool(tool: Tool, values: list[Any], seconds: float, hear: Callable[[str], None]) -> RunEnded:
    """Run a tool; `values` are those of `Tool.validate`, and `hear` is told of its progress. 0 seconds are no limit.

    Raises CancelledError at once, whatever the tool does.
    """
    run = _Run(tool, values, hear)
    run.start()
    try:
        done, _ = await asyncio.wait([run.ended], timeout=seconds or None)
    except asyncio.CancelledError:
        run.stop()
        raise
    if done:
        return run.ended.result()
    run.stop()
    run.ended.cancel()
    return RunEnded("failed", f"The tool was stopped: it took longer than {seconds:g} s.")


def _outcome(work: Callable[[], Any]) -> RunEnded:
    try:
        return RunEnded("done", results.clipped(results.text_of(work())))
    except BaseException as error:  # the tool's edge: whatever it raises, SystemExit too, is its result
        return _failed(error)


def _failed(error: BaseException) -> RunEnded:
    if isinstance(error, reporting.StoppedError):
        return RunEnded("failed", "The tool was stopped.")
    return RunEnded("failed", results.error_text(error))


def _drained(value: Any) -> Any:
    """The result; what a generator yields is shown as it comes, and its result is what it returns, else all that it yielded."""
    if not inspect.isgenerator(value):
        return value
    pieces: list[Any] = []
    while True:
        try:
            pieces.append(next(value))
        except StopIteration as end:
            return _gathered(pieces) if end.value is None else end.value
        _show(pieces[-1])


async def _awaited(value: Any) -> Any:
    if not inspect.isasyncgen(value):
        return await value
    pieces: list[Any] = []
    async for piece in value:
        pieces.append(piece)
        _show(piece)
    return _gathered(pieces)


def _show(piece: Any) -> None:
    text = piece if isinstance(piece, str) else results.text_of(piece)
    if text.strip():
        reporting.progress(text.strip())


def _gathered(pieces: list[Any]) -> Any:
    return "".join(pieces) if pieces and all(isinstance(piece, str) for piece in pieces) else pieces


@cache
def _tools_loop() -> asyncio.AbstractEventLoop:
    """The loop of all async tools: what they share, such as a client, may live in it from call to call."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="async tools", daemon=True).start()
    return loop


def _cancel_there(task: Callable[[], asyncio.Task[None] | None]) -> None:
    def cancel() -> None:
        if (found := task()) is not None:
            found.cancel()

    if _tools_loop.cache_info().currsize:
        _tools_loop().call_soon_threadsafe(cancel)
