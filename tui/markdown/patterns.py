"""How the beginnings of blocks look, after white space of at most three columns."""

from __future__ import annotations

import re

# what no block but a paragraph begins with is not worth a closer look
STARTS = frozenset("#>`~<*-+_=[|:0123456789")

heading = re.compile(r"(#{1,6})(?:[ \t]+|$)").match
heading_end = re.compile(r"(?:^|[ \t]+)#+[ \t]*$")
fence = re.compile(r"(`{3,})[^`]*$|(~{3,})").match
rule = re.compile(r"(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$").match
underline = re.compile(r"(=+|-+)[ \t]*$").match
bullet = re.compile(r"[-+*](?=[ \t]|$)").match
number = re.compile(r"(\d{1,9})([.)])(?=[ \t]|$)").match
note = re.compile(r"\[\^([^\s\[\]]{1,99})\]:(?=[ \t]|$)").match
delimiter_row = re.compile(r"[-:|][-:| \t]*$").match
delimiter_cell = re.compile(r":?-+:?$").match

_TAGS = (
    "address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|dialog|dir|div|dl|dt|"
    "fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|header|hr|html|iframe|legend|li|link|main|menu|"
    "menuitem|nav|noframes|ol|optgroup|option|p|param|search|section|summary|table|tbody|td|tfoot|th|thead|title|tr|track|ul"
)
_ATTRIBUTE = r"""\s+[A-Za-z_:][\w.:-]*(?:\s*=\s*(?:[^\s"'=<>`]+|'[^']*'|"[^"]*"))?"""
_WHOLE_TAG = rf"<[A-Za-z][A-Za-z0-9-]*(?:{_ATTRIBUTE})*\s*/?>|</[A-Za-z][A-Za-z0-9-]*\s*>"

# (how it begins, how its last line looks or None for a blank line, whether it can follow a paragraph's line)
html: tuple[tuple[re.Pattern[str], re.Pattern[str] | None, bool], ...] = (
    (
        re.compile(r"<(?:script|pre|style|textarea)(?=\s|>|$)", re.IGNORECASE),
        re.compile(r"</(?:script|pre|style|textarea)>", re.IGNORECASE),
        True,
    ),
    (re.compile(r"<!--"), re.compile(r"-->"), True),
    (re.compile(r"<\?"), re.compile(r"\?>"), True),
    (re.compile(r"<![A-Za-z]"), re.compile(r">"), True),
    (re.compile(r"<!\[CDATA\["), re.compile(r"\]\]>"), True),
    (re.compile(rf"</?(?:{_TAGS})(?=\s|/?>|$)", re.IGNORECASE), None, True),
    (re.compile(rf"(?:{_WHOLE_TAG})\s*$"), None, False),
)
