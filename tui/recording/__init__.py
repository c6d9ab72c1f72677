"""Recordings: the exact bytes and timing of a stream, in a file that can be played again.

`format` documents the file, `loading` reads it, `player` plays it, `recorder` writes it. `transport` and `replay` join the last
two to the HTTP library; they alone import it.
"""

from tui.recording.faults import Fault, StreamBrokenError
from tui.recording.format import Recording, RecordingError
from tui.recording.loading import load, recordings
from tui.recording.player import head, play, play_sync

__all__ = ["Fault", "Recording", "RecordingError", "StreamBrokenError", "head", "load", "play", "play_sync", "recordings"]
