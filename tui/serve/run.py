"""The server's process: it listens, says so in one line on standard output, and ends well when it is told to."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import uvicorn

from tui.endpoint import Endpoint
from tui.engine.request import Timeouts
from tui.printing import say, write
from tui.providers.client import async_http_client
from tui.recording.recorder import Recorder
from tui.serve.app import make_app
from tui.serve.catalog import Catalog
from tui.serve.hub import Hub
from tui.serve.log import LogError
from tui.serve.options import Options
from tui.serve.sqlite_log import SqliteLog
from tui.settings import Settings
from tui.usage import UsageError

BEAT = 15.0  # seconds between two keep-alive comments
END_WITHIN = 3.0  # seconds that readers have to take the end of their streams
_BACKLOG = 1024


def serve(settings: Settings, options: Options) -> int:
    """Serve until a signal ends it; the exit code. Raises UsageError."""
    for reason in options.skipped:
        say(f"not played: {reason}")
    sock = _bound(options.host, options.port)
    try:
        log = SqliteLog(settings.data_dir if settings.save else None)
    except LogError as error:
        sock.close()
        raise UsageError(str(error)) from None
    recorder = Recorder(settings.record, on_trouble=lambda reason: say(f"not recording: {reason}")) if settings.record else None
    hub = Hub(log, keep=options.keep, beat=BEAT, on_trouble=say)
    connect = partial(async_http_client, recorder=recorder)
    catalog = Catalog(_endpoints(settings), options.recordings, options.playing, _patient(settings.timeouts), connect)
    app = make_app(hub, catalog, host=options.host, token=options.token, hosts=options.hosts)
    logging.basicConfig(format="streamtui: %(message)s", level=logging.WARNING)
    logging.getLogger("uvicorn.error").addFilter(_is_trouble)
    config = uvicorn.Config(
        app, log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=int(END_WITHIN), ws="none"
    )
    try:
        asyncio.run(Server(config, hub).run_on(sock))
    finally:
        if recorder is not None:
            recorder.close()
    return 0


class Server(uvicorn.Server):
    """Ends the streams before the connections: their readers are told, and nobody is waited for."""

    def __init__(self, config: uvicorn.Config, hub: Hub) -> None:
        super().__init__(config)
        self._hub = hub

    async def run_on(self, sock: socket.socket) -> None:
        """Serve on a socket that is bound. Raises UsageError."""
        loop = asyncio.get_running_loop()
        ending: list[asyncio.Task[None]] = []
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, lambda: ending.append(loop.create_task(self._end())))
        await self.serve([sock])
        if ending:
            await ending[0]

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Say where it listens, once it does."""
        await super().startup(sockets)
        if self.started and sockets:
            host, port = sockets[0].getsockname()[:2]
            write(f"listening on http://{f'[{host}]' if ':' in host else host}:{port}/v1\n")

    async def _end(self) -> None:
        await self._hub.stop_all()
        self.should_exit = True

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are `run_on`'s."""
        yield


def _is_trouble(record: logging.LogRecord) -> bool:
    """Not that readers who did not take the end of their streams in time were cut off."""
    cut_off = record.exc_info is not None and record.exc_info[0] is asyncio.CancelledError
    return not (cut_off or "timeout graceful shutdown exceeded" in str(record.msg))


def _bound(host: str, port: int) -> socket.socket:
    try:
        family, kind, proto, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        sock = socket.socket(family, kind, proto)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(address)
        sock.listen(_BACKLOG)
        sock.set_inheritable(False)
    except OSError as error:
        raise UsageError(f"can't listen on {host}, port {port}: {error.strerror or error}") from None
    return sock


def _endpoints(settings: Settings) -> list[Endpoint]:
    """What is configured, the default first; the demo is always there."""
    found = {endpoint.name: endpoint for endpoint in [*settings.endpoints(), *settings.keyed_endpoints()][::-1]}
    default = settings.endpoint().name
    found.setdefault("demo", settings.model_copy(update={"provider": "demo"}).endpoint())
    return [found.pop(default), *found.values()]


def _patient(timeouts: Timeouts) -> Timeouts:
    """The limits for upstream: only connecting is limited here, silence is the reader's to judge."""
    return Timeouts(timeouts.connect, 0.0, 0.0)
