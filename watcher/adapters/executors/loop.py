"""The thread in which Dask's connections live, and in which each wait has an end."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from threading import Event, Thread
from typing import Any, Final, TypeVar

from tornado.ioloop import IOLoop

T = TypeVar("T")

_GRACE: Final = 2.0  # seconds for what is given up to clean up behind itself


class Loop:
    """An event loop in a daemon thread of its own, which outlasts connections.

    Left to itself, Dask starts a thread for each connection, leaves it behind where none comes
    about, and waits for ever for a scheduler that accepts a connection and then says nothing.
    """

    def __init__(self) -> None:
        self._started = Event()
        self._thread = Thread(target=self._run, name="dask", daemon=True)
        self._thread.start()
        self._started.wait()

    def call(self, wanted: Coroutine[Any, Any, T], seconds: float) -> T:
        """Do something in the loop and wait for it; raises TimeoutError, or what it raises."""
        bounded = asyncio.wait_for(wanted, seconds)
        running = asyncio.run_coroutine_threadsafe(bounded, self._asyncio)
        return running.result(seconds + _GRACE)

    def stop(self) -> None:
        """End the thread, and what is under way in it."""
        self._asyncio.call_soon_threadsafe(self._stopping.set)
        self._thread.join(_GRACE)

    def _run(self) -> None:
        asyncio.run(self._live())

    async def _live(self) -> None:
        self.io = IOLoop.current()
        self._asyncio = asyncio.get_running_loop()
        self._stopping = asyncio.Event()
        self._started.set()
        await self._stopping.wait()
