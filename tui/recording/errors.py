"""Errors of the HTTP library as a recording keeps them, and made again from it, so that a replay fails in the same words."""

from __future__ import annotations

import builtins
import errno
import socket
import ssl
from collections.abc import Sequence
from itertools import islice

from tui.engine.net_failure import causes
from tui.recording.faults import StreamBrokenError
from tui.recording.format import Link

_MOST = 12  # links
_LONGEST = 500  # characters of what one says


def links(error: BaseException) -> tuple[Link, ...]:
    """`error` and what stands behind it, outermost first."""
    return tuple(map(_link, islice(causes(error), _MOST)))


def _link(error: BaseException) -> Link:
    says = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    name = None if isinstance(error, ssl.SSLError | socket.gaierror) or not isinstance(error, OSError) else error.errno
    return Link(type(error).__name__, says[:_LONGEST], errno.errorcode.get(name) if name is not None else None)


def as_http_error(broken: StreamBrokenError) -> Exception:
    """What the HTTP library raised then; where only the recording ends, a broken read. Raise it outside of any `except`."""
    import httpx2

    if broken.links:
        return _chained(broken.links)
    ends = httpx2.ReadError(str(broken))
    ends.__cause__ = broken
    return ends


def _chained(chain: Sequence[Link]) -> Exception:
    outermost, *others = errors = [_made(link) for link in chain]
    for error, cause in zip(errors, others, strict=False):
        error.__cause__ = cause
    return outermost


def _made(link: Link) -> Exception:
    """The error of one link. A class that is unknown here becomes one of its name: it is told by that alone."""
    import httpx2

    kinds = (httpx2.TransportError, httpx2.DecodingError, httpx2.TooManyRedirects, httpx2.InvalidURL)
    http = getattr(httpx2, link.type, None)
    if isinstance(http, type) and issubclass(http, kinds):
        return http(link.says)
    secure = getattr(ssl, link.type, None)
    if isinstance(secure, type) and issubclass(secure, ssl.SSLError):
        return secure(1, link.says)
    if link.type == "gaierror":
        return socket.gaierror(socket.EAI_NONAME, link.says)
    return _system(link) or type(link.type if link.type.isidentifier() else "Exception", (Exception,), {})(link.says)


def _system(link: Link) -> Exception | None:
    number = getattr(errno, link.errno, None) if link.errno else None
    if isinstance(number, int):
        return OSError(number, link.says)
    found = getattr(builtins, link.type, None)
    return found(link.says) if isinstance(found, type) and issubclass(found, OSError | EOFError | LookupError) else None
