"""Turns, alternatives, and what request they make."""

import json

import pytest

from tui.engine import events
from tui.engine.answer import Answer
from tui.engine.conversation import Conversation, StillStreamingError, title_of
from tui.engine.failure import Failure
from tui.engine.turn import Reply

BROKEN = Failure("closed", "The connection closed.")


def say(answer: Answer, *texts: str, end: events.Event | None = None) -> Answer:
    for text in texts:
        answer.apply(events.TextDelta(text), 0.0)
    answer.apply(end or events.Finished(), 0.0)
    return answer


def cut(answer: Answer, *texts: str) -> Answer:
    return say(answer, *texts, end=events.Failed(BROKEN))


@pytest.fixture
def talk() -> Conversation:
    return Conversation(model="m")


def roles(messages: list[dict[str, str]]) -> list[str]:
    return [message["role"] for message in messages]


def test_ask_makes_a_turn_and_a_title(talk: Conversation) -> None:
    first, answer = talk.ask("\n  Explain   this\nplease")
    assert talk.title == "Explain this"
    assert talk.last is first
    assert first.answer is answer
    assert answer.requested_model == "m"
    assert len(answer.id) == 32
    assert talk.messages(answer) == [{"role": "user", "content": "\n  Explain   this\nplease"}]


def test_earlier_turns_are_sent_with_the_shown_answer(talk: Conversation) -> None:
    talk.system = "Be brief."
    say(talk.ask("one")[1], "1")
    say(talk.retry(), "uno")
    talk.select_alternative(-1)
    _, answer = talk.ask("two")
    assert talk.messages(answer) == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "one"},
        {"role": "assistant", "content": "1"},
        {"role": "user", "content": "two"},
    ]


def test_a_turn_without_text_joins_its_prompt_to_the_next(talk: Conversation) -> None:
    cut(talk.ask("one")[1])
    say(talk.ask("two")[1], end=events.Cancelled())
    _, answer = talk.ask("three")
    assert talk.messages(answer) == [{"role": "user", "content": "one\n\ntwo\n\nthree"}]


def test_reasoning_is_never_sent_back_and_a_refusal_is(talk: Conversation) -> None:
    _, first = talk.ask("one")
    first.apply(events.ReasoningDelta("hm"), 0.0)
    first.apply(events.RefusalDelta("I won't."), 0.0)
    first.apply(events.Finished(), 0.0)
    _, answer = talk.ask("two")
    assert talk.messages(answer)[1] == {"role": "assistant", "content": "I won't."}
    assert "hm" not in json.dumps(talk.messages(answer))


def test_a_blank_reply_is_not_sent(talk: Conversation) -> None:
    say(talk.ask("one")[1], " \n")
    _, answer = talk.ask("two")
    assert roles(talk.messages(answer)) == ["user"]


def test_half_a_surrogate_pair_can_be_sent(talk: Conversation) -> None:
    say(talk.ask("\ud83d\ude00")[1], "\ud83d")
    _, answer = talk.ask("two")
    messages = talk.messages(answer)
    assert [message["content"] for message in messages] == ["😀", "\ufffd", "two"]
    assert json.dumps(messages, ensure_ascii=False).encode()


def test_a_streaming_conversation_takes_nothing_new(talk: Conversation) -> None:
    _, answer = talk.ask("one")
    assert talk.streaming
    for change in (lambda: talk.ask("two"), talk.retry, talk.continue_answer, lambda: talk.edit_last("x")):
        with pytest.raises(StillStreamingError):
            change()
    assert talk.last is not None
    assert talk.last.answers == [answer]


def test_nothing_to_retry() -> None:
    with pytest.raises(LookupError):
        Conversation().retry()


def test_retry_keeps_the_old_answer(talk: Conversation) -> None:
    first, old = talk.ask("one")
    say(old, "a")
    new = say(talk.retry(), "b")
    assert (first.shown, len(first.replies)) == (1, 2)
    assert talk.messages(new) == [{"role": "user", "content": "one"}]
    talk.select_alternative(-5)
    assert first.answer is old
    talk.select_alternative(5)
    assert first.answer is new


def test_an_edited_prompt_keeps_the_old_version_and_its_answer(talk: Conversation) -> None:
    first, old = talk.ask("one")
    say(old, "a")
    same, new = talk.edit_last("uno")
    assert same is first
    assert first.prompt == "uno"
    assert talk.messages(new) == [{"role": "user", "content": "uno"}]
    say(new, "b")
    talk.select_alternative(-1)
    assert (first.prompt, first.answer) == ("one", old)
    say(talk.retry(), "c")
    assert [first.prompt_of(reply) for reply in first.replies] == ["one", "uno", "one"]


def test_an_unchanged_edit_adds_no_version(talk: Conversation) -> None:
    say(talk.ask("one")[1], "a")
    assert talk.edit_last("one")[0].prompts == ["one"]


def test_continue_sends_the_partial_and_joins_at_the_seam(talk: Conversation) -> None:
    first, partial = talk.ask("one")
    cut(partial, "The quick brown")
    rest = talk.continue_answer()
    assert first.reply.continues(rest) is partial
    assert talk.messages(rest)[-1] == {"role": "assistant", "content": "The quick brown"}
    rest.apply(events.TextDelta("brow"), 0.0)
    assert not talk.settle()
    assert talk.full_text(rest) == "The quick brown"
    rest.apply(events.TextDelta("n fox"), 0.0)
    assert talk.settle()
    say(rest, ".")
    assert talk.full_text(partial) == talk.full_text(rest) == "The quick brown fox."
    assert rest.text == "brown fox."
    assert (first.reply.seams, first.reply.seam_offsets, len(first.replies)) == ([5], [15], 1)
    _, answer = talk.ask("two")
    assert talk.messages(answer)[1]["content"] == "The quick brown fox."


def test_a_model_that_starts_over_makes_an_alternative(talk: Conversation) -> None:
    first, partial = talk.ask("one")
    said = "Streams are read one event at a time, from the first to the la"
    cut(partial, said)
    rest = talk.continue_answer()
    again = "Streams are read one event at a time, from the first to the end."
    say(rest, again)
    assert talk.settle()
    assert not talk.settle()
    assert (first.shown, [reply.text for reply in first.replies]) == (1, [said, again])
    assert first.reply.continues(rest) is None
    assert first.answer is rest


def test_a_failed_continuation_can_be_continued(talk: Conversation) -> None:
    first, partial = talk.ask("one")
    cut(partial, "Hello")
    cut(talk.continue_answer())
    third = talk.continue_answer()
    assert talk.messages(third)[-1]["content"] == "Hello"
    say(third, " you")
    talk.settle()
    assert first.reply.text == "Hello you"
    assert first.reply.seam_offsets == [5, 5]


@pytest.mark.parametrize("ending", [events.Finished(), events.Failed(BROKEN)])
def test_nothing_to_continue(talk: Conversation, ending: events.Event) -> None:
    _, answer = talk.ask("one")
    if isinstance(ending, events.Finished):
        answer.apply(events.TextDelta("whole"), 0.0)
    answer.apply(ending, 0.0)
    with pytest.raises(ValueError, match="nothing to continue"):
        talk.continue_answer()


def test_only_a_continuation_is_prefilled(talk: Conversation) -> None:
    talk.params = {"temperature": 0}
    _, partial = talk.ask("one")
    assert talk.request(partial, prefill=True).params == {"temperature": 0}
    cut(partial, "Hello")
    rest = talk.continue_answer()
    assert talk.request(rest).params == {"temperature": 0}
    assert talk.request(rest, prefill=True, max_retries=1).params == {
        "temperature": 0,
        "continue_final_message": True,
        "add_generation_prompt": False,
    }
    assert talk.params == {"temperature": 0}


def test_an_answer_of_another_conversation() -> None:
    with pytest.raises(LookupError):
        Conversation().turn_with(Answer("m"))
    with pytest.raises(ValueError, match="not an answer"):
        Reply([Answer("m")]).step(Answer("m"))


@pytest.mark.parametrize(
    ("prompt", "title"),
    [
        ("", ""),
        (" \n\t", ""),
        ("a" * 40, "a" * 40),
        ("a" * 41, "a" * 39 + "…"),
        ("語" * 21, "語" * 19 + "…"),
        ("word " * 20, "word word word word word word word word…"),
    ],
)
def test_titles(prompt: str, title: str) -> None:
    assert title_of(prompt) == title
