"""Hostile text made visible: what the project did not write itself goes through here before anybody sees it."""
