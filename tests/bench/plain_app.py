"""The yardstick for the start: a Textual application with tabs, a text area and a footer, and one pydantic model."""

from pydantic import BaseModel
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.widgets import Footer, Static, TabbedContent, TabPane, TextArea


class Choices(BaseModel):
    """A model to build."""

    model: str = "m"
    temperature: float = 1.0
    names: dict[str, int] = {}


class PlainApp(App[None]):
    """Shows that it is there."""

    BINDINGS = [Binding("f2", "app.bell", "usable")]  # noqa: RUF012 - as the documentation writes it

    def compose(self) -> ComposeResult:
        """Tabs, text area, footer."""
        with TabbedContent(), TabPane("one"):
            yield Static(Choices().model)
        yield TextArea()
        yield Footer()


if __name__ == "__main__":
    PlainApp().run()
