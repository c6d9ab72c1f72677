"""The yardstick for drawing: what Textual's documentation shows, a `Markdown` fed by its own stream, with a prompt below it."""

import sys

from openai import AsyncOpenAI
from textual.app import App, ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Markdown, TextArea


class Idiomatic(App[None]):
    """Streams one answer into a `Markdown`."""

    CSS = "TextArea { height: 4; }"

    def compose(self) -> ComposeResult:
        """The answer, and a place to type."""
        with VerticalScroll():
            yield Markdown()
        yield TextArea()

    def on_mount(self) -> None:
        """Keep to the end, and begin."""
        self.query_one(VerticalScroll).anchor()
        self.query_one(TextArea).focus()
        self.run_worker(self.answer())

    async def answer(self) -> None:
        """Feed the view."""
        client = AsyncOpenAI(base_url=sys.argv[1], api_key="none", max_retries=0)
        chunks = await client.chat.completions.create(
            model=sys.argv[2], messages=[{"role": "user", "content": "go"}], stream=True
        )
        stream = Markdown.get_stream(self.query_one(Markdown))
        async for chunk in chunks:
            if chunk.choices and (text := chunk.choices[0].delta.content):
                await stream.write(text)
        await stream.stop()


if __name__ == "__main__":
    Idiomatic().run()
