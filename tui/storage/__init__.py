"""What is kept on disk: the journal of every stream, and the history of conversations (SQLite)."""
