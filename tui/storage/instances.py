"""What instances that no longer run left behind: their tabs, and answers without an end."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tui.storage import lease
from tui.storage.changes import Stamp
from tui.storage.codec import pack, unpack
from tui.storage.replay import ENDED_EARLY
from tui.storage.rows import fail

if TYPE_CHECKING:
    import sqlite3


@dataclass(frozen=True, slots=True)
class SavedTab:
    """A tab to bring back. Its conversation may have been empty: then nothing can be loaded, and the draft is all."""

    conversation: str
    model: str
    endpoint_name: str
    active: bool
    draft: str = ""


def claim_tabs(db: sqlite3.Connection, folder: Path, stamp: Stamp) -> list[SavedTab]:
    """Take over the tabs of all instances that are gone, within a transaction: what one takes no other gets.

    In the order in which the instances were last seen; only the tab last seen of all is active.
    """
    owners = [owner for (owner,) in db.execute("SELECT instance FROM tabs GROUP BY instance ORDER BY max(seen), instance")]
    gone = [owner for owner in owners if owner != stamp.instance and not lease.runs(folder, owner)]
    tabs = {tab.conversation: tab for owner in gone for tab in _tabs_of(db, owner)}
    for owner in gone:
        db.execute("DELETE FROM tabs WHERE instance = ?", (owner,))
        lease.forget(folder, owner)
    # what a running instance has open is left to it
    open_here = {conversation for (conversation,) in db.execute("SELECT conversation FROM tabs")}
    kept = [tab for tab in tabs.values() if tab.conversation not in open_here]
    _hold(db, kept, stamp)
    return _one_active(kept)


def end_orphans(db: sqlite3.Connection, folder: Path, stamp: Stamp) -> None:
    """End the answers whose instance is gone: interrupted or failed, and findable."""
    owners = db.execute("SELECT DISTINCT instance FROM answers WHERE state IS NULL AND instance != ?", (stamp.instance,))
    for (owner,) in owners.fetchall():
        if lease.runs(folder, owner):
            continue
        unfinished = db.execute("SELECT id FROM answers WHERE state IS NULL AND instance = ?", (owner,))
        for (answer,) in unfinished.fetchall():
            fail(db, answer, ENDED_EARLY, stamp.now)


def _tabs_of(db: sqlite3.Connection, owner: str) -> list[SavedTab]:
    rows = db.execute(
        "SELECT tabs.conversation, model, endpoint, active, text FROM tabs"
        " LEFT JOIN drafts ON drafts.conversation = tabs.conversation WHERE instance = ? ORDER BY position",
        (owner,),
    )
    return [
        SavedTab(conversation, unpack(model), unpack(endpoint), bool(active), unpack(draft or b""))
        for conversation, model, endpoint, active, draft in rows
    ]


def _hold(db: sqlite3.Connection, tabs: list[SavedTab], stamp: Stamp) -> None:
    """Make them this instance's own until it says what its tabs are: if it dies first, the next one finds them."""
    db.executemany(
        "INSERT INTO tabs(instance, position, conversation, model, endpoint, active, seen)"
        " SELECT ?, 1 + coalesce(max(position), -1), ?, ?, ?, ?, ? FROM tabs WHERE instance = ?",
        [
            (stamp.instance, tab.conversation, pack(tab.model), pack(tab.endpoint_name), tab.active, stamp.now, stamp.instance)
            for tab in tabs
        ],
    )


def _one_active(tabs: list[SavedTab]) -> list[SavedTab]:
    last = max((place for place, tab in enumerate(tabs) if tab.active), default=len(tabs) - 1)
    return [
        SavedTab(tab.conversation, tab.model, tab.endpoint_name, place == last, tab.draft) for place, tab in enumerate(tabs)
    ]
