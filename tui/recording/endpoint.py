"""A recording as an endpoint that the usual clients can ask."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.endpoint import Endpoint
from tui.recording.faults import Fault
from tui.recording.format import Recording

if TYPE_CHECKING:
    from tui.recording.replay import AsyncReplayTransport, ReplayTransport

NOWHERE = "https://replay.invalid/v1"  # a name that never resolves
_usual = re.compile(
    r"(https?://[a-z0-9.-]{1,253}(?::([0-9]{1,5}))?(/[a-z0-9._~/-]{0,500}?)?)/chat/completions/?", re.IGNORECASE
)
_NOT_A_PARAMETER = frozenset(("model", "messages", "stream"))


@dataclass(frozen=True, eq=False)
class Replay:
    """Plays one recording, again and again, at a speed, and broken by a fault if one is given."""

    recording: Recording
    speed: float = 1.0
    fault: Fault | None = None
    any_prompt: bool = False  # plays it whatever is asked

    def async_transport(self) -> AsyncReplayTransport:
        """For an asynchronous client."""
        from tui.recording.replay import AsyncReplayTransport

        return AsyncReplayTransport(self.recording, speed=self.speed, fault=self.fault, any_prompt=self.any_prompt)

    def sync_transport(self) -> ReplayTransport:
        """For a synchronous client."""
        from tui.recording.replay import ReplayTransport

        return ReplayTransport(self.recording, speed=self.speed, fault=self.fault)


def replay_endpoint(replay: Replay) -> Endpoint:
    """An endpoint named `replay`, at the address that was asked then, so that failures name it; nothing is sent there."""
    recording = replay.recording
    params = {name: value for name, value in recording.chat.items() if name not in _NOT_A_PARAMETER}
    url = _base_url(recording.request.url)
    return Endpoint("replay", url, model=recording.model or "unknown", params=params, in_memory=replay)


def _base_url(url: str) -> str:
    found = _usual.fullmatch(url)
    return found[1] if found and 0 < int(found[2] or 80) < 65536 else NOWHERE
