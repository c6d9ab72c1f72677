"""The terminal beyond Textual: routes to the clipboard, and the keys that terminals spell in two ways."""
