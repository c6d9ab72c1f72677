"""The fault table behind one address, for the soak: a prompt "ROW TOKEN" asks for a row. `python -m tests.bench.soak_server`"""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field

from tests.faults import ends, framing, http, in_band, shapes
from tests.faults.server import FaultServer, Seen, receive
from tests.faults.table import Row

_GREEDY = ("for ever", "huge", "dripping")  # they would take a core each


def rows() -> list[Row]:
    """The rows that an app can ask for: no own parameters, no limits of their own, and no flood."""
    every = [*framing.ROWS, *ends.ROWS, *in_band.ROWS, *shapes.ROWS, *http.ROWS]
    return [row for row in every if not row.params and not any(word in row.name for word in _GREEDY)]


@dataclass
class SoakServer(FaultServer):
    """Plays a row to whoever asks for it; a row's attempts are counted by the prompt's token."""

    attempts: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._rows = rows()

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen: Seen = await receive(reader)
        if seen.path.endswith("/models"):
            writer.write(self.listing())
            return
        last = seen.body["messages"][-1]["content"].splitlines()[-1]  # prompts that got no answer stand before it
        number, _, token = last.partition(" ")
        scripts = self._rows[int(number)].attempts
        attempt = self.attempts[token]
        self.attempts[token] += 1
        await self._run(scripts[min(attempt, len(scripts) - 1)], reader, writer)


async def main() -> None:
    """Serve until the process is ended."""
    async with SoakServer() as server:
        print(server.port, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
