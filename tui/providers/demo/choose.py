"""Which text answers a conversation: lessons are scored by the words of the last question."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent / "lessons"
_LOOKED_AT = 2000  # characters of a long question, at each end

Message = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Lesson:
    """One text in the folder; `words` maps regular expressions to what finding them is worth."""

    name: str
    topic: str
    words: Mapping[str, int]


#: In the order of the course: "next" goes down this list, and of equal scores the first wins.
LESSONS = (
    Lesson(
        "welcome",
        "this demo, and how to leave it",
        {
            r"streamtui|this (app|program|demo)|demo": 4,
            r"connect|set ?up|configur\w+|config|install": 3,
            r"base.?url|api.?key|ollama|vllm|llama\.?cpp|lm studio|litellm|providers?|real (model|endpoint)s?": 4,
            r"what can you( do)?|who are you|what are you|help": 4,
        },
    ),
    Lesson(
        "tokens",
        "what a token is",
        {
            r"tokens?|tokeni[sz]\w+": 3,
            r"bpe|vocabulary|subwords?|byte.pair": 4,
            r"context (window|length)|tokens per second": 3,
        },
    ),
    Lesson(
        "async",
        "async and await",
        {
            r"async|await|asyncio": 4,
            r"coroutines?|event loop|concurren\w+|taskgroup|gather|threads?": 3,
            r"tasks?|wait\w*|parallel": 1,
        },
    ),
    Lesson(
        "sdk",
        "reading a stream with the Python SDK",
        {
            r"sdk|asyncopenai|openai|async for": 4,
            r"accumulat\w+|consum\w+|chunks?|deltas?|chat completions?": 3,
            r"stream\w*|client|python|loop|example": 1,
        },
    ),
    Lesson(
        "sse",
        "server-sent events, the wire",
        {
            r"sse|server.sent|event.?source|event.?stream": 5,
            r"wire|protocol|\[done\]|keep.?alives?|chunked": 3,
            r"https?|bytes|events?": 2,
        },
    ),
    Lesson(
        "tools",
        "tool calls in a stream",
        {
            r"tool.?calls?|function.?call\w*|tools": 5,
            r"tool|arguments|schema|agents?": 3,
            r"functions?|json|call\w*": 1,
        },
    ),
    Lesson(
        "fastapi",
        "streaming from a server of your own, with FastAPI",
        {
            r"fastapi|starlette|uvicorn|streamingresponse": 6,
            r"serv(e|er|ers|ing)|endpoints?|web|browser|nginx|proxy|proxies|backend": 2,
        },
    ),
    Lesson(
        "errors",
        "errors in the middle of a stream",
        {
            r"mid.?stream|half.?way|partial|interrupt\w*|truncat\w+": 4,
            r"errors?|exceptions?|fail\w*|broken?|breaks?|disconnect\w*|timeouts?|retr(y|ies|ying)|finish.?reason": 3,
            r"lost|lose|recover\w*|resume|drop\w*": 2,
        },
    ),
    Lesson(
        "cancel",
        "cancelling, and readers slower than the stream",
        {
            r"back.?pressure|cancel\w*|abort\w*|aclosing": 5,
            r"slow|buffer\w*|queues?|flow control|stop\w*|close": 2,
        },
    ),
    Lesson("markdown", "what Markdown looks like here", {r"markdown|formatting|headings?|typography": 4, r"tables?|lists?": 2}),
)
_GREETING = re.compile(
    r"\W*(hi|hello|hey|hallo|hola|salut|good (morning|day|evening)|thanks?( you)?|test|ping)\W*( there)?\W*", re.IGNORECASE
)
_GO_ON = re.compile(r"\W*(please\W+)?(continue|go on|carry on|keep going|the rest|finish)\b", re.IGNORECASE)
_NEXT = re.compile(
    r"\W*(please )?((the )?next|(one )?more|another|go on|continue|carry on)( one| lesson)?(,? please)?\W*", re.IGNORECASE
)
_NOT_OURS = "\n\n*The demo can only go on with a text of its own.*\n"


def answer_to(messages: Sequence[Message]) -> str:
    """The whole text that answers the last question."""
    question = last_question(messages)
    if _GREETING.fullmatch(question):
        return text_of("hello")
    if _NEXT.fullmatch(question):
        return _after(messages)
    lesson = _best(question)
    return text_of(lesson.name) if lesson else text_of("unknown")


def rest_of(messages: Sequence[Message]) -> str | None:
    """What is missing of the partial answer that the conversation ends in, or None where it ends in something else.

    The partial is the last message, or the one before a last "continue".
    """
    last = messages[-1]
    if last.get("role") == "assistant":
        rest = _rest(plain_text(last), messages[:-1])
        return _NOT_OURS if rest is None else rest
    if len(messages) > 1 and messages[-2].get("role") == "assistant" and _GO_ON.match(plain_text(last)):
        return _rest(plain_text(messages[-2]), messages[:-2]) or None
    return None


def last_question(messages: Sequence[Message]) -> str:
    """The text of the last user message."""
    return next((plain_text(message) for message in reversed(messages) if message.get("role") == "user"), "")


def plain_text(message: Message) -> str:
    """A message's text, whether it came as a string or as parts."""
    content = message.get("content")
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    return "".join(str(part.get("text", "")) for part in parts if isinstance(part, Mapping))


@cache
def text_of(name: str) -> str:
    """The text of a lesson, or of `hello` or `unknown`."""
    return (_FOLDER / f"{name}.md").read_text("utf-8").strip()


def _best(question: str) -> Lesson | None:
    if len(question) > 2 * _LOOKED_AT:
        question = f"{question[:_LOOKED_AT]} {question[-_LOOKED_AT:]}"
    question = question.lower()
    scores = [sum(worth for words, worth in lesson.words.items() if _has(words, question)) for lesson in LESSONS]
    best = max(scores)
    return LESSONS[scores.index(best)] if best else None


def _has(words: str, question: str) -> bool:
    return re.search(rf"(?<!\w)(?:{words})(?!\w)", question) is not None


def _texts(messages: Sequence[Message]) -> Iterator[str]:
    """All that we might have said, the likeliest first: a short partial fits more than one."""
    yield answer_to(messages)
    yield from (text_of(lesson.name) for lesson in LESSONS)
    yield from map(text_of, ("hello", "unknown"))


def _rest(partial: str, before: Sequence[Message]) -> str | None:
    """What follows `partial`, nothing if it is whole; None if it is not ours. A client may have trimmed its end."""
    for start in (partial, partial.rstrip()):
        for text in _texts(before):
            if text.startswith(start):
                return text[len(start) :]
    return None


def _after(messages: Sequence[Message]) -> str:
    """The lesson after the last one that was given, round and round."""
    names = [lesson.name for lesson in LESSONS]
    said = [plain_text(message) for message in messages if message.get("role") == "assistant"]
    for text in filter(None, reversed(said)):
        for name, following in zip(names, [*names[1:], names[0]], strict=True):
            if text_of(name).startswith(text.rstrip()):
                return text_of(following)
    return text_of(names[0])
