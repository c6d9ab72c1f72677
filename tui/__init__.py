"""streamtui: a full-screen terminal application for streaming language models."""
