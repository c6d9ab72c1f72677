"""Streaming Markdown: text in, blocks, strips out, and the line view that shows them. Knows nothing of chats."""
