"""Notes of places, written down together: a thousand hooks are a few transactions."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Final

import anyio
import anyio.to_thread

from watcher.domain.places import Places
from watcher.ports.store.calls import MOST_PLACES, Calls

PATIENCE: Final = 10.0  # seconds that a note may take


@dataclass(slots=True)
class _Batch:
    """Places that are written down in one transaction, and who waits for that."""

    places: Places
    done: asyncio.Future[None]


@dataclass(slots=True)
class Notes:
    """Writes places down, one transaction at a time; what comes meanwhile goes with the next.

    Its size is bounded like that of the record. For one event loop.
    """

    calls: Calls
    _next: _Batch | None = None
    _writing: asyncio.Task[None] | None = None
    _one: anyio.CapacityLimiter = field(default_factory=lambda: anyio.CapacityLimiter(1))

    async def note(self, places: Places) -> None:
        """Return when the places are written down.

        Raises TimeoutError where that takes too long, and what the database does when it is away.
        """
        if self._next is None:
            self._next = _Batch(Places(), asyncio.get_running_loop().create_future())
        batch = self._next
        batch.places = (batch.places | places).at_most(MOST_PLACES)
        if self._writing is None:
            self._writing = asyncio.create_task(self._write())
        async with asyncio.timeout(PATIENCE):
            await asyncio.shield(batch.done)

    async def _write(self) -> None:
        while self._next is not None:
            batch, self._next = self._next, None
            try:
                await anyio.to_thread.run_sync(self.calls.look, batch.places, limiter=self._one)
            except Exception as error:  # noqa: BLE001 - it is those who wait that are told
                batch.done.set_exception(error)
                batch.done.exception()  # looked at, even where nobody waits any longer
            else:
                batch.done.set_result(None)
        self._writing = None
