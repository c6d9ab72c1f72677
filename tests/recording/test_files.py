"""The files of a recorder, and what becomes of a stream where they can't be written: nothing."""

from __future__ import annotations

import errno
import os
import threading
from pathlib import Path
from typing import Any

import pytest

from tests.engine.fakes import Transport
from tests.recording.tools import KEY, WHEN, answered, recorded, tape_of
from tests.support.script import DONE
from tui.recording import load, sheet, writer
from tui.recording.recorder import Recorder

SAY = b'data: {"choices": [{"delta": {"content": "Hello"}, "finish_reason": "stop"}]}\n\n'


def test_files_are_private_and_named_by_time_and_model(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "recordings"
    recorder = Recorder(folder, now=lambda: WHEN)
    for model in ("gpt-4o", "gpt-4o", "/home/me/gemma.gguf", "../../etc/passwd", "\x1b[2J", "x" * 200, "", None, "名"):
        tape_of(recorder, {"model": model}).closed()
    recorder.close()
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    begin = "20260102T030405.000006Z-"
    assert {path.name.removeprefix(begin) for path in folder.iterdir()} == {
        "gpt-4o.jsonl", "gpt-4o-2.jsonl", "gemma.gguf.jsonl", "etc-passwd.jsonl", "2J.jsonl", "x" * 60 + ".jsonl",
        "stream.jsonl", "stream-2.jsonl", "stream-3.jsonl",
    }  # fmt: skip


async def _with_trouble(folder: Path) -> tuple[list[str], list[Any]]:
    said: list[str] = []
    async with recorded(folder, Transport([[SAY, DONE]]), on_trouble=said.append) as (client, _):
        answers = [await answered(client) for _ in range(3)]
    return said, answers


async def test_a_folder_that_cannot_be_made_fails_no_stream_and_is_said_once(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    said, answers = await _with_trouble(tmp_path / "file" / "recordings")
    assert [answer.text for answer in answers] == ["Hello"] * 3
    assert said == [f"{tmp_path}/file/recordings can't be written (not a directory)"]


async def test_a_full_disk_fails_no_stream_and_is_said_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet, "_create", lambda folder, name: os.open("/dev/full", os.O_WRONLY))
    said, answers = await _with_trouble(tmp_path)
    assert [answer.text for answer in answers] == ["Hello"] * 3
    assert said == [f"there is no room left in {tmp_path}"]


async def test_a_disk_that_fills_up_leaves_a_recording_that_is_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    room = 1500
    real = os.write

    def write(file: int, data: bytes) -> int:
        nonlocal room
        if not room:
            raise OSError(errno.ENOSPC, "No space left on device")
        written = real(file, data[:room])
        room -= written
        return written

    monkeypatch.setattr("tui.recording.sheet.os.write", write)
    said: list[str] = []
    async with recorded(tmp_path, Transport([[SAY] * 50]), on_trouble=said.append) as (client, found):
        await answered(client)
        (made,) = found()
    assert said == [f"there is no room left in {tmp_path}"]
    assert made.ending.how == "unfinished"
    assert 0 < len(made.pieces) < 50
    assert all(piece.data == SAY for piece in made.pieces)


def test_a_disk_that_is_too_slow_costs_the_recording_not_the_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "MOST_WAITING", 10)
    monkeypatch.setattr(writer, "GATHER", 3600.0)
    said: list[str] = []
    recorder = Recorder(tmp_path, on_trouble=said.append)
    tape = tape_of(recorder)
    tape.answered(200, [])
    for _ in range(5):
        tape.piece(b"x" * 8)
    tape.complete()
    recorder.close()
    made = load(next(tmp_path.iterdir()))
    assert (made.pieces[0].data, len(made.pieces), made.ending.how) == (b"x" * 8, 2, "unfinished")
    assert said == ["the disk is too slow; a recording stops in the middle"]


@pytest.mark.parametrize("where", ["__init__", "take", "write"])
def test_what_goes_wrong_in_one_recording_leaves_the_others_alone(
    where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, first = getattr(sheet.Sheet, where), [True]

    def fail_once(self: sheet.Sheet, *given: Any) -> None:
        if first:
            first.clear()
            raise RuntimeError(KEY)
        real(self, *given)

    monkeypatch.setattr(sheet.Sheet, where, fail_once)
    said: list[str] = []
    recorder = Recorder(tmp_path, on_trouble=said.append)
    for name in ("one", "two"):
        tape = tape_of(recorder, {"model": name})
        tape.answered(200, [])
        tape.complete()
    recorder.close()
    assert [load(path).model for path in tmp_path.iterdir()] == ["two"]
    assert said == ["a stream can't be written down (RuntimeError)"]


def test_nothing_is_taken_after_the_end(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path)
    tape = tape_of(recorder)
    tape.answered(200, [])
    tape.closed()
    tape.piece(b"late")
    tape.complete()
    tape.broke(ValueError("late"))
    recorder.close()
    recorder.close()
    made = load(next(tmp_path.iterdir()))
    assert (made.pieces, made.ending.how) == ((), "closed")


def test_a_recorder_that_records_nothing_starts_no_thread(tmp_path: Path) -> None:
    before = threading.active_count()
    Recorder(tmp_path / "none").close()
    assert threading.active_count() == before
    assert not (tmp_path / "none").exists()
