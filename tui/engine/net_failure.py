"""Exceptions as a `Failure`: what stands behind the SDK's "Connection error.", in plain words."""

from __future__ import annotations

import errno
import socket
import ssl
import zlib
from collections.abc import Iterator
from dataclasses import replace

from tui.engine.failure import Call, Failure
from tui.engine.in_band import clip

_UNREACHABLE = {errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EHOSTDOWN, errno.ENETDOWN, errno.EADDRNOTAVAIL, errno.ETIMEDOUT}
_TLS_ADVICE = "Check the certificate (SSL_CERT_FILE may name your own), and http against https."
_PROXY_ADVICE = "Check HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY."
_BAD_URL = {"UnsupportedProtocol", "InvalidURL"}
_UNSENDABLE = {*_BAD_URL, "LocalProtocolError"}
#: Words by which the HTTP library says that the other side went away, not that it sent nonsense.
_WENT_AWAY = ("disconnected", "peer closed", "closed connection", "incomplete", "connection closed", "eof occurred")


def causes(error: BaseException) -> Iterator[BaseException]:
    """`error`, and all that stands behind it."""
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        one = waiting.pop(0)
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        if isinstance(one, BaseExceptionGroup):
            waiting += one.exceptions
        waiting += [other for other in (one.__cause__, one.__context__) if other is not None]


def from_exception(error: BaseException, call: Call, *, began: bool, characters: int = 0) -> Failure:
    """The failure behind `error`. `began`: a 200's headers had come, and then so many characters of content."""
    chain = list(causes(error))
    failure = _broken_stream(chain, characters) if began else _no_response(chain, call)
    return replace(failure, detail=call.scrub(failure.detail))


def is_retried(error: BaseException, failure: Failure) -> bool:
    """Whether another try may go better: a connection that was refused or reset before any answer."""
    return failure.kind == "closed" or any(isinstance(one, ConnectionRefusedError) for one in causes(error))


def closed(characters: int, detail: str = "") -> Failure:
    """The stream ended without an end mark."""
    if characters:
        title = f"The connection closed after {characters:,} character{'s' if characters > 1 else ''}."
        return Failure("closed", title, detail, "What arrived is kept; continue or retry.")
    return Failure("closed", "The connection closed before the first token.", detail, "Retry.")


def break_of(error: Exception | None, call: Call, characters: int) -> Failure:
    """Why a stream broke; None is a body that ended too early."""
    return closed(characters) if error is None else from_exception(error, call, began=True, characters=characters)


def _names(chain: list[BaseException]) -> set[str]:
    """The class names in the chain: the HTTP library is not imported here to keep start-up short."""
    return {base.__name__ for one in chain for base in type(one).__mro__}


def _detail(chain: list[BaseException]) -> str:
    """The innermost error that says anything."""
    for one in reversed(chain):
        text = (one.strerror if isinstance(one, OSError) and one.strerror else str(one)).strip()
        if text and not isinstance(one, LookupError):  # an empty queue inside the library is nobody's news
            return clip(text)
    return type(chain[-1]).__name__


def _says_closed(chain: list[BaseException]) -> bool:
    if any(isinstance(one, ConnectionError | EOFError | ssl.SSLEOFError) for one in chain):
        return True
    return any(word in str(one).lower() for one in chain for word in _WENT_AWAY)


def _broken_stream(chain: list[BaseException], characters: int) -> Failure:
    names, detail = _names(chain), _detail(chain)
    if "TimeoutException" in names:
        return Failure("stalled", "The server went silent.", detail, "What arrived is kept; continue or retry.")
    if "DecodingError" in names or any(isinstance(one, zlib.error) for one in chain):
        return Failure("protocol", "The compression of the stream is damaged.", detail, "Retry.")
    if "NetworkError" in names or "EndOfStream" in names or _says_closed(chain):
        return closed(characters, detail)
    if any(isinstance(one, ssl.SSLError) for one in chain):
        return Failure("tls", f"The encryption of the connection broke after {characters:,} characters.", detail, "Retry.")
    if "ProtocolError" in names:
        return Failure("protocol", "The server broke the rules of HTTP in mid-stream.", detail, "Retry.")
    return Failure("protocol", "Reading the stream failed.", f"{type(chain[0]).__name__}: {detail}", "Retry.")


def _no_response(chain: list[BaseException], call: Call) -> Failure:
    names, detail, host = _names(chain), _detail(chain), call.host
    if "ProxyError" in names:
        return _proxy_refused(detail, call)
    if "TooManyRedirects" in names:
        return Failure("protocol", f"{host} redirects in a circle.", detail, "Check the base URL.")
    if names & _UNSENDABLE or not _is_network(chain, names):
        # some of these quote a header, and a header holds the key: their text is not shown
        what = "the base URL" if names & _BAD_URL else "the key, the headers and the parameters"
        quiet = names & _UNSENDABLE or any(isinstance(one, UnicodeError) for one in chain)
        return Failure("usage", "The request can't be sent.", "" if quiet else detail, f"Check {what}.")
    if "TimeoutException" in names or any(isinstance(one, TimeoutError) and one.errno is None for one in chain):
        return _too_late(names, detail, call)
    if failure := _no_connection(chain, names, detail, call):
        return failure
    if names & {"ReadError", "WriteError", "EndOfStream"} or _says_closed(chain):
        return Failure("closed", f"{host} closed the connection without an answer.", detail, "Retry.")
    if "ProtocolError" in names:
        return Failure("protocol", f"{host} does not answer in HTTP.", detail, "Check the base URL, and http against https.")
    return Failure("connect", f"No connection to {host}.", detail, "Retry.")


def _too_late(names: set[str], detail: str, call: Call) -> Failure:
    if "ConnectTimeout" in names:
        title = f"No connection to {_first_hop(call)} within {call.request.timeouts.connect:g} s."
        return Failure("timeout", title, detail, _PROXY_ADVICE if call.proxy else "Check the address and the network.")
    return Failure("timeout", f"No answer from {call.host} in time.", detail, "Retry, or allow more time.")


def _no_connection(chain: list[BaseException], names: set[str], detail: str, call: Call) -> Failure | None:
    hop = _first_hop(call)
    advice = _PROXY_ADVICE if call.proxy else "Check the base URL and the network."
    if any(isinstance(one, socket.gaierror) for one in chain):
        return Failure("connect", f"There is no {'proxy' if call.proxy else 'host'} named {_name(call)}.", detail, advice)
    if any(isinstance(one, ConnectionRefusedError) for one in chain):
        if call.proxy:
            return Failure("connect", f"{_proxy(call)} refuses the connection.", detail, advice)
        return Failure("connect", f"Nothing listens at {call.host}.", detail, "Start the server, or check the base URL.")
    if any(isinstance(one, ssl.SSLError) for one in chain) and not _says_reset(chain):
        return Failure("tls", f"No secure connection to {call.host}.", detail, _TLS_ADVICE)
    if any(isinstance(one, OSError) and one.errno in _UNREACHABLE for one in chain):
        return Failure("connect", f"{hop[0].upper()}{hop[1:]} can't be reached.", detail, advice)
    if "ConnectError" in names and not _says_closed(chain):
        return Failure("connect", f"No connection to {hop}.", detail, advice)
    return None


def _first_hop(call: Call) -> str:
    """Who is connected to: the proxy, where there is one, else the endpoint."""
    return f"the proxy {call.proxy}" if call.proxy else call.host


def _name(call: Call) -> str:
    return call.proxy.rpartition(":")[0] if call.proxy else call.host


def _proxy_refused(detail: str, call: Call) -> Failure:
    """The proxy is there, and does not let the request through."""
    if detail.startswith("407") or "username" in detail:
        return Failure("auth", f"{_proxy(call)} wants a login.", detail, "Put user and password into the proxy's URL.")
    return Failure("connect", f"{_proxy(call)} does not let the request to {call.host} through.", detail, _PROXY_ADVICE)


def _proxy(call: Call) -> str:
    return f"The proxy {call.proxy}" if call.proxy else "The proxy"


def _is_network(chain: list[BaseException], names: set[str]) -> bool:
    return "TransportError" in names or any(isinstance(one, OSError | EOFError) for one in chain) or "EndOfStream" in names


def _says_reset(chain: list[BaseException]) -> bool:
    return any(isinstance(one, ConnectionError) for one in chain)
