"""Streams as plain Python: what can happen in one, what it adds up to, and how it is read. No Textual here."""
