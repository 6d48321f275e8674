"""Knowledge: poll the databases' digests, and put a new one in force once it is supplied."""

from __future__ import annotations

from dataclasses import dataclass

from watcher.domain.errors import AttemptError, PermanentError, TransientError
from watcher.domain.knowledge import KnowledgeVersion, effective_at
from watcher.domain.reference import ArtifactReference
from watcher.ports.artifacts import Artifacts
from watcher.ports.library import Library
from watcher.ports.scanner import Scanner
from watcher.ports.store.matches import Matches, Stamp
from watcher.ports.store.passes import PassRecord
from watcher.services.outcome import Outcome, one_line
from watcher.services.supply import Sources, Supply

__all__ = ["KnowledgeOutcome", "KnowledgeStage", "Sources"]

_EVERYTHING = 0  # the one subject of the knowledge stage's coverage


@dataclass(slots=True)
class KnowledgeOutcome(Outcome):
    """What the stage found: the version in force, and whether it is new."""

    current: KnowledgeVersion | None = None
    java_db: str | None = None
    changed: bool = False
    covered: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class KnowledgeStage:
    """The stage with what it needs."""

    artifacts: Artifacts
    library: Library
    scanner: Scanner
    store: Matches
    sources: Sources

    def take(self, this: PassRecord) -> KnowledgeOutcome:
        """Adopt what the sources offer now; whatever fails leaves the current version in force."""
        outcome = KnowledgeOutcome("knowledge")
        versions = self.store.versions()
        outcome.current = versions[-1] if versions else None
        outcome.java_db = self._java_db(this, outcome)
        try:
            reference, digest = self._supply.poll(self.sources.db)
            self._supply.acquire("db", reference, digest)
            self._adopt(this, outcome, reference, digest)
        except AttemptError as error:
            outcome.failed("db", error)
            self._adopt_scanner(this, outcome)
            return outcome
        outcome.covered = (_EVERYTHING,)
        return outcome

    @property
    def _supply(self) -> Supply:
        return Supply(self.artifacts, self.library)

    def _adopt_scanner(self, this: PassRecord, outcome: KnowledgeOutcome) -> None:
        """Where no source answers, a new scanner still reads the database in force: news of now."""
        current, scanner = outcome.current, self.scanner.version
        if current is None or current.scanner == scanner or not self._opens(current):
            return
        stamp = Stamp(scanner, current.db_digest, "in force", current.updated_at, this.at)
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

    def _check(
        self, reference: ArtifactReference, digest: str, current: KnowledgeVersion | None
    ) -> None:
        """Let the scanner open a database before it is in force.

        Where that fails, the one in force tells whose fault it is: a scanner that cannot open that
        one either has said nothing of the new one, which waits on its shelf for the next pass.
        """
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

    def _adopt(
        self, this: PassRecord, outcome: KnowledgeOutcome, reference: ArtifactReference, db: str
    ) -> None:
        """Put a database in force that is new to this scanner, unless it is an older one."""
        current, scanner = outcome.current, self.scanner.version
        if current and (current.scanner, current.db_digest) == (scanner, db):
            return
        updated_at = self.library.updated_at("db", db)
        # A stamp in the future must not make every later database an older one.
        if current and updated_at < min(current.updated_at, current.applied_at):
            offered = f"{reference} offers {db} of {updated_at:%Y-%m-%dT%H:%M:%SZ}"
            message = f"{offered}, older than the one in force: skipped, nothing changes"
            outcome.failed("db", PermanentError(message))
            return
        self._check(reference, db, current)
        effective = effective_at(updated_at, this.at, current.effective_at if current else None)
        if current and current.db_digest == db:
            effective = this.at  # another scanner reads the same database: that is news of now
        stamp = Stamp(scanner, db, str(reference), updated_at, effective)
        outcome.current, outcome.changed = self.store.adopt(this, stamp), True
