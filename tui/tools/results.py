"""What a model is told of a tool's result: text as it is, all else as JSON, neither without end."""

from __future__ import annotations

from typing import Any

LONGEST = 64 * 1024  # characters of a result; a model can't do much with more, and pays for each
_LONGEST_ERROR = 2_000


def text_of(value: Any) -> str:
    """`value` as text or JSON. Raises TypeError for what is neither."""
    if isinstance(value, str):
        return value
    if isinstance(value, bytes | bytearray | memoryview):
        try:
            return bytes(value).decode()
        except UnicodeDecodeError:
            raise TypeError(f"the tool returned {len(bytes(value)):,} bytes that are no text") from None
    from pydantic_core import PydanticSerializationError, to_json

    try:
        return to_json(value, inf_nan_mode="null", bytes_mode="base64").decode()
    except (PydanticSerializationError, ValueError, RecursionError):
        raise TypeError(f"the tool returned a {type(value).__name__}, which is neither text nor JSON") from None


def clipped(text: str, longest: int = LONGEST) -> str:
    """`text`, or its beginning and how much more there was."""
    if len(text) <= longest:
        return text
    return f"{text[:longest]}\n[Cut here: the result has {len(text):,} characters, and these are the first {longest:,}.]"


def error_text(error: BaseException) -> str:
    """The type and the message of an exception; no traceback, which holds paths and may hold values."""
    try:
        said = str(error)
    except Exception:  # the exception is the tool's own, and so is what goes wrong in it
        said = ""
    return clipped(": ".join(filter(None, (type(error).__name__, said))), _LONGEST_ERROR)
