"""Conversations as Markdown and as JSON."""

from __future__ import annotations

import json

import pytest

from tui.engine import events
from tui.engine.answer import Answer
from tui.engine.conversation import Conversation
from tui.engine.failure import Failure
from tui.storage.export import to_json, to_markdown

BROKEN = events.Failed(Failure("closed", "The connection\nclosed.", request_id="req_1"))


def say(answer: Answer, *what: str | events.Event) -> None:
    answer.meter.start(1.0)
    for number, thing in enumerate(what):
        answer.apply(events.TextDelta(thing) if isinstance(thing, str) else thing, 1.25 + number)


@pytest.fixture
def talk() -> Conversation:
    return Conversation(model="m", endpoint_name="e", system="Be brief.", params={"temperature": 0})


def test_markdown(talk: Conversation) -> None:
    say(talk.ask("What is it?\n")[1], events.Identified("m-1\n2", None), "It is *so*.", events.Finished())
    say(talk.ask("And then?")[1], "Half", BROKEN)
    say(talk.ask("Well?")[1], events.RefusalDelta("No."), events.Finished())
    assert to_markdown(talk)[1] == 0
    assert to_markdown(talk)[0] == (
        "# What is it?\n\n## System\n\nBe brief.\n\n"
        "## You\n\nWhat is it?\n\n## m-1 2\n\nIt is *so*.\n\n"
        "## You\n\nAnd then?\n\n## m\n\nHalf\n\n> *Interrupted: The connection closed.*\n\n"
        "## You\n\nWell?\n\n## m\n\nNo.\n"
    )


def test_markdown_has_no_control_characters_and_counts_them() -> None:
    talk = Conversation(title="a\x1b]0;b\x07")
    say(talk.ask("\x9b31m")[1], "x\x1b[2J\r\ny\ud83d", events.Cancelled())
    text, left_out = to_markdown(talk)
    assert text == "# a]0;b\n\n## You\n\n31m\n\n## Answer\n\nx[2J\ny\ufffd\n\n> *Cancelled.*\n"
    assert left_out == 4


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("```py\nx = 1", "```py\nx = 1\n```"),
        ("```\na\n```", "```\na\n```"),
        ("~~~~\n```\n~~~\n", "~~~~\n```\n~~~\n~~~~"),
        ("a `` b", "a `` b"),
        ("````\n```` x\n", "````\n```` x\n````"),
    ],
)
def test_a_fence_that_was_left_open_is_closed(said: str, written: str) -> None:
    talk = Conversation(model="m")
    say(talk.ask("q")[1], said, events.Cancelled())
    assert to_markdown(talk)[0].split("## m\n\n")[1] == written + "\n\n> *Cancelled.*\n"


def test_an_empty_conversation() -> None:
    assert to_markdown(Conversation()) == ("# Conversation\n", 0)
    assert json.loads(to_json(Conversation()))["turns"] == []


def test_json_has_everything(talk: Conversation) -> None:
    call = events.ToolCallDelta(0, "id", "name", '{"a":')
    usage = events.UsageReported({"completion_tokens": 4})
    say(talk.ask("one")[1], events.Opened(200, "req"), events.ReasoningDelta("hm"), "a\x1b\ud83d", call, usage, BROKEN)
    say(talk.retry(), "The quick brown", events.Finished())
    tree = json.loads(to_json(talk))
    assert {name: tree[name] for name in ("format", "version", "title", "model", "endpoint", "system", "params")} == {
        "format": "streamtui.conversation",
        "version": 1,
        "title": "one",
        "model": "m",
        "endpoint": "e",
        "system": "Be brief.",
        "params": {"temperature": 0},
    }
    [turn] = tree["turns"]
    assert (turn["prompts"], turn["shown"], [reply["text"] for reply in turn["replies"]]) == (
        ["one"],
        1,
        ["a\x1b\ufffd", "The quick brown"],
    )
    [answer] = turn["replies"][0]["answers"]
    del answer["id"]
    assert answer == {
        "state": "interrupted",
        "text": "a\x1b\ufffd",
        "reasoning": "hm",
        "refusal": "",
        "tool_calls": [{"id": "id", "type": "function", "function": {"name": "name", "arguments": '{"a":'}}],
        "finish_reason": None,
        "usage": {"completion_tokens": 4},
        "model": "m",
        "request_id": "req",
        "failure": {
            "kind": "closed",
            "title": "The connection\nclosed.",
            "detail": "",
            "advice": "",
            "request_id": "req_1",
            "status": None,
            "retry_after": None,
        },
        "footnotes": [],
        "timing": {"first_token_s": 1.25, "total_s": 5.25, "tokens_per_s": 2.0},
    }


def test_json_shows_where_a_continuation_joins() -> None:
    talk = Conversation(model="m")
    say(talk.ask("one")[1], "The quick brown", BROKEN)
    say(talk.continue_answer(), "brown fox", events.Finished())
    talk.settle()
    [reply] = json.loads(to_json(talk))["turns"][0]["replies"]
    assert (reply["text"], reply["seams"]) == ("The quick brown fox", [15])
    assert [answer["text"] for answer in reply["answers"]] == ["The quick brown", "brown fox"]


def test_json_has_every_choice(talk: Conversation) -> None:
    other = events.TextDelta("Or so.", 1), events.ReasonGiven("length", 1)
    answer = talk.ask("one")[1]
    say(answer, "So.", *other, events.ReasonGiven("stop"), events.Finished())
    answer.pick(1)
    tree = json.loads(to_json(talk))["turns"][0]["replies"][0]["answers"][0]
    assert (tree["text"], tree["state"], tree["shown"]) == ("Or so.", "truncated", 1)
    assert [(choice["text"], choice["finish_reason"]) for choice in tree["choices"]] == [("So.", "stop"), ("Or so.", "length")]
