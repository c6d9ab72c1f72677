"""The file: what is written is read back the same, and what is wrong is said with its file and line."""

from __future__ import annotations

import itertools
import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.recording.kit import ASKED, BODY, SSE, cuts, head, lines, recording, write
from tui.recording import Recording, RecordingError, load, loading, recordings
from tui.recording.format import Answered, Asked, Ending, Link, Piece

PIECE = {"t": 0.5, "text": "data: x\n\n"}
END = {"t": 0.6, "end": "complete"}


@settings(max_examples=150, deadline=None, derandomize=True)
@given(data=st.binary(max_size=200), places=st.lists(st.integers(0, 200), max_size=8), step=st.floats(0, 5))
def test_any_bytes_with_any_cuts_are_read_back_the_same(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, places: list[int], step: float
) -> None:
    pieces = [Piece(round(1 + step * number, 6), cut) for number, cut in enumerate(cuts(data, places))]
    made = recording(*pieces)
    found = load(write(tmp_path_factory.mktemp("any") / "a.jsonl", made))
    assert found.pieces == made.pieces
    assert (found.data, found.ending, found.request.body) == (data, made.ending, BODY)


@settings(max_examples=50, deadline=None, derandomize=True)
@given(text=st.text(st.characters(), max_size=30))
def test_any_prompt_is_read_back_even_half_a_surrogate_pair(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    asked = Asked("POST", "http://x/v1", (), {"model": text, "messages": [{"role": "user", "content": text}]})
    found = load(write(tmp_path_factory.mktemp("any") / "a.jsonl", recording(request=asked)))
    assert (found.prompt, found.model) == (text, text)


@pytest.mark.parametrize(
    "ending",
    [
        Ending(3.0, "complete"),
        Ending(3.0, "closed"),
        Ending(3.0, "withheld"),
        Ending(0.5, "unfinished"),
        Ending(3.0, "broken", (Link("ReadError"), Link("ConnectionResetError", "reset by peer", "ECONNRESET"))),
    ],
)
def test_every_ending_is_read_back(tmp_path: Path, ending: Ending) -> None:
    found = load(write(tmp_path / "a.jsonl", recording(Piece(0.5, b"x", redacted=True), ending=ending)))
    assert found.ending == ending
    assert found.pieces == (Piece(0.5, b"x", redacted=True),)


def test_no_response_is_read_back(tmp_path: Path) -> None:
    ending = Ending(0.1, "broken", (Link("ConnectError", "All connection attempts failed"),))
    made = recording(ending=ending, response=None)
    found = load(write(tmp_path / "a.jsonl", made))
    assert (found.response, found.ending, found.pieces) == (None, ending, ())
    assert found.request == Asked(ASKED.method, ASKED.url, tuple(ASKED.headers), BODY, ("authorization",))


def test_what_was_asked_can_be_read(tmp_path: Path) -> None:
    parts = [{"type": "text", "text": "one"}, {"type": "image_url"}, {"type": "text", "text": "two"}]
    messages = [
        {"role": "system", "content": "Be short."},
        {"role": "user", "content": "earlier"},
        {"role": "assistant", "content": "yes"},
        {"role": "user", "content": parts},
    ]
    found = recording(request=Asked("POST", "http://x", (), {"messages": messages}))
    assert (found.system, found.prompt, found.model) == ("Be short.", "one\n\ntwo", "")
    nothing: list[Any] = [None, [], "text", {"messages": "x"}, {"messages": [1, {"role": "assistant"}], "model": 3}]
    for body in nothing:
        found = recording(request=Asked("POST", "http://x", (), body))
        assert (found.system, found.prompt, found.model) == (None, "", "")


def test_every_cut_of_a_file_is_a_recording_or_says_that_its_first_line_is_cut(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", recording(Piece(0.5, "é".encode()), Piece(0.6, b"\xff"), Piece(0.7, b"c")))
    whole = path.read_bytes()
    first = whole.index(b"\n")
    ends = [len(line) for line in itertools.accumulate(whole.splitlines(keepends=True))]
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        if length < first:
            with pytest.raises(RecordingError, match=r"line \d: is no recording: the first line is missing or cut"):
                load(path)
            continue
        found = load(path)
        complete = sum(1 for end in ends[1:] if length >= end - 1)  # the newline is no part of it
        assert [piece.data for piece in found.pieces] == ["é".encode(), b"\xff", b"c"][:complete]
        assert found.ending.how == ("complete" if complete == 4 else "unfinished")


WRONG: list[tuple[list[Any], str]] = [
    (["\x7fELF\x00\x01"], "line 1: is not the first line of a recording"),
    (["<html>"], "line 1: is not the first line of a recording"),
    ([[1]], "line 1: is not the first line"),
    ([{"id": 1}], 'line 1: is not the first line of a recording: format must be "streamtui-recording"'),
    ([head(version=2)], "line 1: is of version 2, and this streamtui reads up to version 1; a newer one may play it"),
    ([head(version="1")], "line 1: version must be a whole number"),
    ([head(version=True)], "line 1: version must be a whole number"),
    ([head(version=0)], "line 1: version must be a whole number"),
    ([head(recorded=None)], "line 1: recorded must be a text"),
    ([head(request=[]), PIECE], "line 1: request must be an object"),
    ([head(request={"method": "POST", "url": 3, "headers": []})], "line 1: url must be a text"),
    ([head(request={"method": "POST", "url": "x", "headers": [["a"]]})], r"line 1: request.headers must be a list of \[name"),
    ([head(request={"method": "P", "url": "x", "headers": [["a", "b\nc"]]})], "line 1: request.headers must be a list"),
    ([head(request={"method": "P", "url": "x", "headers": [], "removed": [1]})], "line 1: request.removed must be a list"),
    ([head(response=3)], "line 1: response must be an object"),
    ([head(response={"t": 0, "status": 99, "headers": []})], "line 1: response.status must be a whole number, from 100"),
    ([head(response={"t": "0", "status": 200, "headers": []})], "line 1: t must be seconds"),
    ([head(), {"t": -1, "text": ""}], "line 2: t must be seconds"),
    ([head(), {"t": True, "text": ""}], "line 2: t must be seconds"),
    ([head(), '{"t": NaN, "text": ""}'], r"line 2: is not JSON \(NaN is no number of JSON's\)"),
    ([head(), '{"t": 1e999, "text": ""}'], r"line 2: is not JSON \(a number is too great\)"),
    ([head(), '{"t": 1' + "0" * 5000 + ', "text": ""}'], r"line 2: is not JSON"),
    ([head(), {"t": 0.1, "text": ""}], "line 2: t goes back, from 0.25 to 0.1"),
    ([head(), PIECE, {"t": 0.4, "text": ""}], "line 3: t goes back, from 0.5 to 0.4"),
    ([head(), {"t": 1}], "line 2: must have one of text, base64 and end"),
    ([head(), {"t": 1, "text": "", "base64": ""}], "line 2: must have one of text, base64 and end"),
    ([head(), {"t": 1, "text": 3}], "line 2: text must be a text"),
    ([head(), {"t": 1, "text": "\ud800"}], "line 2: text holds half a surrogate pair"),
    ([head(), {"t": 1, "base64": "ä"}], "line 2: base64 is not base64"),
    ([head(), {"t": 1, "base64": "YQ"}], "line 2: base64 is not base64"),
    ([head(), {"t": 1, "end": "unfinished"}], "line 2: end must be one of broken, closed, complete, withheld"),
    ([head(), {"t": 1, "end": ["complete"]}], "line 2: end must be one of"),
    ([head(), {"t": 1, "end": "broken", "error": {}}], "line 2: error must be a list of objects"),
    ([head(), {"t": 1, "end": "broken", "error": [{"type": "x"}]}], "line 2: says must be a text"),
    ([head(), {"t": 1, "end": "broken", "error": [{"type": "x", "says": "", "errno": 3}]}], "line 2: errno must be a text"),
    ([head(), END, PIECE], "line 3: stands after the end"),
    ([head(response=None), PIECE], "line 2: is a piece of a body, but there was no response"),
    ([head(), "[" * 100_000, PIECE], "line 2: is nested too deep"),
    ([head(), "data: x", PIECE], "line 2: is not JSON"),
    ([head(), "3", PIECE], "line 2: must be a JSON object"),
]


@pytest.mark.parametrize(("values", "said"), WRONG)
def test_what_is_wrong_is_said_with_its_place(tmp_path: Path, values: list[Any], said: str) -> None:
    path = lines(tmp_path / "a.jsonl", *values)
    with pytest.raises(RecordingError, match=rf"^{path}: {said}"):
        load(path)


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    path = lines(tmp_path / "a.jsonl", head(), PIECE)
    path.write_bytes(path.read_bytes() + b'{"t": 1, "text": "\xff"}\n')
    with pytest.raises(RecordingError, match="line 3: is not UTF-8"):
        load(path)
    path.write_bytes(os.urandom(4096).replace(b"{", b"x"))
    with pytest.raises(RecordingError, match="line 1: is not the first line of a recording"):
        load(path)


def test_a_file_out_of_bounds_is_refused_before_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = lines(tmp_path / "a.jsonl", head(), PIECE, PIECE, PIECE)
    with path.open("r+b") as file:
        file.truncate(loading.LONGEST_FILE + 1)  # sparse: it takes no room
    with pytest.raises(RecordingError, match="is too large for a recording"):
        load(path)
    path = lines(path, head(), PIECE, PIECE, PIECE)
    monkeypatch.setattr(loading, "MOST_PIECES", 2)
    with pytest.raises(RecordingError, match="line 4: there are more than 2 pieces"):
        load(path)
    monkeypatch.setattr(loading, "LONGEST_LINE", 500)
    path = lines(path, head(), {"t": 1, "text": "x" * 500})
    with pytest.raises(RecordingError, match="line 2: is too long"):
        load(path)


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    for path, said in [
        (tmp_path, "is not a file"),
        (tmp_path / "fifo", "is not a file"),
        (tmp_path / "gone", "No such file or directory"),
        (Path("nul\0"), "null"),
    ]:
        with pytest.raises(RecordingError, match=said):
            load(path)


def test_unknown_keys_and_empty_lines_are_passed_over(tmp_path: Path) -> None:
    path = lines(tmp_path / "a.jsonl", head(note="by hand"), "", {**PIECE, "why": 1}, "  ", {**END, "x": None}, "")
    assert load(path).pieces == (Piece(0.5, b"data: x\n\n"),)


def test_an_end_without_a_newline_counts(tmp_path: Path) -> None:
    assert load(lines(tmp_path / "a.jsonl", head(), PIECE, END, end="")).ending == Ending(0.6, "complete")


def test_a_folder_is_listed_with_what_is_broken_in_it(tmp_path: Path) -> None:
    write(tmp_path / "2-b.jsonl", recording(Piece(0.5, b"b")))
    lines(tmp_path / "1-a.jsonl", "nonsense")
    (tmp_path / "notes.txt").touch()
    broken, good = recordings(tmp_path)
    assert isinstance(broken, RecordingError)
    assert "1-a.jsonl: line 1" in str(broken)
    assert isinstance(good, Recording)
    assert (good.name, good.data) == ("2-b", b"b")
    with pytest.raises(RecordingError, match="No such file"):
        recordings(tmp_path / "gone")


def test_the_file_says_what_its_documentation_says(tmp_path: Path) -> None:
    made = recording(
        Piece(0.4123456, b"data: x\n\n"),
        Piece(0.5, b"\x1f\x8b", redacted=True),
        ending=Ending(3.2, "broken", (Link("ReadError"),)),
        response=Answered(0.3, 200, SSE),
    )
    first, *rest = [json.loads(line) for line in write(tmp_path / "a.jsonl", made).read_text().splitlines()]
    assert first == {
        "format": "streamtui-recording",
        "version": 1,
        "recorded": "2026-01-02T03:04:05.000006Z",
        "by": "streamtui test",
        "request": {
            "method": "POST",
            "url": ASKED.url,
            "headers": [["content-type", "application/json"]],
            "removed": ["authorization"],
            "body": BODY,
        },
        "response": {"t": 0.3, "status": 200, "headers": [["content-type", "text/event-stream"]], "removed": []},
    }
    assert rest == [
        {"t": 0.412346, "text": "data: x\n\n"},
        {"t": 0.5, "base64": "H4s=", "redacted": True},
        {"t": 3.2, "end": "broken", "error": [{"type": "ReadError", "says": ""}]},
    ]
