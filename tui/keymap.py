"""Every action of the main screen, as data: its keys, its name, and where it is shown.

The bindings, the footer, the help screen and the command palette are all made from this one table.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Command:
    """One action of the main screen. `keys` is comma-separated, the first one is shown; `first` beats the focused widget."""

    action: str
    keys: str
    title: str
    help: str
    group: str
    footer: str = ""
    first: bool = False


COMMANDS: tuple[Command, ...] = (
    Command("stop", "escape", "Stop this stream", "Stop the visible stream and keep its text", "Stream", footer="stop"),
    Command("retry", "ctrl+r", "Retry", "Ask again; the old answer stays as an alternative", "Stream", first=True),
    Command("continue", "alt+c", "Continue", "Ask for the rest of a broken answer", "Stream", first=True),
    Command("edit", "alt+e", "Edit the last prompt", "Take the last prompt back to change and resend it", "Stream", first=True),
    Command("alternative(-1)", "alt+up", "Previous alternative", "Show the answer before this one", "Stream", first=True),
    Command("alternative(1)", "alt+down", "Next alternative", "Show the answer after this one", "Stream", first=True),
    Command("next_choice", "alt+n", "Next choice", "Show the next choice, where the server sent several", "Stream", first=True),
    Command("run_tool", "alt+r", "Run the tool once", "Let the tool call that waits run, this once", "Tools", first=True),
    Command(
        "run_tool_always", "alt+a", "Always run this tool", "Let it run, also later in this conversation", "Tools", first=True
    ),
    Command("decline_tool", "alt+d", "Decline the tool", "Say no to it, and why; the model is told", "Tools", first=True),
    Command("show_whole", "alt+v", "Show all of it", "Show what a tool would be given, or a whole error", "Tools", first=True),
    Command("tools", "", "Tools of this tab", "Turn tools on and off, and load more", "Tools"),
    Command("load_tools", "", "Load tools", "Add the tools of a Python file or module to this tab", "Tools"),
    Command("conversations", "alt+o", "Conversations", "Find, open, rename, export, delete what was saved", "Tabs", first=True),
    Command("open_chip", "f4", "Open a pasted text", "Show what a chip in the prompt holds", "Prompt", first=True),
    Command("copy_answer", "ctrl+y", "Copy the answer", "Copy the whole answer as Markdown", "Copy", footer="copy", first=True),
    Command("copy_code", "alt+y", "Copy a code block", "Copy one code block of the answer", "Copy", first=True),
    Command("copy_reasoning", "", "Copy the reasoning", "Copy what the model thought, apart from the answer", "Copy"),
    Command("copy_tool", "", "Copy a tool call", "Copy the arguments or the result of a tool call", "Copy"),
    Command("copy_all", "", "Copy the conversation", "Copy the whole conversation as Markdown", "Copy"),
    Command("save_answer", "alt+s", "Save the answer to a file", "Save it, where there is no clipboard", "Copy", first=True),
    Command("new_tab", "ctrl+n,ctrl+t", "New tab", "Open an empty conversation", "Tabs", footer="new", first=True),
    Command("close_tab", "alt+w,ctrl+f4", "Close this tab", "Close this tab; a streaming one asks first", "Tabs", first=True),
    Command("next_tab", "ctrl+pagedown,alt+right", "Next tab", "Go to the tab on the right", "Tabs", first=True),
    Command("previous_tab", "ctrl+pageup,alt+left", "Previous tab", "Go to the tab on the left", "Tabs", first=True),
    Command("model", "ctrl+l", "Choose a model", "Pick the endpoint and model of this tab", "Tabs", footer="model", first=True),
    Command("find", "alt+f", "Find", "Find text in the conversation", "Read", first=True),
    Command("find_next", "f3", "Next hit", "Go to the next hit", "Read", first=True),
    Command("find_previous", "shift+f3", "Previous hit", "Go to the previous hit", "Read", first=True),
    Command(
        "turn_folds",
        "alt+t",
        "Open thoughts and tools",
        "Open or fold the last turn's thoughts and calls",
        "Read",
        first=True,
    ),
    Command("wrap_code", "alt+x", "Wrap code", "Wrap long lines of code, or cut them", "Read", first=True),
    Command("scroll('page_up')", "pageup", "Page up", "Scroll the answer up by a page", "Read", first=True),
    Command("scroll('page_down')", "pagedown", "Page down", "Scroll it down by a page", "Read", first=True),
    Command("scroll('up')", "ctrl+up", "Line up", "Scroll it up by a line", "Read", first=True),
    Command("scroll('down')", "ctrl+down", "Line down", "Scroll it down by a line", "Read", first=True),
    Command("scroll('home')", "ctrl+home", "To the top", "Go to the first line", "Read", first=True),
    Command("scroll('end')", "ctrl+end", "To the end", "Go to the last line, and follow it", "Read", first=True),
    Command("scroll('left')", "left", "Code left", "Scroll long lines of code, where they are cut", "Read"),
    Command("scroll('right')", "right", "Code right", "Scroll them to the right", "Read"),
    Command("help", "f1", "Help", "Show this list of keys", "App", footer="help", first=True),
    Command("theme", "", "Change the theme", "Dark, light, and all others", "App"),
)

#: keys that are explained on the help screen, but belong to a widget
WIDGET_KEYS: tuple[tuple[str, str, str], ...] = (
    ("Prompt", "enter", "Send the prompt"),
    ("Prompt", "ctrl+j, alt+enter, shift+enter", "New line"),
    ("Prompt", "up, down", "Earlier and later prompts (first, last line)"),
    ("Prompt", "alt+z", "Redo (ctrl+z undoes)"),
    ("Tabs", "alt+1 … alt+9", "Go to tab 1 to 9"),
    ("Tabs", "ctrl+w", "Close this tab, where the prompt has no focus"),
    ("Copy", "ctrl+c", "Copy the selection, else stop; twice quits"),
    ("Read", "j, k, g, G, y", "Down, up, top, end, copy, when the answer has the focus"),
    ("Read", "tab, enter", "Go from link to link, and follow one, in the answer"),
    ("App", "ctrl+p", "Command palette"),
    ("App", "ctrl+q", "Quit"),
)

KEY_NAMES = {
    "pageup": "PgUp", "pagedown": "PgDn", "escape": "Esc", "up": "↑", "down": "↓", "left": "←", "right": "→",
    "home": "Home", "end": "End", "enter": "Enter", "ctrl": "Ctrl", "alt": "Alt", "shift": "Shift", "tab": "Tab",
}  # fmt: skip


def key_label(keys: str) -> str:
    """How a binding's first key is written for people: `ctrl+pagedown` is `Ctrl+PgDn`."""
    first = keys.split(",")[0].strip()
    names = [
        KEY_NAMES.get(part, part.upper() if part.startswith("f") and part[1:].isdigit() else part) for part in first.split("+")
    ]
    return "+".join(names)
