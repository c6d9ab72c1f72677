"""One widget a file. State comes down to them; what the person wants goes up as messages."""
