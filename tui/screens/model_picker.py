"""The model of a tab: every configured endpoint's models, and those of the servers found on this machine."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from tui.screens.picker import Entry, PickerScreen
from tui.settings import Endpoint
from tui.workspace import Tab, Workspace

Choice = tuple[Endpoint, str]


class ModelPicker(PickerScreen[Choice]):
    """Lists come in one after another; a name that no list has can be typed."""

    def __init__(self, workspace: Workspace, tab: Tab) -> None:
        super().__init__("Model of this tab", hint="asking the endpoints …", free="model")
        self._workspace, self._tab = workspace, tab
        self._failed: list[str] = []

    def on_mount(self) -> None:
        """Ask all endpoints at once, off the UI's path."""
        super().on_mount()
        self.run_worker(self._fill())

    def free_value(self, text: str) -> Choice | None:
        """A typed name is a model of the tab's own endpoint."""
        return (self._tab.endpoint, text) if text else None

    async def _fill(self) -> None:
        from tui.providers.discovery import discover

        known = self._workspace.settings.endpoints()
        own = self._tab.endpoint
        endpoints = [own, *(endpoint for endpoint in known if endpoint.base_url != own.base_url)]
        await asyncio.gather(*(self._list(endpoint) for endpoint in endpoints))
        have = {endpoint.base_url for endpoint in endpoints}
        found = [endpoint for endpoint in await discover() if endpoint.base_url not in have]
        await asyncio.gather(*(self._list(endpoint, found=True) for endpoint in found))
        self.hint("; ".join(self._failed) or "enter chooses · a name that is not listed can be typed")

    async def _list(self, endpoint: Endpoint, *, found: bool = False) -> None:
        from tui.providers.models import ModelsError

        try:
            names = await self._workspace.models(endpoint)
        except ModelsError as error:
            self._failed.append(f"{endpoint.name}: {error}")
            return
        note = f"{endpoint.name}, found on this machine" if found else endpoint.name
        self.add([Entry(name, note, (replace(endpoint, model=name), name)) for name in names])
