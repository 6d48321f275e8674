"""Supply: databases of knowledge pulled from where they are offered, once on each machine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from watcher.domain.errors import AttemptError, PermanentError, TransientError
from watcher.domain.reference import ArtifactReference
from watcher.ports.artifacts import Artifacts
from watcher.ports.library import Library, Shelf
from watcher.ports.scanner import KnowledgeFiles
from watcher.services.outcome import one_line

T = TypeVar("T")

KEPT: Final = 5  # databases of a kind on a machine that only works
_NEXT = "whatever is offered next will be taken"


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the databases are offered, in the order in which they are asked."""

    db: Sequence[ArtifactReference]
    java_db: Sequence[ArtifactReference]


@dataclass(frozen=True, slots=True)
class Supply:
    """Fills a library from sources of artifacts."""

    artifacts: Artifacts
    library: Library

    def poll(self, references: Sequence[ArtifactReference]) -> tuple[ArtifactReference, str]:
        """The digest that is offered now, and by which source."""
        return _first(references, lambda one: (one, self.artifacts.poll(one)))

    def files(self, db: str, java_db: str | None, sources: Sources) -> KnowledgeFiles:
        """Databases by their digests, pulled from the first source that still has them.

        Raises TransientError and PermanentError where one can be had nowhere.
        """
        self._complete("db", db, sources.db)
        if java_db is not None:
            self._complete("java-db", java_db, sources.java_db)
        return self.library.files(db, java_db)

    def acquire(self, shelf: Shelf, reference: ArtifactReference, digest: str) -> None:
        """Pull and unpack a database that does not stand ready yet."""
        if self.library.has(shelf, digest):
            return
        reason = self.library.refusal(digest)
        if reason is not None:
            raise PermanentError(
                f"{reference} still offers {digest}, refused before: {reason}; {_NEXT}"
            )
        with self.library.receiving(digest) as archive:
            if self.library.has(shelf, digest):
                return  # somebody else received it while we waited for our turn
            self._pull(reference, digest, archive)
            try:
                self.library.unpack(shelf, digest, archive)
            except PermanentError as error:
                raise self.refused(shelf, reference, digest, error) from error

    def refused(
        self, shelf: Shelf, reference: ArtifactReference, digest: str, error: PermanentError
    ) -> PermanentError:
        """Never pull this again: it is no database, whoever reads it."""
        self.library.drop(shelf, digest)
        self.library.refuse(digest, one_line(error))
        return PermanentError(
            f"{reference} offers {digest}, which is no usable database ({one_line(error)}); {_NEXT}"
        )

    def _complete(self, shelf: Shelf, digest: str, references: Sequence[ArtifactReference]) -> None:
        if self.library.has(shelf, digest):
            return
        _first(references, lambda one: self.acquire(shelf, one, digest))
        # On a machine that makes no passes nobody else puts the shelf in order.
        for old in self.library.standing(shelf)[KEPT:]:
            self.library.drop(shelf, old)

    def _pull(self, reference: ArtifactReference, digest: str, archive: Path) -> None:
        try:
            layer = self.artifacts.layer(reference, digest)
            self.artifacts.pull(reference, layer, archive)
        except PermanentError as error:
            raise PermanentError(
                f"{reference} offers {digest}, which cannot be had ({one_line(error)}): push it "
                "there again, or name another source under trivy"
            ) from error


def _first(references: Sequence[ArtifactReference], ask: Callable[[ArtifactReference], T]) -> T:
    """Ask the sources in turn; the first one that answers decides."""
    refused: list[str] = []
    lasting = True
    for reference in references:
        try:
            return ask(reference)
        except AttemptError as error:
            refused.append(one_line(error))
            lasting = lasting and isinstance(error, PermanentError)
    message = "; ".join(refused) or "no source is configured"
    if lasting:
        raise PermanentError(f"{message}: name a source under trivy that offers one")
    raise TransientError(message)
