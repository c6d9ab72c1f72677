"""The status line: which model, what state, how many tokens, how fast."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

from tui.engine.answer import Answer
from tui.engine.meter import estimate_tokens
from tui.safe_text import visible_line
from tui.workspace import BROKEN, SIGNS, Tab, Workspace

LOOKS = {"streaming": "busy", "waiting": "busy", "asking": "busy", "running": "busy", "complete": "good"}
WORDS = {"asking": "waits for you", "running": "running a tool"}


@dataclass(frozen=True, slots=True)
class Piece:
    """One part of the line. The least important (the highest `rank`) goes first where there is no room."""

    text: str
    rank: int
    style: str = "status-bar--quiet"
    right: bool = False


def seconds(value: float) -> str:
    """A duration, for people."""
    if value < 60:
        return f"{value:.2f} s" if value < 1 else f"{value:.1f} s"
    minutes, rest = divmod(round(value), 60)
    return f"{minutes} min {rest:02d} s"


def model_label(name: str) -> str:
    """A model's name, safe to show; of one that is a file only its own name."""
    return visible_line(name.rpartition("/")[2] or name if name.startswith("/") else name)


def prompt_tokens(tab: Tab, answer: Answer) -> str:
    """The prompt's tokens: `~` while estimated."""
    exact = answer.usage_count("prompt_tokens")
    if exact is not None:
        return f"{exact:,}"
    return f"~{round(estimate_tokens(tab.conversation.turns[-1].prompt)):,}"


def token_pieces(tab: Tab, answer: Answer) -> list[Piece]:
    """Prompt and completion tokens, and what `usage` says besides."""
    count, exact = answer.completion_tokens
    pieces = [Piece(f"↑ {prompt_tokens(tab, answer)} ↓ {'' if exact else '~'}{count:,} tokens", 1)]
    for name, path in (
        ("reasoning", ("completion_tokens_details", "reasoning_tokens")),
        ("cached", ("prompt_tokens_details", "cached_tokens")),
    ):
        extra = answer.usage_count(*path)
        if extra:
            pieces.append(Piece(f"{name} {extra:,}", 7))
    return pieces


def timing_pieces(answer: Answer, now: float) -> list[Piece]:
    """Time to first token, tokens/s now and overall, elapsed."""
    meter = answer.meter
    pieces = []
    if meter.first_token is not None:
        pieces.append(Piece(f"first {seconds(meter.first_token)}", 5))
    overall = meter.rate(answer.completion_tokens[0])
    current = meter.rate_now(now)
    if current is not None and overall is not None:
        pieces.append(Piece(f"{current:.0f} tok/s now, {overall:.0f} overall", 4))
    elif overall is not None:
        pieces.append(Piece(f"{overall:.0f} tok/s", 4))
    if meter.started is not None:
        pieces.append(Piece(seconds(meter.elapsed(now)), 3))
    return pieces


class StatusBar(Widget):
    """One line about the tab in front, and the total over all tabs. It is told when to look again."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "status-bar--state",
        "status-bar--broken",
        "status-bar--good",
        "status-bar--busy",
        "status-bar--quiet",
    }

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self.workspace = workspace
        self.saving: str | None = None  # why nothing is saved, or None

    def pieces(self) -> list[Piece]:
        """The parts of the line, left to right."""
        tab = self.workspace.active
        if tab is None:
            return []
        state, answer = tab.state, tab.answer
        style = "broken" if state in BROKEN else LOOKS.get(state, "state")
        pieces = [
            Piece(visible_line(tab.endpoint.name), 6),
            Piece(model_label((answer and answer.model) or tab.model or "first model offered"), 2),
            Piece(f"{SIGNS[state]} {WORDS.get(state, state)}", 0, f"status-bar--{style}"),
        ]
        if answer is not None:
            pieces += token_pieces(tab, answer)
            pieces += timing_pieces(answer, self.workspace.clock())
        if self.saving:
            pieces.append(Piece("not saving", 1, "status-bar--broken"))
        if self.workspace.recording:
            pieces.append(Piece("recording", 5))
        if len(self.workspace.tabs) > 1:
            total, exact = self.workspace.total_tokens()
            pieces.append(Piece(f"all tabs {'' if exact else '~'}{total:,}", 8, right=True))
        return pieces

    def render_line(self, y: int) -> Strip:
        """The one line, as much of it as fits."""
        room = self.size.width - 2
        pieces = self.pieces()
        while len(pieces) > 1 and sum(cell_len(piece.text) + 2 for piece in pieces) - 2 > room:
            pieces.remove(max(pieces, key=lambda piece: piece.rank))
        base = self.rich_style
        segments = [Segment(" ", base)]
        left = [piece for piece in pieces if not piece.right]
        right = [piece for piece in pieces if piece.right]
        for place, piece in enumerate(left):
            segments.append(Segment(("  " if place else "") + piece.text, self.get_component_rich_style(piece.style)))
        used = sum(segment.cell_length for segment in segments)
        tail = "  ".join(piece.text for piece in right)
        gap = max(self.size.width - used - cell_len(tail) - 1, 0)
        segments.append(Segment(" " * gap, base))
        segments.append(Segment(tail, self.get_component_rich_style("status-bar--quiet")))
        return Strip(segments).adjust_cell_length(self.size.width, base)
