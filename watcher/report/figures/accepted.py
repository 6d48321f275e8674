"""Accepted risks among what is open: they are counted like any other, and told beside."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from watcher.report.figures.estimates import Document
from watcher.report.figures.stretch import Stretch


@dataclass(slots=True)
class Accepted:
    """Counts open stretches whose risk somebody accepted, and those where that has expired."""

    open: int = 0
    expired: int = 0

    def counting(self, stretches: Iterable[Stretch]) -> Iterator[Stretch]:
        """The same stretches, counted on their way."""
        for one in stretches:
            if one.end is None and one.accepted is not None:
                self.open += one.accepted == "holds"
                self.expired += one.accepted == "expired"
            yield one

    def written(self) -> Document:
        """The counts."""
        return {"open": self.open, "expired": self.expired}
