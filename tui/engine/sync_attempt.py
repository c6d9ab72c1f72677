"""One attempt at a stream with the synchronous client."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from tui.engine import body, retry
from tui.engine.events import Event, Opened, StallNotice
from tui.engine.failure import Call
from tui.engine.http_failure import request_id
from tui.engine.net_failure import causes
from tui.engine.opening import Opening, RefusedError, open_sync
from tui.engine.read_limit import ReadLimit
from tui.engine.reader import StreamReader
from tui.engine.retry import Setback
from tui.engine.watch import Watch

if TYPE_CHECKING:
    import httpx2
    from openai import OpenAI

_LEAST = 0.001  # seconds; 0 would mean "do not wait at all" to a socket


class SyncAttempt:
    """Reads one attempt. `setback` is why it failed before the headers of a 200; `notice` hears of silence while it lasts."""

    def __init__(
        self, client: OpenAI, call: Call, *, usage: bool, clock: Callable[[], float], notice: Callable[[StallNotice], object]
    ) -> None:
        self._client, self._call, self._usage, self._clock, self._notice = client, call, usage, clock, notice
        self._watch = Watch(call.request.timeouts, clock())
        self.setback: Setback | None = None

    def events(self) -> Iterator[Event]:
        """The events; the last is terminal, unless there is a setback."""
        reader: StreamReader | None = None
        limit = ReadLimit(self._remaining, self._wait_on)
        try:
            with open_sync(self._client, self._call.request, Opening(limit.trace), usage=self._usage) as response:
                limit.hold(response.extensions.get("network_stream"))
                headers = {name.lower(): value for name, value in response.headers.items()}
                name = request_id(headers, self._call)
                yield Opened(response.status_code, name)
                reader = StreamReader(self._call, status=response.status_code, request_id=name)
                yield from self._read(response, reader)
        except RefusedError as error:
            self.setback = retry.from_refusal(error.refusal, self._call)
        except Exception as error:  # the stream's edge: whatever it is becomes a failure
            yield from self._failed(error, reader)
        else:
            yield from reader.end()
        finally:
            limit.release()

    def _failed(self, error: Exception, reader: StreamReader | None) -> Iterator[Event]:
        late = any(type(one).__name__ == "ReadTimeout" for one in causes(error))
        if reader is not None:
            yield from reader.give_up(self._watch.failure()) if late else reader.broke(error)
            return
        setback = retry.from_exception(error, self._call)
        self.setback = Setback(self._watch.failure(), may_retry=False) if late else setback

    def _read(self, response: httpx2.Response, reader: StreamReader) -> Iterator[Event]:
        contents = 0
        for data in body.pieces_sync(response):
            reader.push(data)
            now = self._clock()
            if reader.contents != contents:
                contents = reader.contents
                self._watch.content(now)
            self._watch.ended(reader.ended, now)
            yield from reader.take()
            if reader.done:
                return
            said = self._watch.check(now)
            if isinstance(said, StallNotice):
                self._notice(said)
            elif said is not None:
                yield from reader.give_up(said)
                return

    def _remaining(self) -> float | None:
        due = self._watch.due()
        return None if due is None else max(due - self._clock(), _LEAST)

    def _wait_on(self) -> bool:
        """After `_remaining` seconds of silence: at first there is only a notice."""
        said = self._watch.check(self._clock())
        if not isinstance(said, StallNotice):
            return False
        self._notice(said)
        return True
