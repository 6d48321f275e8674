"""No report drawn lately: each is drawn anew."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from watcher.ports.store.drawn import Drawing


@dataclass(frozen=True, slots=True)
class NothingDrawn:
    """Signs `DrawnReports`, as where nothing can be written."""

    def found(self, wanted: Drawing, since: datetime) -> bytes | None:
        """Nothing."""
        del wanted, since
        return None

    def keep(self, drawn: Drawing, body: bytes) -> None:
        """Not kept."""
