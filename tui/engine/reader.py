"""The reading of one response, without I/O: body bytes in, events out, and exactly one terminal event as the last.

`feed` takes bytes; then one of `end` (the body is over), `broke` (reading it failed) or `give_up` (it takes too long) ends
it, unless the server's own end mark or error did before (`done`). The async and the sync loop share it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tui.engine import events, net_failure
from tui.engine.decode import Decoder
from tui.engine.failure import Call, Failure
from tui.engine.in_band import Complaint, clip, read_error
from tui.engine.json_values import dumps, objects_in, raw_decode, said_by, values
from tui.engine.request import Request
from tui.engine.sse import MAX_EVENT, PADDING, Cut, Item, Line, ServerEvent, Splitter, TooLarge
from tui.engine.tally import Tally, complained

MOST = 64 * 2**20  # characters of one answer
_KEPT = "What arrived is kept; ask for less at once."
_END = "[DONE]"
_ENDS = (_END, "DONE")  # OpenAI's own client takes all that begins with the first for an end mark
_SAMPLE = 8192  # of text in the middle of a stream no more is kept
_SHOWN = 300  # characters of an object that is no answer
_LATE = 5  # errors after the end that are told; more is noise
_ERROR = re.compile(r"\W?error\b", re.IGNORECASE)
_NOWHERE = Call(Request("", ()), "")


class StreamReader:
    """One response's bytes → events. `status` and `request_id` are what a failure will tell."""

    def __init__(self, call: Call = _NOWHERE, *, status: int | None = None, request_id: str | None = None) -> None:
        self.done = False  # the terminal event is out
        self._saw_end = False  # the end mark
        self._call, self._status, self._request_id = call, status, request_id
        self._splitter = Splitter()
        self._decoder = Decoder()
        self._tally = Tally()
        self._answers = 0  # whole answers that came as plain JSON
        self._lines = 0  # plain lines that were JSON
        self._late = 0  # errors after the end
        self._whole = False  # all that came so far is JSON, and whole

    @property
    def contents(self) -> int:
        """How many pieces of content came."""
        return self._decoder.contents

    @property
    def characters(self) -> int:
        """How many characters of content came."""
        return self._decoder.characters

    @property
    def ended(self) -> bool:
        """Whether there was a reason to end, an end mark without its newline, or a whole JSON body; more may still follow."""
        return self._said_end or self._whole

    def feed(self, data: bytes) -> list[events.Event]:
        """The events that `data` completes."""
        self.push(data)
        return self.take()

    def push(self, data: bytes) -> None:
        """Read `data`; the events wait for `take`."""
        if not self.done:
            self._read(self._splitter.feed(data))
            if self.characters > MOST and not self.done:
                self._fail(Failure("protocol", f"The answer grew over {MOST:,} characters; more was refused.", "", _KEPT))
            if self._lines or not self._tally.objects:
                self._whole = self._is_whole(data)

    def take(self) -> list[events.Event]:
        """The events since the last call."""
        return self._decoder.take()

    def end(self) -> list[events.Event]:
        """The body is over."""
        if not self.done:
            self._read_rest()
        if not self.done:
            if self._is_over:
                self._finish()
            else:
                self._fail(self._why())
        return self.take()

    def broke(self, error: BaseException) -> list[events.Event]:
        """Reading the body failed."""
        if not self.done:
            self._read_rest()
        if not self.done:
            failure = net_failure.from_exception(error, self._call, began=True, characters=self.characters)
            if self._is_over:
                self._note(f"After the end: {failure.detail}")
                self._finish()
            else:
                self._fail(failure)
        return self.take()

    def give_up(self, failure: Failure) -> list[events.Event]:
        """Waiting for more is over: with `failure`, unless the answer had ended and only the connection stayed open."""
        if not self.done:
            self._read_rest()
        if not self.done:
            if self._is_over:
                self._finish()
            else:
                self._fail(self._why() if self._whole else failure)
        return self.take()

    @property
    def last_id(self) -> str | None:
        """The id of the last whole event, where events have one."""
        return self._splitter.last_id

    def rejoin(self) -> None:
        """The stream goes on in another response, after the last whole event."""
        self._splitter.drop()

    # Items

    def _read(self, items: list[Item]) -> None:
        for place, item in enumerate(items):
            if type(item) is ServerEvent and not item[0]:
                try:
                    value, at = raw_decode(item[1])
                except (ValueError, RecursionError):
                    at = -1
                if at == len(item[1]) and type(value) is dict:
                    self._object(value)
                else:
                    self._item(item)
            else:
                self._item(item)
            if self.done:
                return
            if self._saw_end:
                self._after_end(items[place + 1 :])
                return

    def _item(self, item: Item) -> None:
        match item:
            case ServerEvent(name, data):
                self._event(name, data)
            case Line(text):
                self._line(text)
            case TooLarge(limit):
                self._tally.damaged += 1
                self._note(f"An event over {limit // 2**20} MiB was refused; text may be missing.")
            case Cut(_):
                pass
        if not isinstance(item, Cut):
            self._tally.items += 1

    def _event(self, name: str, data: str) -> None:
        text = data.strip()
        while text.startswith("data:"):  # a proxy that frames what is framed already
            text = text[5:].lstrip()
        if text.strip('"').upper() in _ENDS or text.startswith(_END) or (name == "done" and text in ("", "{}")):
            self._saw_end = True
            return
        if not text and name != "error":
            return  # a keep-alive
        found, whole = values(text)
        objects = objects_in(found)
        if name == "error" and not objects:
            self._complain(read_error(found[0]) if whole else Complaint(clip(text)))
            return
        for value in objects:
            self._object(value, "error" if name == "error" else "")
        if whole and objects:
            return
        said = said_by(text, found, whole)
        if _ERROR.match(said):
            self._complain(Complaint(clip(said)))
        elif said:
            self._keep_plain(said)
        else:
            self._tally.damaged += 1

    def _line(self, line: str) -> None:
        text = line.strip(PADDING)
        if text.upper() in _ENDS:
            self._saw_end = True
            return
        if text.startswith("data:"):  # indented
            self._event("", text)
            return
        if text.startswith("error:"):  # a field that some servers made up
            self._event("error", text[6:])
            return
        if not self._tally.plain and text.startswith(("{", "[")):
            found, whole = values(text)
            objects = objects_in(found)
            if whole and objects:
                self._lines += 1
                for value in objects:
                    self._object(value)
                    self._answers += self._decoder.is_message and "done" not in value
                return
        if text:
            self._keep_plain(line)

    def _object(self, value: Mapping[str, Any], event: str = "") -> None:
        if self.done:
            return
        self._tally.objects += 1
        self._decoder.chunk(value, event)
        if not (self._decoder.recognised or self._tally.sample):
            self._tally.sample = clip(dumps(value)[:_SHOWN])
        if self._decoder.complaint is not None:
            self._complain(self._decoder.complaint)

    def _keep_plain(self, line: str) -> None:
        self._tally.keep(line, _SAMPLE if self._decoder.recognised else MAX_EVENT)

    def _is_whole(self, data: bytes) -> bool:
        """Whether the body, with `data` at its end, is plain JSON and nothing of it is missing."""
        end = data[-8:].rstrip()
        if not end:
            return self._whole
        if not end.endswith((b"}", b"]")):
            return False
        return self._tally.holds_json(self._splitter.rest) or self._lines == self._answers == 1

    @property
    def _is_over(self) -> bool:
        return self._said_end or (self._lines == 1 and self._answers == 1)

    @property
    def _said_end(self) -> bool:
        return self._decoder.ended or self._splitter.holds_end_mark

    def _read_rest(self) -> None:
        self._read(self._splitter.end())
        if self.done or not self._tally.plain or self._decoder.recognised or self.contents:
            return
        body = self._tally.text
        found, whole = values(body)
        if not whole:
            found = [value for line in self._tally.plain for value in values(line)[0]]
        objects = objects_in(found)
        for value in objects:
            self._object(value)
            self._answers += whole and self._decoder.is_message
        if whole and objects:
            self._tally.plain.clear()
            self._lines = 1

    def _after_end(self, items: list[Item]) -> None:
        if any(isinstance(item, ServerEvent) and item.data.strip() not in ("", _END) for item in items):
            self._note("The server sent more after its end mark; that was left out.")
        self._finish()

    def _finish(self) -> None:
        tally = self._tally
        if not tally.objects and (tally.damaged or tally.plain):
            self._fail(self._why())  # an end mark alone makes no answer of rubbish
            return
        if tally.damage:
            self._note(tally.damage)
        if tally.plain:
            self._note(f"The server sent text that is no part of the stream: {clip(' '.join(tally.plain)[:300])}")
        self._decoder.close(events.Finished())
        self.done = True

    def _complain(self, complaint: Complaint) -> None:
        if self._decoder.late or (self._decoder.complaint is None and self._decoder.ended):
            self._decoder.complaint = None
            self._late += 1
            if self._late <= _LATE:
                self._note(f"After the end the server reported an error: {complaint.message}")
            return
        self._fail(complained(complaint, self.characters))

    def _fail(self, failure: Failure) -> None:
        detail = self._call.scrub(failure.detail)
        title = self._call.scrub(failure.title)
        failure = replace(failure, title=title, detail=detail, request_id=self._request_id, status=self._status)
        self._decoder.close(events.Failed(failure))
        self.done = True

    def _note(self, text: str) -> None:
        self._decoder.emit(events.Footnote(self._call.scrub(text)))

    def _why(self) -> Failure:
        return self._tally.why(self.characters, spoke=self._decoder.recognised or self.contents > 0)
