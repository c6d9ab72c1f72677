"""The documents that are streamed: made up, the same each time, with everything in them that Markdown has."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import count, pairwise

END = "FINIS-4c1e"  # the last word of every document: when it is on the screen, the stream was shown
MODEL = re.compile(r"(doc|fence|table)-(\d+)-(\d+)")

_PARAGRAPHS = (
    """\
A tokenizer splits *text* into **pieces** that a model knows; `len(text)` says little about how many there are, and [the \
appendix](https://example.invalid/appendix) counts them for {n} languages at once.""",
    """\
Numbers such as {n}, {m} or {n}.{m} are often ***several*** tokens long, which makes arithmetic ~~easy~~ hard; a \
`budget = {m}` therefore means less than it seems to mean at first sight, in any language.""",
    "每一段都要换行，宽字符占两格，表情 🛰️ 也一样。**强调** 和 *斜体* 不应该移动任何一列，第 {n} 段也不例外 ✅。",
    """\
Déjà vu: naïve façades, <https://example.invalid/?q={n}>, a note[^{n}] and ελληνικά, русский, 日本語 in a single line, so \
that no table of widths is left untried 🎛.""",
)
_LIST = """\
- item {n} of the list, **weighted** by {m}
  - nested, with `code_{n}`
    1. third level, *numbered*
    2. and [linked](https://example.invalid/{n}/{m})
  - [ ] to do
  - [x] done
- last item, 最后一项

1. ordered
2. ordered, too
   > with a quotation inside
"""
_CODE = """\
```python
class Reader{n}:
    \"\"\"Reads chunk after chunk, {m} at a time.\"\"\"

    async def read(self, chunks: AsyncIterator[bytes], limit: int = {m}) -> str:
        parts: list[str] = []
        async for number, chunk in aenumerate(chunks):
            if number >= limit or not chunk.strip():  # enough
                break
            parts.append(chunk.decode("utf-8", "replace"))
        return f"{{self.name}}: " + "".join(parts)
```
"""
_TABLE = """\
| step | cost | remark |
|:--|--:|:-:|
| parse-{n} | {m} | **fast** |
| lay out {m} | {n} | `strips` |
| 绘制 | 3.5 | 🖌 |
"""
_QUOTE = "> Quoted in part {n}: what is not drawn costs nothing,\n> and what is drawn *once* costs little.\n"
_CODE_LINES = (
    "def step_{n}(state: dict[str, int], *, by: int = {m}) -> int:\n",
    '    """Advance by `by`, {n} times at most."""\n',
    "    total = sum(value * {m} for key, value in state.items() if key != 'k{n}')\n",
    '    print(f"step {n}: {{total:>8}} of {m}")  # shown\n',
    "    return total if total < {n} else -1\n",
    "\n",
)


@lru_cache(maxsize=16)
def document(kind: str, size: int) -> str:
    """A document of about `size` tokens of four characters (`doc`, `fence`), or of `size` rows (`table`)."""
    dice = random.Random(f"{kind}/{size}")
    if kind == "table":
        body = _table(size, dice)
    elif kind == "fence":
        body = "# One fence\n\n```python\n" + _until(4 * size - 60, _code_lines(dice)) + "```\n"
    else:
        body = _until(4 * size - 20, _parts(dice))
    return f"{body}\n\n{END}\n"


def _until(length: int, parts: Iterator[str]) -> str:
    out, so_far = [], 0
    for part in parts:
        if so_far + len(part) > length:
            break
        out.append(part)
        so_far += len(part)
    return "".join(out)


def _code_lines(dice: random.Random) -> Iterator[str]:
    for n in count():
        yield _CODE_LINES[n % len(_CODE_LINES)].format(n=n, m=dice.randint(10, 999))


def _parts(dice: random.Random) -> Iterator[str]:
    for n in count(1):
        numbers = {"n": n, "m": dice.randint(10, 999)}
        yield f"{'#' * (1 + n % 4)} Part {n}: notes on a stream\n\n"
        for place, part in enumerate((_PARAGRAPHS, _LIST, _PARAGRAPHS, _CODE, _TABLE, _PARAGRAPHS, _QUOTE)):
            template = part if isinstance(part, str) else part[(n + place) % len(part)]
            yield template.format(**numbers) + "\n\n"
        if n % 3 == 0:
            yield "---\n\n"


def _table(rows: int, dice: random.Random) -> str:
    head = "# One table\n\n| row | name | score | remark |\n|--:|:--|--:|:--|\n"
    return head + "".join(f"| {n} | item-{n} | {dice.randint(0, 10**5)} | a *remark* on `{n}` |\n" for n in range(rows))


@lru_cache(maxsize=16)
def pieces(kind: str, size: int) -> tuple[str, ...]:
    """The document cut as a model would send it: two to six characters at a time."""
    text, dice = document(kind, size), random.Random(size)
    cuts = [0]
    while cuts[-1] < len(text):
        cuts.append(cuts[-1] + dice.randint(2, 6))
    return tuple(text[start:end] for start, end in pairwise(cuts))


def parse_model(model: str) -> tuple[str, int, int]:
    """(kind, size, chunks/s) of a model name such as `doc-2000-200`. Raises ValueError for another."""
    if not (match := MODEL.fullmatch(model)):
        raise ValueError(f"{model!r} is not doc|fence|table-SIZE-RATE")
    return match[1], int(match[2]), int(match[3])
