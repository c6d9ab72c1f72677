"""Getting text out of the main screen: to the clipboard, or to a file."""

from __future__ import annotations

from pathlib import Path

from textual import on
from textual.actions import SkipAction
from textual.notifications import Notification, Notify, SeverityLevel

from tui.markdown.line_view import LineView
from tui.safe_text import without_controls
from tui.screens.picker import Entry, PickerScreen
from tui.screens.save_file import SaveFileScreen
from tui.screens.selecting import Selecting
from tui.terminal.clipboard import CopyResult

SURE_FOR = 2.5  # seconds that a word about what went well is shown


def copied(what: str, text: str, result: CopyResult) -> str:
    """What the toast says: what was copied, by which route, and whether that route can confirm."""
    if result.route is None:
        return f"No way to a clipboard was found for {what}: alt+s saves it to a file."
    left_out = f" {result.left_out} control characters were left out." if result.left_out else ""
    sure = "" if result.confirmed else " The terminal does not say whether it took it."
    return f"Copied {what}, {len(text):,} characters, by {result.route}.{sure}{left_out}"


class Copying(Selecting):
    """The main screen's actions for copying and saving."""

    _said: Notification | None = None  # of the last copy

    def copy(self, what: str, text: str) -> None:
        """Copy `text`, and say how it went."""
        if not text:
            self.notify(f"There is no {what} to copy yet.", timeout=3)
            return
        self.run_worker(self._copy(what, text), group="copy")

    async def _copy(self, what: str, text: str) -> None:
        result = await self.streamtui.routes.copy(text)
        if result.too_large:
            self.notify(f"The {what} is too large for the terminal's clipboard: save it to a file.", severity="warning")
            self.save(what, text)
            return
        timeout = SURE_FOR if result.confirmed else self.app.NOTIFICATION_TIMEOUT
        severity: SeverityLevel = "information" if result.route else "warning"
        self._tell(Notification(copied(f"the {what}", text, result), timeout=timeout, severity=severity, markup=False))

    def _tell(self, said: Notification) -> None:
        """Say how the last copy went, in the place of the one before: a pile of it would lie over what is copied next."""
        if self._said is not None:
            self.app._unnotify(self._said)  # noqa: SLF001 - there is a public way to all at once alone
        self._said = said
        self.app.post_message(Notify(said))

    def action_copy_text(self) -> None:
        """Copy what is selected, and select it no longer: the next ctrl+c stops or quits. A mere click selects nothing."""
        selected = self.get_selected_text()
        self.clear_selection()
        if not selected:
            raise SkipAction
        self.app.copy_to_clipboard(selected)

    def answer_text(self) -> str:
        """The shown reply's text, as far as it is here."""
        last = self.tab.conversation.last
        return last.reply.text or last.reply.refusal if last else ""

    def action_copy_answer(self) -> None:
        """Copy the whole answer, also while it streams."""
        self.copy("answer", self.answer_text())

    def action_copy_all(self) -> None:
        """Copy the whole conversation as Markdown."""
        from tui.storage.export import to_markdown

        self.copy("conversation", to_markdown(self.tab.conversation)[0] if self.tab.conversation.turns else "")

    def action_copy_reasoning(self) -> None:
        """Copy what the model thought, apart from the answer."""
        last = self.tab.conversation.last
        self.copy("reasoning", last.reply.reasoning if last else "")

    def action_copy_tool(self) -> None:
        """Copy the arguments or the result of a tool call of the last answer."""
        last = self.tab.conversation.last
        calls = [call for answer in last.reply.answers for call in answer.tool_calls] if last else []
        entries: list[Entry[str]] = []
        for call in reversed(calls):
            name = call.name or "?"
            if call.run is not None and call.run.content:
                entries.append(Entry(f"{name}: result", call.run.content.strip()[:60], call.run.content))
            entries.append(Entry(f"{name}: arguments", call.arguments.text.strip()[:60], call.arguments.text))
        self._copy_one_of("tool call", entries)

    def action_copy_code(self) -> None:
        """Copy a code block; a numbered choice where there are several."""
        blocks = self.transcript.code_blocks()
        entries = [
            Entry(block.text.strip().splitlines()[0][:60] if block.text.strip() else "empty", _lines(block.text), block.text)
            for block in reversed(blocks)
        ]
        self._copy_one_of("code block", entries)

    def _copy_one_of(self, what: str, entries: list[Entry[str]]) -> None:
        """Copy the one that there is, or the one that is chosen."""
        if len(entries) <= 1:
            self.copy(what, entries[0].value if entries else "")
            return

        def take(text: str | None) -> None:
            if text is not None:
                self.copy(what, text)

        self.app.push_screen(
            PickerScreen(f"Copy which {what}?", entries, hint="the newest first; alt+1 to alt+9 take one by its number"), take
        )

    @on(LineView.CopyCode)
    def _code_label(self, event: LineView.CopyCode) -> None:
        self.copy("code block", event.text)

    def action_save_answer(self) -> None:
        """Save the answer to a file."""
        self.save("answer", self.answer_text())

    def save(self, what: str, text: str) -> None:
        """Ask for a path, and write `text` there."""
        if not text:
            self.notify(f"There is no {what} to save yet.", timeout=3)
            return
        clean, left_out = without_controls(text)

        def write(path: Path | None) -> None:
            if path is None:
                return
            try:
                path.write_text(clean, encoding="utf-8", errors="replace")
            except OSError as error:
                self.notify(f"Not saved: {error.strerror or error}: {path}", severity="error", markup=False)
                return
            extra = f" {left_out} control characters were left out." if left_out else ""
            self.notify(f"Saved {len(clean):,} characters to {path}.{extra}", markup=False)

        self.app.push_screen(SaveFileScreen(f"Save the {what} as", str(Path.cwd() / f"{what}.md")), write)


def _lines(text: str) -> str:
    count = text.count("\n") + (not text.endswith("\n"))
    return f"{count} line{'s' * (count != 1)}"
