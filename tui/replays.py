"""`streamtui replay`: recordings, each a prompt that is asked at once, and an endpoint that answers as it was answered then."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tui.engine.conversation import Conversation
from tui.recording import Fault, RecordingError, load
from tui.recording.endpoint import Replay, replay_endpoint
from tui.settings import Settings
from tui.usage import UsageError
from tui.workspace import Start


def replays(settings: Settings, files: Sequence[str], speed: str | None, fault: str | None) -> tuple[Settings, list[Start]]:
    """(the settings of a replay, a start for each file). Raises UsageError for what is no recording, no speed or no fault."""
    if not files:
        raise UsageError("replay needs the name of a recording")
    factor = parse_speed(speed)
    try:
        struck = Fault.parse(fault) if fault else None
        starts = [_start(Replay(load(Path(file)), factor, struck)) for file in files]
    except RecordingError as error:
        raise UsageError(str(error)) from None
    return _as_recorded(settings, starts), starts


def parse_speed(text: str | None) -> float:
    """A factor; `max` is as fast as possible. Raises UsageError."""
    if text is None:
        return 1.0
    try:
        factor = float("inf" if text == "max" else text)
    except ValueError:
        factor = 0.0
    if not factor > 0:
        raise UsageError(f"--speed: must be a number above 0, or max for as fast as possible (it is {text[:40]!r})")
    return factor


def _as_recorded(settings: Settings, starts: Sequence[Start]) -> Settings:
    """Settings for a replay: nothing is asked in another way than then, nothing is tried twice, nothing is kept."""
    only = starts[0].conversation if len(starts) == 1 else None
    system = only.system if only else None
    return settings.model_copy(
        update={"model": None, "system": system, "params": {}, "tools": (), "max_retries": 0, "new": True, "save": False}
    )


def _start(replay: Replay) -> Start:
    recording, endpoint = replay.recording, replay_endpoint(replay)
    conversation = Conversation(system=recording.system, model=endpoint.model or "", endpoint_name=endpoint.name)
    return Start(recording.prompt or recording.name, conversation, endpoint)
