"""Lines in, blocks out: CommonMark's block structure with GFM's tables and footnotes, one line at a time.

What a line costs depends on the line and on how deep it is nested, never on what came before. All that can still change is the
last block and the containers that are open around it.
"""

from __future__ import annotations

from tui.markdown import patterns
from tui.markdown.block_tree import BlockTree
from tui.markdown.blocks import Fence, Heading, Html, Indented, Paragraph, Rule, Table, Verbatim
from tui.markdown.containers import Container, Item, ListRun, Note, Quote
from tui.markdown.cursor import Cursor
from tui.markdown.source import Line
from tui.markdown.table_rows import aligns_of, split_row

_DEEPEST = 32  # containers in one another; further markers are text
_MOST_MISSING = 1 << 16  # cells that short table rows may lack, over the whole table


class BlockParser(BlockTree):
    """`blocks` is the document so far; blocks before `changed_from` are as they were when the caller last set it."""

    # a line

    def feed(self, line: Line) -> None:
        """Take in the next line."""
        self.changed_from = min(self.changed_from, max(len(self.blocks) - 1, 0))
        if line.goes_on:
            self._go_on(line.text)
            return
        cursor = Cursor(line.text)
        matched = self._match(cursor)
        leaf = self._leaf
        if matched == len(self._open) and isinstance(leaf, (Fence, Html)) and self._add_verbatim(leaf, cursor):
            return
        opened = self._open_containers(cursor, matched)
        if opened is not None:
            self._add_text(cursor, *opened)
        if not cursor.blank:
            self._blank = None

    def finish(self) -> None:
        """No line follows: close everything."""
        self.changed_from = min(self.changed_from, max(len(self.blocks) - 1, 0))
        self._close_to(0)

    def _go_on(self, text: str) -> None:
        leaf = self._leaf
        if isinstance(leaf, Verbatim):
            leaf.add(text, goes_on=True)
            if isinstance(leaf, Html) and leaf.end and leaf.end.search(text):
                self._close_leaf()
            return
        if isinstance(leaf, Paragraph):
            self._lengthen(leaf, text, goes_on=True)
            return
        self._close_leaf()
        self._begin(Paragraph(self._container), text.lstrip(" \t"), joined=True)

    # which containers the line is in

    def _match(self, cursor: Cursor) -> int:
        for index, container in enumerate(self._open):
            if not _goes_on(container, cursor):
                return index
        return len(self._open)

    def _add_verbatim(self, leaf: Fence | Html, cursor: Cursor) -> bool:
        if isinstance(leaf, Fence):
            indent, spaces = cursor.indent()
            rest = cursor.text[spaces:].rstrip(" \t")
            if indent < 4 and rest.startswith(leaf.fence) and not rest.strip(leaf.fence[0]):
                self._close_leaf()
                return True
            cursor.dedent(leaf.indent)
        elif leaf.end is None and cursor.blank:
            return False
        leaf.add(cursor.text)
        if isinstance(leaf, Html) and leaf.end and leaf.end.search(cursor.text):
            self._close_leaf()
        return True

    # what begins on the line

    def _open_containers(self, cursor: Cursor, matched: int) -> tuple[int, bool] | None:
        """Open what the line opens. None: it is used up by a block; else (containers matched, whether new ones were opened)."""
        fresh = False
        while True:
            indent, spaces = cursor.indent()
            rest = cursor.text[spaces:]
            if not rest or indent >= 4 or rest[0] not in patterns.STARTS:
                return matched, fresh
            if self._open_leaf(rest, indent, matched):
                return None
            container = self._open_container(cursor, rest, indent, spaces, matched)
            if container is None:
                return matched, fresh
            self._open.append(container)
            matched, fresh = len(self._open), True

    def _open_container(self, cursor: Cursor, rest: str, indent: int, spaces: int, matched: int) -> Container | None:
        if matched >= _DEEPEST:
            return None
        if rest[0] == ">":
            parent = self._enter(matched)
            cursor.skip(spaces + 1)
            cursor.dedent(1)
            return self._placed(Quote(parent, len(self.blocks)))
        if rest[0] == "[":
            found = None if isinstance(self._leaf, Paragraph) else patterns.note(rest)
            if not found:
                return None
            parent = self._enter(matched)
            cursor.skip(spaces + found.end())
            cursor.dedent(cursor.indent()[0])
            return self._placed(Note(parent, len(self.blocks), found[1]))
        return self._open_item(cursor, rest, indent, spaces, matched)

    def _open_item(self, cursor: Cursor, rest: str, indent: int, spaces: int, matched: int) -> Container | None:
        found = patterns.bullet(rest) or patterns.number(rest)
        if not found:
            return None
        start = int(found[1]) if found.re.groups else None
        if self._interrupts(matched) and (start not in (None, 1) or not rest[found.end() :].strip(" \t")):
            return None
        parent = self._enter(matched, found[2] if start is not None else found[0])
        run = parent.list
        cursor.skip(spaces + found.end())
        gap, blank = cursor.indent()[0], cursor.blank
        gap = 1 if blank or gap > 4 else gap
        cursor.dedent(gap)
        if run is None:
            run = parent.list = ListRun(
                found[2] if start is not None else found[0], start, _bullet_depth(parent), len(self.blocks)
            )
        item = Item(parent, len(self.blocks), run, indent + found.end() + gap)
        if run.count > 1 and len(str(item.number)) > len(str(item.number - 1)):
            self.changed_from = min(self.changed_from, run.first)
        return self._placed(item)

    def _open_leaf(self, rest: str, indent: int, matched: int) -> bool:
        """Whether the line is a block of one line, or begins one that takes lines as they are."""
        match rest[0]:
            case "#":
                return self._open_heading(rest, matched)
            case "`" | "~":
                return self._open_fence(rest, indent, matched)
            case "<":
                return self._open_html(rest, indent, matched)
        if self._interrupts(matched) and (self._make_table(rest) or self._make_heading(rest)):
            return True
        if rest[0] in "*-_" and patterns.rule(rest):
            self._append(Rule(self._enter(matched)), closed=True)
            return True
        return False

    def _open_heading(self, rest: str, matched: int) -> bool:
        found = patterns.heading(rest)
        if found:
            text = patterns.heading_end.sub("", rest[found.end() :]).strip(" \t")
            self._append(Heading(self._enter(matched), len(found[1]), text), closed=True)
        return bool(found)

    def _open_fence(self, rest: str, indent: int, matched: int) -> bool:
        found = patterns.fence(rest)
        if found:
            mark = found[1] or found[2]
            info = rest[len(mark) :].split()
            self._append(Fence(self._enter(matched), indent, mark, info[0] if info else ""))
        return bool(found)

    def _open_html(self, rest: str, indent: int, matched: int) -> bool:
        for start, end, interrupts in patterns.html:
            if start.match(rest) and (interrupts or not isinstance(self._leaf, (Paragraph, Table))):
                block = Html(self._enter(matched), end)
                block.add(" " * indent + rest)
                self._append(block)
                if end and end.search(rest):
                    self._close_leaf()
                return True
        return False

    def _interrupts(self, matched: int) -> bool:
        """Whether the line could also go on with a paragraph that is not left behind."""
        return isinstance(self._leaf, Paragraph) and matched == len(self._open)

    # what a paragraph turns out to be

    def _make_table(self, rest: str) -> bool:
        leaf = self._leaf
        if not isinstance(leaf, Paragraph) or "|" not in leaf.lines[-1] or not patterns.delimiter_row(rest):
            return False
        aligns, header = aligns_of(rest), split_row(leaf.lines[-1])
        if not aligns or len(aligns) != len(header):
            return False
        table = Table(leaf.container, aligns, header)
        if len(leaf.lines) == 1:
            self._replace(leaf, table)
        else:
            leaf.lines.pop()
            self._close_leaf()
            self._append(table)
        self._leaf = table
        return True

    def _make_heading(self, rest: str) -> bool:
        leaf, found = self._leaf, patterns.underline(rest)
        if not found or not isinstance(leaf, Paragraph):
            return False
        self._take_definitions(leaf)
        if not leaf.lines:
            self._close_leaf()
            return False
        self._replace(leaf, Heading(leaf.container, 1 if rest[0] == "=" else 2, leaf.source))
        self.blocks[-1].closed = True
        self._leaf = None
        return True

    # what is left of the line

    def _add_text(self, cursor: Cursor, matched: int, fresh: bool) -> None:
        if cursor.blank:
            self._add_blank(cursor, matched, fresh)
            return
        leaf = self._leaf
        if isinstance(leaf, Paragraph):  # also where it is lazy: then its containers stay open
            self._lengthen(leaf, cursor.text.lstrip(" \t"))
            return
        indented = cursor.indent()[0] >= 4
        if matched == len(self._open):
            if isinstance(leaf, Indented) and indented:
                cursor.dedent(4)
                leaf.add(cursor.text)
                return
            if isinstance(leaf, Table) and not indented and leaf.missing <= _MOST_MISSING:
                leaf.add(split_row(cursor.text.strip(" \t")))
                return
        container = self._enter(matched)
        if indented:
            block = Indented(container)
            cursor.dedent(4)
            block.add(cursor.text)
            self._append(block)
        else:
            self._begin(Paragraph(container), cursor.text.lstrip(" \t"))

    def _add_blank(self, cursor: Cursor, matched: int, fresh: bool) -> None:
        leaf = self._leaf
        if isinstance(leaf, Indented) and matched == len(self._open):
            cursor.dedent(4)
            leaf.blanks.append(cursor.text)
        else:
            self._close_to(matched)
        if fresh and isinstance(self._container, Item):
            self._blank = None  # the marker's own line
            return
        quotes = [index for index, container in enumerate(self._open[:matched], 1) if isinstance(container, Quote)]
        self._blank = quotes[-1] if quotes else 0


def _goes_on(container: Container, cursor: Cursor) -> bool:
    """Whether the line is in this container; takes off what says so."""
    indent, spaces = cursor.indent()
    if isinstance(container, Quote):
        if indent > 3 or cursor.text[spaces : spaces + 1] != ">":
            return False
        cursor.skip(spaces + 1)
        cursor.dedent(1)
        return True
    if cursor.blank and container.empty:
        return False  # it may begin with one blank line, which is its marker's own
    offset = container.offset if isinstance(container, Item) else 4
    if indent >= offset:
        cursor.dedent(offset)
        return True
    return cursor.blank


def _bullet_depth(container: Container | None) -> int:
    depth = 0
    while container is not None:
        depth += isinstance(container, Item) and not container.run.ordered
        container = container.parent
    return depth
