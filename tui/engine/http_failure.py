"""HTTP statuses that are not a 200, and their bodies, as a `Failure`."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from html import unescape
from urllib.parse import urljoin, urlsplit

from tui.engine import json_values
from tui.engine.failure import Call, Failure, Kind
from tui.engine.in_band import Complaint, clip, excerpt, read_error

REQUEST_ID_HEADERS = ("x-request-id", "request-id", "x-amzn-requestid", "apim-request-id", "x-litellm-call-id", "cf-ray")
_TITLE = re.compile(r"<title[^>]*>(.*?)(?:</title|<|$)", re.IGNORECASE | re.DOTALL)
_HTML = re.compile(r"\s*(<!--.*?-->\s*)*<(!doctype\s+html|html|head|body|title|center|h1)\b", re.IGNORECASE | re.DOTALL)
_QUOTA = re.compile(
    r"insufficient[_ ](quota|funds|balance|credit)|exceeded your current quota|quota[_ ]exceeded|billing|credit|payment",
    re.IGNORECASE,
)
#: Limits that pass by themselves, also where the same message speaks of quota or billing.
_RATE = re.compile(
    r"rate[_ ]limit|too many requests|per[ _-](sec|min)|\b[rt]p[ms]\b|(re)?try (again )?in |slow down|concurren", re.IGNORECASE
)
_KINDS: dict[int, Kind] = {
    401: "auth",
    402: "quota",
    403: "permission",
    404: "not_found",
    407: "auth",
    410: "not_found",
    429: "rate_limit",
    451: "permission",
}
_NO_TOOLS = "It may not take tools: turn them off (--no-tools, or for this tab in the palette), or choose another model."
_SECONDS = re.compile(r"\d+(\.\d*)?", re.ASCII)
_LONGEST = 366 * 86400.0  # seconds that a server may ask to wait; some ask for infinity
RETRIED_STATUSES = frozenset((408, 409, 429))


@dataclass(frozen=True, slots=True)
class Refusal:
    """A response that is not a 200: its status, its headers (names in lower case) and as much of its body as was read."""

    status: int
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def complaint(self) -> Complaint:
        """What the body says, whatever it is written in."""
        text = self.body.decode("utf-8", "replace").strip()
        found, whole = json_values.values(text)
        if whole and isinstance(found[0], Mapping):
            said = read_error(found[0].get("error") or found[0], found[0])
            return said if said.message or not found[0] else Complaint(clip(text))
        if whole and isinstance(found[0], list | str):
            return read_error(found[0])
        return Complaint(page_title(text) or excerpt(text))


def request_id(headers: Mapping[str, str], call: Call) -> str | None:
    """The provider's request id out of the headers."""
    return next((call.scrub(headers[name][:200]) for name in REQUEST_ID_HEADERS if headers.get(name)), None)


def page_title(text: str) -> str | None:
    """The title of a web page, "a web page" if it has none; None if `text` is not one."""
    if not _HTML.match(text[:4096]):
        return None
    found = _TITLE.search(text[:65536])
    return (" ".join(unescape(found[1]).split())[:200] if found else "") or "a web page"


def retry_after(headers: Mapping[str, str], now: Callable[[], float] = time.time) -> float | None:
    """Seconds that the server asks to wait, from any of the three forms; `now` is the time of day."""
    milliseconds, value = headers.get("retry-after-ms", "").strip(), headers.get("retry-after", "").strip()
    try:
        if _SECONDS.fullmatch(milliseconds):
            seconds = float(milliseconds) / 1000
        elif _SECONDS.fullmatch(value):
            seconds = float(value)
        elif value:
            from email.utils import parsedate_to_datetime  # costs 10 ms, and is hardly ever needed

            seconds = max(parsedate_to_datetime(value).timestamp() - now(), 0.0)
        else:
            return None
    except (ValueError, OverflowError, TypeError):
        return None
    return min(seconds, _LONGEST)


def is_retried(refusal: Refusal, failure: Failure) -> bool:
    """Whether another try may go better."""
    if failure.kind == "quota":
        return False
    return refusal.status in RETRIED_STATUSES or (refusal.status >= 500 and failure.kind != "bad_request")


def refuses_usage(refusal: Refusal) -> bool:
    """Whether the server does not know `stream_options`."""
    return refusal.status in (400, 422) and (b"stream_options" in refusal.body or b"include_usage" in refusal.body)


def _refuses_tools(refusal: Refusal, complaint: Complaint, call: Call) -> bool:
    """Whether tools were sent, and the server speaks of them; some do so with a 404 or a 500."""
    sent = bool(call.request.params.get("tools"))
    return sent and refusal.status in (400, 404, 422, 500, 501) and "tool" in complaint.message.lower()


def from_refusal(refusal: Refusal, call: Call, names: Sequence[str] = ()) -> Failure:
    """The failure; `names` are the models that exist and are nearest to the one asked for."""
    complaint = refusal.complaint
    kind = _kind(refusal.status, complaint)
    if _refuses_tools(refusal, complaint, call):
        kind = "bad_request"
        title, advice = f"{call.host} did not accept the request ({refusal.status}).", _NO_TOOLS
    else:
        title, advice = _words(kind, refusal, call, names)
    failure = Failure(
        kind,
        title,
        detail=complaint.message,
        advice=advice,
        request_id=request_id(refusal.headers, call),
        status=refusal.status,
        retry_after=retry_after(refusal.headers),
    )
    return replace(failure, title=call.scrub(title), detail=call.scrub(failure.detail), advice=call.scrub(advice))


def _kind(status: int, complaint: Complaint) -> Kind:
    if status == 429 and _is_quota(complaint):
        return "quota"
    if status in _KINDS:
        return _KINDS[status]
    if 400 <= status < 500:
        return "bad_request"
    return "server" if status >= 500 else "protocol"


def _is_quota(complaint: Complaint) -> bool:
    """Told apart from a rate limit: by the codes, which are meant for it, and only then by the words."""
    codes = " ".join(complaint.codes)
    if _QUOTA.search(codes):
        return True
    return not _RATE.search(f"{codes} {complaint.message}") and bool(_QUOTA.search(complaint.message))


def _words(kind: Kind, refusal: Refusal, call: Call, names: Sequence[str]) -> tuple[str, str]:
    status, host, model = refusal.status, call.host, call.request.model
    match kind:
        case "auth" if status == 407:
            proxy = f"The proxy {call.proxy}" if call.proxy else f"A proxy before {host}"
            return f"{proxy} wants a login (407).", "Put user and password into the proxy's URL."
        case "auth":
            source = call.request.key_source
            advice = f"The key came from {source}; check it there." if source else "No key was sent; set one."
            if call.key and not source:
                advice = "Check the key."
            return f"{host} did not accept the key ({status}).", advice
        case "quota":
            return f"{host} says that the quota is used up ({status}).", "Check the plan and the billing of this account."
        case "permission":
            return f"{host} does not allow this ({status}).", f"The key may lack the right to use {model}."
        case "not_found":
            return _not_found(status, host, model, names, refusal.complaint)
        case "rate_limit":
            return f"{host} is limiting requests ({status}).", "Wait a little, then retry."
        case "server":
            busy = status in (503, 529)
            return f"{host} {'is overloaded' if busy else 'had an error of its own'} ({status}).", "Retry in a moment."
        case "protocol":
            return _unexpected(refusal, call)
        case _:
            return _bad_request(status, host)


def _not_found(status: int, host: str, model: str, names: Sequence[str], complaint: Complaint) -> tuple[str, str]:
    """The model, if that is known; a server that has other paths says as much with the same status."""
    if not model:
        return f"{host} does not list its models at this address ({status}).", "Check the base URL; it usually ends in /v1."
    advice = f"It has {', '.join(names)}." if names else "Check the model's name, and the base URL; it usually ends in /v1."
    if names or "model" in complaint.message.lower() or any("model" in code for code in complaint.codes):
        return f"{host} does not have the model {model} ({status}).", advice
    return f"{host} has nothing at this address, or does not have the model {model} ({status}).", advice


def _bad_request(status: int, host: str) -> tuple[str, str]:
    if status == 413:
        return f"The request is too large for {host} (413).", "Shorten the prompt or the conversation."
    if status == 408:
        return f"{host} waited too long for the request (408).", "Retry."
    if status == 409:
        return f"{host} was busy with something that conflicts (409).", "Retry."
    if status == 405:
        return f"{host} does not take requests at this address (405).", "Check the base URL; it usually ends in /v1."
    return f"{host} did not accept the request ({status}).", "See what it says; check the model and the parameters."


def _unexpected(refusal: Refusal, call: Call) -> tuple[str, str]:
    location = refusal.headers.get("location")
    if 300 <= refusal.status < 400 and location:
        try:
            parts = urlsplit(urljoin(call.base_url, location))
            target = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
        except ValueError:
            target = "another place"
        title = f"{call.host} redirects to {clip(target)[:200]} ({refusal.status}); that was not followed."
        return title, "Set the base URL to where the endpoint really is."
    return f"{call.host} answered with status {refusal.status}, which is no answer to a chat request.", "Check the base URL."
