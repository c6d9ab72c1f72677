"""The house's own themes, dark and light: quiet surfaces, and one family of blue for all that can be pressed or followed.

Each text colour is written out, so that it is what was looked at, and reaches 4.5 : 1 on every surface that it stands on.
"""

from __future__ import annotations

from textual.theme import Theme

DARK = Theme(
    "streamtui",
    dark=True,
    primary="#5c86e0",
    secondary="#4aa3a2",
    accent="#7c8cf0",
    success="#6fb57a",
    warning="#d9a24e",
    error="#e0657a",
    foreground="#d6d9e0",
    background="#14161b",
    surface="#1b1e25",
    panel="#1f232b",
    variables={
        "text": "#e4e6eb",
        "text-muted": "#9aa0ac",
        "text-primary": "#8fb3ff",
        "text-secondary": "#7cc7c4",
        "text-accent": "#a9b2ff",
        "text-success": "#93cf9a",
        "text-warning": "#e8bd7e",
        "text-error": "#f2929f",
        "error-muted": "#33212a",
        "warning-muted": "#2f281d",
        "border": "#7c8cf0",
        "footer-key-foreground": "#a9b2ff",
        "input-selection-background": "#5c86e0 40%",
        "screen-selection-background": "#5c86e0 40%",
        "block-cursor-background": "#39467f",
        "block-cursor-foreground": "#ffffff",
        "block-cursor-text-style": "none",
        "button-color-foreground": "#ffffff",
        "button-focus-text-style": "bold",
        "primary-muted": "#27345a",
    },
)

LIGHT = Theme(
    "streamtui-light",
    dark=False,
    primary="#2f62c4",
    secondary="#1c7d7c",
    accent="#4f55d6",
    success="#2f8a43",
    warning="#b4690e",
    error="#c6304b",
    foreground="#262a33",
    background="#fcfcfa",
    surface="#f3f3ef",
    panel="#ebebe6",
    variables={
        "text": "#1e2128",
        "text-muted": "#5c6270",
        "text-primary": "#1f55b8",
        "text-secondary": "#0f6867",
        "text-accent": "#4046c4",
        "text-success": "#226c33",
        "text-warning": "#874b00",
        "text-error": "#ab1f3b",
        "error-muted": "#fbe7ea",
        "warning-muted": "#faf0dc",
        "border": "#4f55d6",
        "footer-key-foreground": "#4046c4",
        "input-selection-background": "#2f62c4 25%",
        "screen-selection-background": "#2f62c4 25%",
        "block-cursor-background": "#d5dbf7",
        "block-cursor-foreground": "#1e2128",
        "block-cursor-text-style": "none",
        "button-color-foreground": "#ffffff",
        "button-focus-text-style": "bold",
        "primary-muted": "#dbe4f8",
    },
)

THEMES = (DARK, LIGHT)
