"""What a body consisted of besides content, and what that means where it ends without an answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tui.engine import net_failure
from tui.engine.failure import Failure
from tui.engine.http_failure import page_title
from tui.engine.in_band import Complaint, clip, excerpt
from tui.engine.json_values import values

_CHEAP = 2**18  # characters of JSON that may be read over and over
_LINE = 64  # bytes that a line costs beside its text


@dataclass(slots=True)
class Tally:
    """Counts of what came, and the lines that are no events: a body that is no stream, or an error in the middle."""

    items: int = 0  # anything at all
    objects: int = 0  # JSON objects
    damaged: int = 0  # events that are no JSON object
    sample: str = ""  # the first JSON object, clipped
    plain: list[str] = field(default_factory=list)
    _size: int = 0
    _tried: int = 0  # characters of JSON when it was last looked at

    def keep(self, line: str, limit: int) -> None:
        """Keep a plain line, as long as all of them stay below `limit` bytes."""
        self._size += len(line) + _LINE
        if self._size <= limit:
            self.plain.append(line)

    @property
    def text(self) -> str:
        """The plain lines."""
        return "\n".join(self.plain)

    def holds_json(self, rest: bytes) -> bool:
        """Whether the plain lines and `rest`, the one without an end, are whole JSON: a server may never close after it."""
        lines = [*self.plain, rest.decode("utf-8", "replace")]
        size = sum(map(len, lines))
        if not lines[0].lstrip().startswith(("{", "[")) or _CHEAP < size < 1.5 * self._tried:
            return False
        self._tried = size
        found, whole = values("\n".join(lines))
        return whole and any(isinstance(value, Mapping | list) for value in found)

    @property
    def damage(self) -> str:
        """How much was damaged, in words; "" if nothing was."""
        if not self.damaged:
            return ""
        count = "One event was" if self.damaged == 1 else f"{self.damaged:,} events were"
        return f"{count} damaged and could not be read; text may be missing."

    def why(self, characters: int, *, spoke: bool) -> Failure:
        """Why the body made no whole answer. `spoke`: at least it was a chat completion's."""
        page = page_title(self.text)
        if spoke and self.plain:
            title = f"The server broke off with a message{after(characters)}."
            return Failure("in_band", title, page or excerpt(self.text), "See what it says, then retry.")
        if spoke:
            return net_failure.closed(characters, "The stream ended without an end mark.")
        if page:
            return _answered("with a web page", page)
        if self.objects:
            return _answered("with JSON that is no chat completion", clip(self.text) or self.sample)
        if self.plain:
            return _answered("with text that is no stream", excerpt(self.text))
        if self.damaged:
            return _answered("with nothing that can be read", "All of its events were damaged.")
        if self.items:
            return net_failure.closed(0, "The stream ended without an end mark.")
        return _answered("with nothing at all", "")


def after(characters: int) -> str:
    """Where in the answer something happened, as the end of a sentence."""
    return f" after {characters:,} character{'s' if characters > 1 else ''}" if characters else ""


def complained(complaint: Complaint, characters: int) -> Failure:
    """What a server's error in mid-stream means for an answer of which so many characters are there."""
    codes = ", ".join(code for code in complaint.codes if code not in complaint.message)
    if not complaint.message or complaint.message == codes:
        title = f"The server ended the answer with “{codes or 'error'}”{after(characters)}."
        return Failure("in_band", title, "", "Retry.")
    detail = complaint.message + (f" ({codes})" if codes else "")
    return Failure("in_band", f"The server reported an error{after(characters)}.", detail, "See what it says, then retry.")


def _answered(what: str, detail: str) -> Failure:
    return Failure("protocol", f"The server answered {what}.", detail, "Check the base URL; it usually ends in /v1.")
