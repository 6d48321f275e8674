"""Retention: raw material expires; facts live as long as what rests on them, and are never asked.

Raw are the databases on disk, which any source has again, and the scanner's own findings on an
image, kept until they were compared. Dropping either changes no answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from watcher.domain.errors import AttemptError
from watcher.ports.library import Library, Shelf
from watcher.ports.store.catalogues import Catalogues
from watcher.ports.store.jobs import Jobs
from watcher.ports.store.matches import Matches
from watcher.ports.store.offers import Offers
from watcher.ports.store.passes import PassRecord
from watcher.services.outcome import Outcome

_SHELVES: Final[tuple[Shelf, ...]] = ("db", "java-db")


@dataclass(frozen=True, slots=True)
class Limits:
    """How many databases of each kind are kept on disk, and for how long raw findings are."""

    db_files: int = 5
    raw: timedelta = timedelta(days=30)


KEPT: Final = Limits()


@dataclass(frozen=True, slots=True)
class RetentionStage:
    """The stage with what it needs."""

    library: Library
    matches: Matches
    offers: Offers
    catalogues: Catalogues
    jobs: Jobs
    limits: Limits

    def take(self, this: PassRecord) -> Outcome:
        """Drop what is kept too long; each by itself, so that a death in between loses nothing."""
        outcome = Outcome("retention")
        try:
            self._drop_databases()
        except AttemptError as error:
            outcome.failed("databases", error)
        self.catalogues.expire(this, this.at - self.limits.raw)
        return outcome

    def _drop_databases(self) -> None:
        needed = frozenset(self._needed())
        for shelf in _SHELVES:
            for digest in self.library.standing(shelf)[self.limits.db_files :]:
                if digest not in needed:
                    self.library.drop(shelf, digest)

    def _needed(self) -> Iterator[str]:
        """The databases in force, those a job asks for, and those a source may go back to."""
        versions = self.matches.versions()
        if versions:
            yield versions[-1].db_digest
        java_db = self.matches.java_db()
        if java_db is not None:
            yield java_db
        for job in self.jobs.unfinished():
            under = job.payload.get("under") or {}
            yield from filter(None, (under.get("db"), under.get("java_db")))
        for offer in self.offers.older().values():
            yield offer.digest
