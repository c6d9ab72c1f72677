"""The lessons: which one answers what, and whether what they claim is so."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import httpx2
import openai
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from tui.providers.demo import DEMO_BASE_URL, DEMO_MODELS, async_transport, choose
from tui.providers.demo.choose import LESSONS, answer_to, rest_of, text_of
from tui.providers.demo.script import broken_off, count, pieces, say

FOLDER = Path(choose.__file__).parent / "lessons"
MARKDOWN = MarkdownIt("gfm-like")
NAMES = sorted(path.stem for path in FOLDER.glob("*.md"))


def user(text: str) -> dict[str, Any]:
    return {"role": "user", "content": text}


def assistant(text: str) -> dict[str, Any]:
    return {"role": "assistant", "content": text}


def fences(name: str, language: str) -> list[str]:
    return [token.content for token in MARKDOWN.parse(text_of(name)) if token.type == "fence" and token.info == language]


@pytest.mark.parametrize(
    ("question", "lesson"),
    [
        ("What is a token?", "tokens"),
        ("what is a token", "tokens"),
        ("How are words tokenized?", "tokens"),
        ("Explain what async/await does in Python, with one example.", "async"),
        ("async/await", "async"),
        ("How do I read a stream with the OpenAI SDK?", "sdk"),
        ("how does streaming work", "sdk"),
        ("sse over http", "sse"),
        ("Explain Server-Sent Events", "sse"),
        ("How do tool calls arrive in a stream?", "tools"),
        ("streaming from FastAPI with SSE", "fastapi"),
        ("What about errors in the middle of a stream?", "errors"),
        ("the connection was interrupted, is the partial answer lost?", "errors"),
        ("What is backpressure?", "cancel"),
        ("How do I cancel a stream?", "cancel"),
        ("Show me some Markdown", "markdown"),
        ("How do I connect a real model?", "welcome"),
        ("what can you do?", "welcome"),
        ("What is streamtui", "welcome"),
        ("Hi!", "hello"),
        ("thank you", "hello"),
        ("Write a haiku about autumn leaves", "unknown"),
        ("", "unknown"),
    ],
)
def test_the_question_decides(question: str, lesson: str) -> None:
    assert answer_to([{"role": "system", "content": "tokens"}, user(question)]) == text_of(lesson)


def test_each_topic_by_its_own_name_finds_its_lesson() -> None:
    assert [lesson.name for lesson in LESSONS if answer_to([user(lesson.topic)]) != text_of(lesson.name)] == []


def test_only_the_last_question_counts_and_parts_are_read() -> None:
    parts = {
        "role": "user",
        "content": [{"type": "text", "text": "What is "}, {"type": "text", "text": "SSE?"}, {"type": "image_url"}],
    }
    assert answer_to([user("What is a token?"), assistant("..."), parts]) == text_of("sse")


def test_next_walks_through_the_course() -> None:
    messages: list[dict[str, Any]] = []
    for lesson in LESSONS:
        messages += [user("next"), assistant(answer_to([*messages, user("next")]))]
        assert messages[-1]["content"] == text_of(lesson.name)
    assert answer_to([*messages, user("go on, please")]) == text_of(LESSONS[0].name)


def test_a_very_long_question_is_read_at_its_ends() -> None:
    assert answer_to([user("What does this diff do?" + " xyz" * 500_000 + " And what is a token?")]) == text_of("tokens")


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.sampled_from(LESSONS), st.floats(0, 1), st.booleans())
def test_a_partial_answer_gets_exactly_its_rest(lesson: Any, share: float, by_word: bool) -> None:
    whole = text_of(lesson.name)
    partial_text = whole[: int(len(whole) * share)]
    question = user(lesson.topic)
    if by_word and partial_text != whole:
        rest = rest_of([question, assistant(partial_text), user("Continue exactly where you stopped.")])
    else:
        rest = rest_of([question, assistant(partial_text)])
    assert partial_text + (rest or "") == whole


def test_a_client_that_trims_gets_the_space_back() -> None:
    whole = text_of("tokens")
    at = whole.index("\n\n") + 2
    assert rest_of([user("What is a token?"), assistant(whole[:at])]) == whole[at:]
    assert rest_of([user("Token?"), assistant(whole[: at - 2] + "   ")]) == whole[at - 2 :]


def test_what_is_not_ours_is_not_continued() -> None:
    assert "only go on with a text of its own" in (rest_of([user("Hi"), assistant("Bananas are ")]) or "")
    assert rest_of([user("Hi"), assistant("Bananas are "), user("continue")]) is None
    assert rest_of([user("Hi")]) is None


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.text())
def test_pieces_add_up(text: str) -> None:
    assert "".join(pieces(text)) == text
    assert all(pieces(text))


@pytest.mark.parametrize("name", NAMES)
def test_pieces_are_about_the_size_of_tokens(name: str) -> None:
    text = text_of(name)
    assert 2.5 < len(text) / len(pieces(text)) < 5


def test_short_answers_break_too() -> None:
    end = broken_off(say("One two three four five six."), 100, say("!")[0])  # type: ignore[arg-type] # any step shows it
    assert 0 < count(end) - 1 < 6


@pytest.mark.parametrize("name", NAMES)
def test_lessons_have_a_readable_length_and_no_hard_wraps(name: str) -> None:
    words = len(text_of(name).split())
    assert (60 if name == "hello" else 180) < words < 650
    inline = [token.children or [] for token in MARKDOWN.parse(text_of(name)) if token.type == "inline"]
    assert not [child for children in inline for child in children if child.type == "softbreak"]


def test_the_lessons_together_show_every_element() -> None:
    tokens = [token for name in NAMES for token in MARKDOWN.parse(text_of(name))]
    children = [child for token in tokens for child in token.children or []]
    shown = {token.type for token in tokens} | {child.type for child in children}
    wanted = "heading table bullet_list ordered_list blockquote link em strong s".split()  # noqa: SIM905 - reads better
    assert {f"{element}_open" for element in wanted} | {"fence", "hr", "code_inline"} <= shown
    assert any("- [x]" in text_of(name) for name in NAMES)


def test_models_that_lessons_name_exist() -> None:
    named = {name for lesson in NAMES for name in re.findall(r"`(demo-[\w-]+)`", text_of(lesson))}
    assert named
    assert named <= set(DEMO_MODELS)


@pytest.mark.parametrize(("name", "code"), [(name, code) for name in NAMES for code in fences(name, "python")])
def test_code_runs(
    name: str,
    code: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    compiled = compile(code.replace("gpt-4o-mini", "demo"), name, "exec")
    if "import FastAPI" in code:
        return  # not a dependency of ours
    monkeypatch.setattr(openai, "AsyncOpenAI", demo_client(openai.AsyncOpenAI))
    exec(compiled, {"__name__": "__main__"})  # noqa: S102 - it is our own text
    printed = capsys.readouterr().out
    assert printed
    for claim in re.findall(r"It prints `(.+?)`\.", text_of(name)):
        assert printed.strip() == claim


def demo_client(original: Callable[..., openai.AsyncOpenAI]) -> Callable[..., openai.AsyncOpenAI]:
    async def at_once(_: float) -> None:
        """Take no time."""

    http_client = httpx2.AsyncClient(transport=async_transport(at_once))
    return partial(original, base_url=DEMO_BASE_URL, api_key="none", http_client=http_client)
