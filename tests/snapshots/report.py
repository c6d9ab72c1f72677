"""A page that shows failing pictures: the one that is kept, the screen now, and where they differ."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

_STYLE = """
  body { background: #222; color: #ddd; font: 15px system-ui, sans-serif; margin: 2em }
  figure { display: inline-block; width: 31%; margin: 0 1% 0 0; vertical-align: top }
  img { width: 100% } .both { position: relative; isolation: isolate }
  .both img + img { position: absolute; inset: 0; mix-blend-mode: difference }
  pre { background: #111; padding: 1em; overflow: auto }
"""


@dataclass(frozen=True, slots=True)
class Failure:
    """One picture that differs; `expected` is empty if there was none."""

    name: str
    expected: str
    actual: str
    difference: str


@dataclass(slots=True)
class Report:
    """All failures of one run. Every new one is written at once, so that a run that dies leaves them too."""

    path: Path
    failures: list[Failure] = field(default_factory=list)

    def add(self, failure: Failure) -> None:
        """Show one more."""
        self.failures.append(failure)
        sections = "".join(_section(each) for each in self.failures)
        page = f"<!doctype html><meta charset=utf-8><title>Pictures that differ</title><style>{_STYLE}</style>{sections}\n"
        self.path.write_text(page, encoding="utf-8")


def _section(failure: Failure) -> str:
    expected, actual = _image(failure.expected), _image(failure.actual)
    figures = (("kept", expected), ("now", actual), ("difference", f"<div class=both>{expected}{actual}</div>"))
    shown = "".join(f"<figure><figcaption>{caption}</figcaption>{body}</figure>" for caption, body in figures)
    return f"<h2>{escape(failure.name)}</h2>{shown}<pre>{escape(failure.difference)}</pre>"


def _image(svg: str) -> str:
    return f'<img src="data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}">' if svg else "<p>none</p>"
