"""A process that writes a journal up to a point, says so, and holds there until it is killed."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from tui.engine import events
from tui.engine.conversation import Conversation
from tui.storage.journal import Journal, OpenTab


def run(folder: str, conversation_id: str, point: str) -> None:
    """What was told before the flush must survive; what is told after it may."""
    journal = Journal(Path(folder))
    talk = Conversation(id=conversation_id, model="m")
    turn, answer = talk.ask("count")
    journal.conversation(talk)
    journal.turn(talk, turn)
    journal.tabs([OpenTab(talk.id, active=True)])
    journal.draft(talk.id, "half a thou")
    answer.meter.start(time.monotonic())
    said: list[events.Event] = [events.TextDelta("one "), events.TextDelta("two ")]
    if point == "finished":
        said += [events.TextDelta("three"), events.Finished()]
    for event in said if point != "waiting" else ():
        journal.event(answer.id, event)
    assert journal.flush()
    if point == "streaming":
        journal.event(answer.id, events.TextDelta("three"))
    sys.stdout.write("held\n")
    sys.stdout.flush()
    sys.stdin.read()
