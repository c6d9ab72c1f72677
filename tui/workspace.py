"""The open tabs, as plain Python: conversations, their streams, and what is saved of them. No Textual here."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Hashable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from tui.engine.answer import Answer
from tui.engine.conversation import Conversation
from tui.engine.events import Event, Failed, Kept, ToolRunNoted
from tui.engine.failure import Failure
from tui.engine.request import Request, Timeouts
from tui.engine.tool_run import Decision
from tui.settings import Endpoint, Settings
from tui.tab import BROKEN, SIGNS, Ask, Tab, TabState
from tui.tool_sources import ToolSources
from tui.tools.rounds import AT_THE_LIMIT, RoundRunner, Wanted, end_all, wants_round

if TYPE_CHECKING:
    from openai import AsyncOpenAI

__all__ = ["BROKEN", "SIGNS", "Ask", "Connect", "Start", "Tab", "TabState", "Workspace"]

Connect = Callable[[Endpoint, Timeouts], "AsyncOpenAI"]


@dataclass(frozen=True, slots=True)
class Start:
    """A prompt that is asked as soon as the app is open, in a tab of its own."""

    prompt: str
    conversation: Conversation | None = None
    endpoint: Endpoint | None = None


class Workspace:
    """All open tabs, in order, and which one is in front."""

    def __init__(self, settings: Settings, connect: Connect, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.settings = settings
        self.clock = clock
        self.recording = settings.record is not None  # whether its streams are recorded
        self.tabs: list[Tab] = []
        self.active: Tab | None = None
        self.record: Callable[[Tab, Answer, Kept], None] = lambda tab, answer, event: None
        self.changed: Callable[[Tab], None] = lambda tab: None  # its state, or what it asks, beside the events of its stream
        self.began: Callable[[Tab, Answer], None] = lambda tab, answer: None  # a further round was asked for
        self._connect = connect
        self._clients: dict[Hashable, asyncio.Future[AsyncOpenAI]] = {}
        self._first_models: dict[str, str] = {}
        self._sources = ToolSources(settings)

    # -- tabs

    def open(
        self, conversation: Conversation | None = None, *, like: Tab | None = None, endpoint: Endpoint | None = None
    ) -> Tab:
        """Add a tab at the end; an empty one takes its endpoint and model from `like`, else from the settings."""
        settings = self.settings
        endpoint = endpoint or (like.endpoint if like else settings.endpoint())
        model = like.model if like else settings.model or endpoint.model
        if conversation is None:
            conversation = Conversation(system=settings.system, model=model or "", endpoint_name=endpoint.name)
        elif conversation.model:
            model = conversation.model
        tab = Tab(conversation, endpoint, model, tools=self._sources.box_at(endpoint))
        self.tabs.append(tab)
        return tab

    def reopen(self, conversation: Conversation | None, endpoint_name: str, model: str, place: int) -> Tab:
        """Bring a saved tab back at `place`. An endpoint that is configured no longer gives way to the default one."""
        known = {endpoint.name: endpoint for endpoint in self.settings.endpoints()}
        tab = self.open(conversation, endpoint=known.get(endpoint_name))
        if tab.endpoint.name == endpoint_name and model:
            tab.model = tab.conversation.model = model
        self.tabs.insert(place, self.tabs.pop())
        return tab

    def close(self, tab: Tab) -> None:
        """Take a tab away; the one to its right comes to the front, else the one to its left, else none."""
        place = self.tabs.index(tab)
        self.tabs.remove(tab)
        if self.active is tab:
            self.active = self.tabs[min(place, len(self.tabs) - 1)] if self.tabs else None

    def select(self, tab: Tab) -> None:
        """Bring a tab to the front; what it holds is read now."""
        self.active = tab
        tab.unread = False

    def step(self, by: int) -> Tab | None:
        """The tab `by` places to the right of the one in front, around the end."""
        if self.active is None:
            return None
        return self.tabs[(self.tabs.index(self.active) + by) % len(self.tabs)]

    @property
    def busy(self) -> list[Tab]:
        """The tabs whose streams run."""
        return [tab for tab in self.tabs if tab.busy]

    def total_tokens(self) -> tuple[int, bool]:
        """(completion tokens of all answers in all tabs, whether every one of them is exact)."""
        counts = [answer.completion_tokens for tab in self.tabs for turn in tab.conversation.turns for answer in turn.answers]
        return sum(count for count, _ in counts), all(exact for _, exact in counts)

    # -- tools

    def load_tools(self) -> None:
        """Load the tools of the settings, so that tabs have them. Raises ToolsError."""
        self._sources.load()

    async def set_tools(self, tab: Tab, sources: Sequence[str]) -> None:
        """Give `tab` the tools of these files, modules and "builtin", read anew. Raises ToolsError; then nothing changed."""
        tab.tools = await asyncio.to_thread(self._sources.box_of, sources, tab.tools)
        self.changed(tab)

    def move(self, tab: Tab, endpoint: Endpoint, model: str) -> None:
        """Have `tab` ask another model. The demo's tools, which nobody asked for, don't come along to a real endpoint."""
        tab.tools = self._sources.box_after(tab.tools, tab.endpoint, endpoint)
        tab.endpoint, tab.model = endpoint, model
        tab.conversation.model, tab.conversation.endpoint_name = model, endpoint.name

    # -- streams

    def gather(self, tab: Tab) -> float:
        """How long, in seconds, the bytes of a tab's stream may gather before they are read."""
        return 0.033 if tab is self.active else 0.1

    async def client(self, endpoint: Endpoint) -> AsyncOpenAI:
        """The client of an endpoint; made once, in a thread, because importing `openai` takes about a second."""
        key = (endpoint.name, endpoint.base_url, endpoint.key, endpoint.in_memory)
        future = self._clients.get(key)
        if future is None or future.cancelled():
            making = asyncio.to_thread(self._connect, endpoint, self.timeouts)
            future = self._clients[key] = asyncio.ensure_future(making)
        # one waiting tab that is stopped must not take the client away from the others
        return await asyncio.shield(future)

    async def prepare(self, endpoint: Endpoint) -> None:
        """Make the client before it is needed; what is wrong with it is said when it is used."""
        await asyncio.wait([asyncio.ensure_future(self.client(endpoint))])

    @property
    def timeouts(self) -> Timeouts:
        """The limits of every request."""
        settings = self.settings
        return Timeouts(settings.connect_timeout, settings.first_token_timeout, settings.stall_timeout)

    async def stream(self, tab: Tab, answer: Answer) -> None:
        """Run the stream of `answer` to its end, in `tab`, and the rounds of tools that follow it.

        Every answer and every tool is final afterwards, whatever happened. An `answer` that is final already goes on with the
        tools that it called.
        """
        most = self.settings.max_tool_rounds
        if answer.final:
            answer = await self._round(tab, answer)
        await self._drive(tab, answer)
        rounds = 0
        while wants_round(answer, tab.tools):
            if rounds == most:
                end_all(answer, AT_THE_LIMIT.format(rounds=most), partial(self._note, tab, answer))
                return
            rounds += 1
            answer = await self._round(tab, answer)
            await self._drive(tab, answer)

    async def _drive(self, tab: Tab, answer: Answer) -> None:
        from tui.engine.drive import drive

        def record(event: Event) -> None:
            self.record(tab, answer, event)

        await drive(answer, self._events(tab, answer), record=record, clock=self.clock)

    async def _round(self, tab: Tab, answer: Answer) -> Answer:
        """Run the tools that `answer` called; the answer that is to follow them."""

        await RoundRunner(answer, tab.tools, partial(self._ask, tab), partial(self._note, tab, answer)).run()
        following = tab.conversation.next_round(answer)
        self.began(tab, following)
        self.changed(tab)
        return following

    async def _ask(self, tab: Tab, wanted: Wanted) -> Decision:
        decision: asyncio.Future[Decision] = asyncio.get_running_loop().create_future()
        ask = Ask(wanted.call, wanted.arguments, wanted.tool.summary, decision)
        tab.asks.append(ask)
        self.changed(tab)
        try:
            return await decision
        finally:
            tab.asks.remove(ask)
            self.changed(tab)

    def _note(self, tab: Tab, answer: Answer, note: ToolRunNoted) -> None:
        answer.note_run(note, self.clock())
        self.record(tab, answer, note)

    async def _events(self, tab: Tab, answer: Answer):  # type: ignore[no-untyped-def] # an async generator of Event
        from tui.engine.stream import stream_answer

        client = await self.client(tab.endpoint)
        if tab.model is None:
            found = await self._first_model(tab, client)
            if isinstance(found, Failure):
                yield Failed(found)
                return
            tab.model = tab.conversation.model = answer.requested_model = found
        request = self.request(tab, answer, prefill=await self._takes_prefill(tab, answer, client))
        async with aclosing(stream_answer(client, request, gather=lambda: self.gather(tab), clock=self.clock)) as events:
            async for event in events:
                yield event

    async def _takes_prefill(self, tab: Tab, answer: Answer, client: AsyncOpenAI) -> bool:
        """Whether the partial answer can be sent as one to go on with; only where `answer` goes on with one is it found out."""
        if tab.endpoint.prefill or tab.conversation.turn_with(answer).reply_with(answer).continues(answer) is None:
            return tab.endpoint.prefill
        from tui.providers.models import takes_prefill

        return await takes_prefill(client)

    def request(self, tab: Tab, answer: Answer, *, prefill: bool = False) -> Request:
        """What is asked for `answer`."""
        settings, endpoint = self.settings, tab.endpoint
        request = tab.conversation.request(
            answer,
            prefill=prefill or endpoint.prefill,
            send_reasoning=endpoint.send_reasoning,
            timeouts=self.timeouts,
            max_retries=settings.max_retries,
            key_source=endpoint.key_source,
        )
        params = {**endpoint.params, **settings.params, **request.params}
        return replace(request, params=tab.tools.offered(params, request.messages))

    async def models(self, endpoint: Endpoint) -> list[str]:
        """The models that an endpoint offers."""
        from tui.providers.models import list_models

        return await list_models(await self.client(endpoint))

    async def _first_model(self, tab: Tab, client: AsyncOpenAI) -> str | Failure:
        from tui.providers.models import ModelsError, list_models

        try:
            names = await list_models(client)
        except ModelsError as error:
            return replace(error.failure, advice="Choose a model with ctrl+l or -m. " + error.failure.advice)
        if not names:
            return Failure("usage", "The endpoint lists no models.", advice="Name one with ctrl+l or -m.")
        return names[0]
