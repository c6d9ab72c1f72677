"""The models of a server: which endpoint a name means, and which names there are."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx2

from tui.endpoint import Endpoint
from tui.engine.listing import UnreadableError, names_in
from tui.engine.request import Timeouts
from tui.providers.demo import DEMO_MODELS
from tui.recording import Fault, Recording, RecordingError
from tui.recording.endpoint import Replay, replay_endpoint
from tui.replays import parse_speed
from tui.serve.errors import ServeError
from tui.serve.upstream import Upstream
from tui.usage import UsageError

LIST_WITHIN = 3.0  # seconds that a provider may take to list its models
REPLAY = "replay"
Connect = Callable[[Endpoint, Timeouts], httpx2.AsyncClient]


@dataclass(frozen=True)
class Playing:
    """How recordings are played: a factor, and a fault."""

    speed: float = 1.0
    fault: Fault | None = None

    @property
    def of_connection(self) -> Fault | None:
        """The fault, if it strikes the connection to the first reader."""
        return self.fault if self.fault is not None and self.fault.kind in ("cut", "reset") else None

    def asked(self, wish: Any) -> Playing:
        """As one request wants it, by its field `streamtui`. Raises ServeError."""
        if not isinstance(wish, dict):
            return self
        try:
            speed = parse_speed(str(wish["speed"])) if "speed" in wish else self.speed
            fault = (Fault.parse(str(wish["fault"])) if wish["fault"] else None) if "fault" in wish else self.fault
        except (UsageError, RecordingError) as error:
            raise ServeError(400, f"streamtui: {error}", param="streamtui") from None
        return Playing(speed, fault)


@dataclass(frozen=True)
class Source:
    """What a model's name means: where to ask, under which name there, and a fault of the connection if there is one."""

    upstream: Upstream
    model: str
    fault: Fault | None = None
    recording: Recording | None = None


class Catalog:
    """Endpoints by name, the default one first, and recordings. `connect` makes an endpoint's client."""

    def __init__(
        self,
        endpoints: Sequence[Endpoint],
        recordings: Sequence[Recording],
        playing: Playing,
        timeouts: Timeouts,
        connect: Connect,
    ) -> None:
        self._default = endpoints[0].name
        self._endpoints = {endpoint.name: endpoint for endpoint in reversed(endpoints)}
        self._recordings = {recording.name: recording for recording in recordings}
        self._playing, self._timeouts, self._connect = playing, timeouts, connect
        self._upstreams: dict[str, Upstream] = {}

    def find(self, name: str, wish: Any) -> Source:
        """Where `name` is asked. Raises ServeError."""
        first, _, rest = name.partition("/")
        recording = self._recordings.get(rest if first == REPLAY else name)
        if recording is not None:
            return self._replay(recording, self._playing.asked(wish))
        if rest and first in self._endpoints:
            return Source(self._upstream(first), rest)
        if first == REPLAY:
            raise ServeError(404, f"There is no recording {rest!r} here.", "model_not_found", param="model")
        return Source(self._upstream(self._owner(name)), name)

    def _owner(self, model: str) -> str:
        """Whose a plain name is: the only endpoint's that is set to it, else the demo's if it has it, else the default's."""
        owners = [name for name, endpoint in self._endpoints.items() if endpoint.model == model]
        if len(owners) == 1:
            return owners[0]
        return "demo" if model in DEMO_MODELS and "demo" in self._endpoints else self._default

    def _replay(self, recording: Recording, playing: Playing) -> Source:
        struck = playing.of_connection
        endpoint = replay_endpoint(Replay(recording, playing.speed, None if struck else playing.fault, any_prompt=True))
        upstream = Upstream(endpoint, self._connect(endpoint, self._timeouts), self._timeouts)
        return Source(upstream, recording.model, struck, recording)

    def _upstream(self, name: str) -> Upstream:
        found = self._upstreams.get(name)
        if found is None:
            endpoint = self._endpoints[name]
            if endpoint.key_in_clear:
                message = f"{name} is plain http: its key would cross the network unencrypted (allow_plain_http allows it)"
                raise ServeError(403, message)
            found = Upstream(endpoint, self._connect(endpoint, self._timeouts), self._timeouts)
            self._upstreams[name] = found
        return found

    async def models(self) -> list[Mapping[str, Any]]:
        """Every model, in OpenAI's shape; a provider that does not answer in time is there with its own one, if it has one."""
        names = [self._default, *(name for name in self._endpoints if name != self._default)]
        lists = await asyncio.gather(*map(self._listed, names))
        found = [_entry(f"{owner}/{model}", owner) for owner, models in zip(names, lists, strict=True) for model in models]
        return [*found, *(_entry(f"{REPLAY}/{name}", REPLAY) for name in self._recordings)]

    async def _listed(self, name: str) -> list[str]:
        own = self._endpoints[name].model
        try:
            async with asyncio.timeout(LIST_WITHIN):
                response = await self._upstream(name).client.get("models")
            models = names_in(response.content) if response.status_code == 200 else []
        except (httpx2.HTTPError, OSError, TimeoutError, ServeError, UnreadableError):
            models = []
        return models or ([own] if own else [])

    async def close(self) -> None:
        """Close the clients."""
        for upstream in self._upstreams.values():
            await upstream.client.aclose()


def _entry(name: str, owner: str) -> Mapping[str, Any]:
    return {"id": name, "object": "model", "created": 0, "owned_by": owner}
