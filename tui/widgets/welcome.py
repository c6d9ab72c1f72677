"""What an empty conversation says: what can be done here, in four lines."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

from tui.safe_text import visible_line
from tui.settings import Endpoint

DEMO = (
    "no model, but lessons about streaming; ctrl+l has models that break on purpose",
    "set OPENAI_API_KEY, or start with --base-url URL, or write a config file",
)


def welcome(endpoint: Endpoint, found: list[Endpoint]) -> Content:
    """The four lines, for this endpoint and the local servers that were found."""
    if endpoint.is_demo:
        lines = [("Ask anything", "try: what is a token?  async and await  SSE  tool calls")]
        lines += [("The demo", DEMO[0]), ("For real", DEMO[1])]
    else:
        where = visible_line(f"{endpoint.name}  {endpoint.base_url}")
        lines = [("Ask anything", "enter sends, ctrl+j breaks the line"), ("Connected to", where), ("Another model", "ctrl+l")]
    if found:
        names = ", ".join(visible_line(server.name) for server in found)
        lines.append(("On this machine", f"{names}: ctrl+l offers their models"))
    else:
        lines.append(("Several at once", "ctrl+n opens a tab, alt+1 to alt+9 go to one; all keys: f1"))
    width = max(len(name) for name, _ in lines)
    return Content("\n").join(
        Content.assemble((name.ljust(width), "bold $text-accent"), ("  " + text, "$text-muted")) for name, text in lines
    )


class Welcome(Static):
    """Shown while a conversation is empty."""

    def show(self, endpoint: Endpoint, found: list[Endpoint]) -> None:
        """Say it for this endpoint."""
        self.update(welcome(endpoint, found))
