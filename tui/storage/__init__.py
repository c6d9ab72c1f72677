"""What is kept on disk: the journal of every stream, and the history of conversations (SQLite).

    Journal ──queue──▶ Writer (its own thread) ──▶ streamtui.db ◀── History (reads, in any thread)

The journal never raises to its caller and never makes it wait; what keeps it from saving is in its `status`. `sqlite3` is
imported where it is used, in the writer's thread or a reader's, because the first frame comes before.
"""
