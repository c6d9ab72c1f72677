"""What stands to the left of a block: the bars of quotes, the bullets and numbers of items, the labels of footnotes."""

from __future__ import annotations

from tui.markdown.containers import Container, Item, Note, Quote
from tui.markdown.palette import Ink
from tui.markdown.rows import Run

BAR = "▌ "
_BULLETS = "●○■□"
_TASKS = {False: "☐ ", True: "☑ "}


def inside_quote(container: Container | None) -> bool:
    """Whether the container is in a quote, or one."""
    while container is not None:
        if isinstance(container, Quote):
            return True
        container = container.parent
    return False


def gutter(container: Container, index: int | None, task: bool | None = None) -> tuple[list[Run], int]:
    """What stands before a row in `container`, and how many characters of it come before the first that is worth copying.

    The room to the left of an item within an item is: without it a copied list would be flat.
    `index` is the block's number if this is its first row: the items that begin with it show their markers. `task` is the state
    of the innermost one's box, if it has one.
    """
    runs: list[Run] = []
    decoration: int | None = None
    size = quoted = 0
    for around in _chain(container):
        run = _piece(around, index, task if around is container else None)
        if decoration is None and run.text.strip() and not isinstance(around, Quote):
            decoration = quoted if quoted < size else size + len(run.text) - len(run.text.lstrip())
        runs.append(run)
        size += len(run.text)
        quoted = size if isinstance(around, Quote) else quoted
    return runs, size if decoration is None else decoration


def _chain(container: Container) -> list[Container]:
    chain: list[Container] = []
    around: Container | None = container
    while around is not None and around.parent is not None:
        chain.append(around)
        around = around.parent
    return chain[::-1]


def _piece(container: Container, index: int | None, task: bool | None) -> Run:
    match container:
        case Quote():
            return Run(BAR, Ink("quote-bar"))
        case Item() if index == container.head:
            return _marker(container, task)
        case Note() if index == container.head:
            return Run(f"[{container.label}] ", Ink("note-label"))
    return Run(" " * container.gutter, Ink())


def _marker(item: Item, task: bool | None) -> Run:
    if task is not None and not item.run.ordered:
        return Run(_TASKS[task], Ink("task-done" if task else "task-open"))
    if item.run.ordered:
        return Run(f"{item.number}{item.run.delimiter} ".rjust(item.gutter), Ink("number"))
    return Run(_BULLETS[item.run.depth % len(_BULLETS)] + " ", Ink("bullet"))
