"""Our Markdown and Textual's, as pictures of the same document, to be looked at side by side.

    python -m tests.markdown.side_by_side FOLDER [FILE.md]

writes an SVG for each of the two, at 120 and 60 columns, in a dark and a light theme. `as_models_write.md`, next to this
file, holds what the sample leaves out: give it as FILE.md.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from textual.app import App, ComposeResult
from textual.widgets import Markdown

from tests.markdown.line_view_kit import STYLES
from tui.markdown.line_view import LineView
from tui.markdown.markdown_section import MarkdownSection

SAMPLE = """\
# Heading one
Text under it with **bold**, *italic*, ***both***, ~~struck~~, `code`, [a link](https://example.invalid) and <b>raw</b> HTML.
## Heading two
### Heading three
#### Heading four
##### Heading five
###### Heading six

- bullet, with a line that is long enough to wrap on a narrow screen and must hang under its own text
  - nested
    1. ordered
    2. ordered, too
       - deeper
- [ ] to do
- [x] done

> A quotation with **bold** text
> - and a list
>   - nested
>
> ```python
> def quoted(x: int) -> str:  # a comment
>     return f"{x!r}"
> ```
> > and a quotation within

| name | count | remark that is rather long, so that the table is wider than the screen |
|:-----|------:|:----------------------------------:|
| `a`  | 1     | **bold** and *italic* words in a cell that has to wrap because it says so much more than it should |
| 绘制 | 3,500 | 🖌 emoji |

```rust
// A comment
fn main() -> Result<(), Error> { let answer: u32 = 42; println!("{answer}"); Ok(()) }
```

第一段：宽字符占两格，表情 🛰️ 👩‍💻 也一样。**强调** 和 *斜体* 不应该移动任何一列。

A note[^1], a hard\\
break, and https://example.invalid/bare.

---

[^1]: The note itself.
"""


class Ours(App[None]):
    """Our view."""

    CSS_PATH = STYLES
    CSS = STYLES.with_name("markdown.tcss").read_text(encoding="utf-8")
    text = SAMPLE

    def compose(self) -> ComposeResult:
        yield LineView()

    def on_mount(self) -> None:
        view = self.query_one(LineView)
        view.set_sections([MarkdownSection(self.text)])
        view.scroll_to(y=0, animate=False)


class Theirs(App[None]):
    """Textual's widget."""

    text = SAMPLE

    def compose(self) -> ComposeResult:
        yield Markdown(self.text)


async def picture(kind: type[Ours] | type[Theirs], width: int, theme: str) -> str:
    """One picture, as SVG."""
    app = kind()
    async with app.run_test(size=(width, 130 if width > 100 else 170)) as pilot:
        app.theme = theme
        for _ in range(20):
            await pilot.pause()
        return app.export_screenshot()


def main(folder: Path) -> None:
    """Write all pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    for width in (120, 60):
        for theme in ("textual-dark", "textual-light"):
            for kind in (Ours, Theirs):
                file = folder / f"{kind.__name__.lower()}-{width}-{theme}.svg"
                file.write_text(asyncio.run(picture(kind, width, theme)), encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) > 2:
        Ours.text = Theirs.text = Path(sys.argv[2]).read_text(encoding="utf-8")
    main(Path(sys.argv[1]))
