"""One connection to a Dask scheduler, from when it is open to when it is lost or closed."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

from distributed import Client, Security

from watcher.adapters.executors.loop import Loop

_OF_IT: Final = 0.8


class _Once(Client):
    """A client that stays closed once it lost its scheduler.

    Left to itself it connects again, to lose the connection half made when it is closed meanwhile.
    """

    async def _reconnect(self) -> None:
        await self._close(fast=True)


@dataclass(frozen=True, slots=True)
class Connection:
    """A client of Dask in a loop of ours; each method raises whatever Dask raises."""

    loop: Loop
    client: Client

    @staticmethod
    def to(address: str, security: Security | None, loop: Loop, seconds: float) -> Connection:
        """Connect to a scheduler within so many seconds."""

        async def opened() -> Client:
            client: Client = _Once(  # type: ignore[no-untyped-call]
                address,
                loop=loop.io,
                timeout=seconds * _OF_IT,  # so that Dask has the time to say why not
                security=security,
                asynchronous=True,
                set_as_default=False,
            )
            try:
                await client
            except BaseException:
                await client.close(timeout=1.0)
                raise
            return client

        return Connection(loop, loop.call(opened(), seconds))

    @property
    def alive(self) -> bool:
        """Whether nothing is known to be wrong with it."""
        return bool(self.client.status == "running")

    def give(self, work: Callable[[], bytes]) -> Future[bytes]:
        """Have a worker do something. All that Dask shows and logs of it is a random key."""
        executor = self.client.get_executor(pure=False)
        given: Future[bytes] = executor.submit(work, key=f"watcher-{uuid4()}")
        return given

    def threads(self, seconds: float) -> int:
        """How many tasks all workers do at once now, asked within so many seconds."""
        # Without a line for each worker: the answer is short, however many there are.
        scheduler: Any = self.client.scheduler  # None once the connection is closed
        known = self.loop.call(scheduler.identity(n_workers=0), seconds)
        return int(known["total_threads"])

    def close(self, seconds: float) -> None:
        """Close it; the futures of what is not done are cancelled."""
        # What cannot be closed in time was lost anyway.
        with suppress(Exception):
            self.loop.call(self.client._close(fast=True), seconds)  # noqa: SLF001
