"""Working out what pages ask of the whole record before anybody asks: after a pass, and again."""

from __future__ import annotations

import gc
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import Final

from watcher.domain.errors import WatcherError
from watcher.reading import browse, documents, many
from watcher.reading.gauges import fleet
from watcher.reading.memory import Keeping, Renewing
from watcher.reading.reading import Reading
from watcher.web.pages import report

_EVERY: Final = 5.0
_LEAVING: Final = 1.0  # seconds; a thread that reads on by then keeps nobody
_LOG: Final = logging.getLogger(__name__)


# What waits longest stands first.
_FORESEEN: Final[tuple[Callable[[Reading], object], ...]] = (
    report.drawn,
    documents.streams,
    many.open_windows,
    browse.tracks,
    browse.owners,
    documents.bumps,
    documents.knowledge,
    fleet,
)


@dataclass(frozen=True, slots=True)
class Foresight:
    """Works ahead, in a thread of its own.

    `read` reads the record that pages are made of, and every so many seconds it looks for a pass.
    """

    read: Callable[[Keeping], Reading]
    renewing: Renewing
    every: float = _EVERY
    _over: Event = field(default_factory=Event)

    @contextmanager
    def working(self) -> Iterator[None]:
        """Work until the block ends."""
        thread = Thread(target=self._work, name="foresight", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._over.set()
            thread.join(_LEAVING)

    def _work(self) -> None:
        while True:
            try:
                self.look()
            except WatcherError as error:
                _LOG.debug("nothing is worked out ahead: %s", error)
            except Exception:  # noqa: BLE001 - pages work it out for themselves, and tell why not
                if not self._over.is_set():  # the database is closed under a thread that reads on
                    _LOG.exception("what pages ask could not be worked out ahead")
            if self._over.wait(self.every):
                return

    def look(self) -> None:
        """Work out what is not kept, or will soon be too old."""
        record, before = self.read(self.renewing), self.renewing.made
        for work_out in _FORESEEN if record.last else ():
            if self._over.is_set():
                return
            work_out(record)
        if self.renewing.made > before:
            _settle()


def _settle() -> None:
    """Let the collector pass by what is kept: going through it again took longer than a page."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()
