"""The knowledge stage: what is adopted, one reason at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from watcher.domain.errors import AttemptError, PermanentError, TransientError
from watcher.domain.knowledge import KnowledgeVersion, effective_at
from watcher.ports.artifacts import Artifacts
from watcher.ports.library import Library
from watcher.ports.scanner import Scanner
from watcher.ports.store.matches import Matches, Stamp
from watcher.ports.store.offers import Offers
from watcher.ports.store.passes import PassRecord
from watcher.services.knowledge.choice import Choice, Choosing, Chosen, failure
from watcher.services.knowledge.outcome import KnowledgeOutcome
from watcher.services.outcome import one_line
from watcher.services.supply import Sources, Supply

_EVERYTHING = 0  # the one subject of the knowledge stage's coverage


@dataclass(frozen=True, slots=True)
class KnowledgeStage:
    """The stage with what it needs."""

    artifacts: Artifacts
    library: Library
    scanner: Scanner
    store: Matches
    offers: Offers
    sources: Sources

    def take(self, this: PassRecord) -> KnowledgeOutcome:
        """Adopt what the sources offer now; whatever fails leaves the current version in force.

        A new scanner is adopted first, with the database in force, and a new database after it:
        each is a version of its own, so that each change of a match has one reason.
        """
        outcome = KnowledgeOutcome("knowledge")
        versions = self.store.versions()
        outcome.current = versions[-1] if versions else None
        outcome.java_db = self._java_db(this, outcome)
        self._adopt_scanner(this, outcome)
        choosing = Choosing(self.artifacts, self.library, self.offers, this, versions)
        choice = choosing.choose(self.sources.db)
        try:
            self._adopt(this, outcome, choice)
        except AttemptError as error:
            outcome.failed("db", error)
            return outcome
        outcome.covered = (_EVERYTHING,)
        return outcome

    @property
    def _supply(self) -> Supply:
        return Supply(self.artifacts, self.library)

    def _adopt_scanner(self, this: PassRecord, outcome: KnowledgeOutcome) -> None:
        """Let a new scanner read the database in force: that is news of now.

        Where that database is gone, or the new scanner cannot open it, one version has to do.
        """
        current = outcome.current
        if current is None or current.scanner == self.scanner.version or not self._opens(current):
            return
        stamp = Stamp(
            self.scanner.version, current.db_digest, "in force", current.updated_at, this.at
        )
        outcome.current, outcome.changed = self.store.adopt(this, stamp), True

    def _java_db(self, this: PassRecord, outcome: KnowledgeOutcome) -> str | None:
        in_force = self.store.java_db()
        if not self.sources.java_db:
            return None
        try:
            reference, digest = self._supply.poll(self.sources.java_db)
            self._supply.acquire("java-db", reference, digest)
        except AttemptError as error:
            outcome.failed("java_db", error)
            return in_force
        if digest != in_force:
            self.store.adopt_java_db(this, digest)
        return digest

    def _adopt(self, this: PassRecord, outcome: KnowledgeOutcome, choice: Choice) -> None:
        """Put the database that was chosen in force, unless it is already."""
        for error in choice.refused if choice.chosen else ():
            outcome.failed("db", error)
        if choice.chosen is None:
            raise failure(choice)
        current, scanner, chosen = outcome.current, self.scanner.version, choice.chosen
        if current and (current.scanner, current.db_digest) == (scanner, chosen.digest):
            return
        self._check(chosen, current)
        stamp = Stamp(
            scanner,
            chosen.digest,
            str(chosen.reference),
            chosen.updated_at,
            _effective(this, chosen, current),
            chosen.went_back,
        )
        outcome.current, outcome.changed = self.store.adopt(this, stamp), True

    def _check(self, chosen: Chosen, current: KnowledgeVersion | None) -> None:
        """Let the scanner open a database before it is in force.

        Where that fails, the one in force tells whose fault it is: a scanner that cannot open that
        one either has said nothing of the new one, which waits on its shelf for the next pass.
        """
        reference, digest = chosen.reference, chosen.digest
        try:
            self.scanner.check(self.library.files(digest, None))
        except PermanentError as error:
            if current is not None and current.db_digest != digest and self._opens(current):
                raise self._supply.refused("db", reference, digest, error) from error
            raise TransientError(
                f"{reference} offers {digest}, which cannot be opened ({one_line(error)}), and no "
                "other database shows whether that is its fault or the scanner's: check both"
            ) from error
        except TransientError as error:
            raise TransientError(
                f"{reference} offers {digest}, which was not opened yet: {one_line(error)}"
            ) from error

    def _opens(self, version: KnowledgeVersion) -> bool:
        try:
            self.scanner.check(self.library.files(version.db_digest, None))
        except AttemptError:
            return False
        return True


def _effective(this: PassRecord, chosen: Chosen, current: KnowledgeVersion | None) -> datetime:
    """Date a database: by its stamp; where upstream went back to it, by when that was seen."""
    before = current.effective_at if current else None
    if current and current.db_digest == chosen.digest:
        return this.at  # another scanner reads the same database: that is news of now
    if chosen.went_back is not None:
        return effective_at(chosen.went_back, this.at, before)
    return effective_at(chosen.updated_at, this.at, before)
