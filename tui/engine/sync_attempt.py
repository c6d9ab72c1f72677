"""One attempt at a stream with the synchronous client."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from tui.engine import body, net_failure, retry
from tui.engine.events import Event, Opened, Reattached, StallNotice
from tui.engine.failure import Call
from tui.engine.http_failure import request_id
from tui.engine.net_failure import causes
from tui.engine.opening import Opening, RefusedError, attach_sync, open_sync
from tui.engine.read_limit import ReadLimit
from tui.engine.reader import StreamReader
from tui.engine.resume import Resumption
from tui.engine.retry import Setback
from tui.engine.watch import Watch

if TYPE_CHECKING:
    import httpx2
    from openai import OpenAI

_LEAST = 0.001  # seconds; 0 would mean "do not wait at all" to a socket


class SyncAttempt:
    """Reads one attempt. `setback` is why it failed before the headers of a 200; `notice` hears of silence while it lasts."""

    def __init__(
        self,
        client: OpenAI,
        call: Call,
        *,
        usage: bool,
        clock: Callable[[], float],
        sleep: Callable[[float], object],
        notice: Callable[[StallNotice], object],
    ) -> None:
        self._sleep = sleep
        self._client, self._call, self._usage, self._clock, self._notice = client, call, usage, clock, notice
        self._watch = Watch(call.request.timeouts, clock())
        self._heard = 0.0  # when the last bytes came
        self.setback: Setback | None = None

    def events(self) -> Iterator[Event]:
        """The events; the last is terminal, unless there is a setback."""
        broke: Exception | None = None
        reader: StreamReader | None = None
        resumption = Resumption({})
        limit = ReadLimit(self._remaining, self._wait_on)
        try:
            with open_sync(self._client, self._call.request, Opening(limit.trace), usage=self._usage) as response:
                limit.hold(response.extensions.get("network_stream"))
                headers = {name.lower(): value for name, value in response.headers.items()}
                name = request_id(headers, self._call)
                yield Opened(response.status_code, name)
                resumption = Resumption(headers)
                reader = StreamReader(self._call, status=response.status_code, request_id=name)
                yield from self._read(response, reader)
        except RefusedError as error:
            self.setback = retry.from_refusal(error.refusal, self._call)
        except Exception as error:  # the stream's edge: whatever it is becomes a failure
            broke = error
            if reader is None:
                setback = retry.from_exception(error, self._call)
                self.setback = Setback(self._watch.failure(), may_retry=False) if _is_late(error) else setback
        finally:
            limit.release()
        if reader is not None:
            yield from self._resume(reader, resumption, broke)
            yield from self._end(reader, broke)

    def _resume(self, reader: StreamReader, resumption: Resumption, broke: Exception | None) -> Iterator[Event]:
        """Go on in another connection, where the server offers that, until the stream has ended or it can't be done."""
        why = net_failure.break_of(broke, self._call, reader.characters)
        while not reader.done and not self._is_silent(broke, resumption):
            step = resumption.after(reader.last_id, why)
            if step is None:
                return
            yield step
            self._sleep(step.delay)
            limit = ReadLimit(self._remaining, self._wait_on)
            self._watch.off = True  # attempts are limited by their number
            try:
                opening = Opening(limit.trace)
                with attach_sync(self._client, self._call, resumption.stream, reader.last_id, opening) as response:
                    resumption.check(response)
                    limit.hold(response.extensions.get("network_stream"))
                    reader.rejoin()
                    self._watch.restart(self._clock())
                    yield Reattached()
                    yield from self._read(response, reader)
                broke = None
            except RefusedError as error:
                resumption.refused(error.refusal.status)
            except Exception as error:  # the stream's edge: another break
                broke, why = error, net_failure.break_of(error, self._call, reader.characters)
            finally:
                limit.release()

    def _is_silent(self, broke: Exception | None, resumption: Resumption) -> bool:
        """Whether the stream was given up for its silence, on a connection that lives."""
        return broke is not None and _is_late(broke) and not resumption.is_dead(self._clock() - self._heard)

    def _end(self, reader: StreamReader, broke: Exception | None) -> Iterator[Event]:
        if broke is None:
            yield from reader.end()
        elif _is_late(broke):
            yield from reader.give_up(self._watch.failure())
        else:
            yield from reader.broke(broke)

    def _read(self, response: httpx2.Response, reader: StreamReader) -> Iterator[Event]:
        contents = 0
        self._heard = self._clock()
        for data in body.pieces_sync(response):
            reader.push(data)
            now = self._heard = self._clock()
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


def _is_late(error: Exception) -> bool:
    return any(type(one).__name__ == "ReadTimeout" for one in causes(error))
