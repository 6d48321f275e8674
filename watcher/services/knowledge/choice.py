"""Which database the sources offer: asked in their order, and the older ones passed over.

An older database is usually a mirror that lags behind. From the first source it may mean that
upstream went back to it: that counts once it has stood there for a day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from watcher.domain.errors import AttemptError, PermanentError, TransientError
from watcher.domain.knowledge import ROLLED_BACK, KnowledgeVersion, is_older
from watcher.domain.reference import ArtifactReference
from watcher.ports.artifacts import Artifacts
from watcher.ports.library import Library
from watcher.ports.store.offers import Offers, OlderOffer
from watcher.ports.store.passes import PassRecord
from watcher.services.outcome import one_line
from watcher.services.supply import Supply


@dataclass(frozen=True, slots=True)
class Chosen:
    """A database that stands ready, and where it is offered; since when, if upstream went back."""

    reference: ArtifactReference
    digest: str
    updated_at: datetime
    went_back: datetime | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """What was found at the sources, and what each of the others had to say against it."""

    chosen: Chosen | None
    silent: Sequence[AttemptError]  # sources that did not answer
    refused: Sequence[AttemptError]  # what they offer and cannot be taken


@dataclass(slots=True)
class Choosing:
    """Asks the sources in their order, in one pass, against what was ever in force."""

    artifacts: Artifacts
    library: Library
    offers: Offers
    this: PassRecord
    versions: Sequence[KnowledgeVersion]
    silent: list[AttemptError] = field(default_factory=list)
    refused: list[AttemptError] = field(default_factory=list)

    def choose(self, references: Sequence[ArtifactReference]) -> Choice:
        """The first source's database that is not older than the one in force."""
        standing = self.offers.older()
        for place, reference in enumerate(references):
            try:
                digest = self.artifacts.poll(reference)
            except AttemptError as error:
                self.silent.append(error)
                continue
            held = standing.get(str(reference))
            try:
                chosen = self._taken(reference, digest, held, first=place == 0)
            except AttemptError as error:
                self.refused.append(error)
                continue
            if held is not None and chosen.went_back is None:
                self.offers.over(self.this, held.source)
            return Choice(chosen, self.silent, self.refused)
        return Choice(None, self.silent, self.refused)

    def _taken(
        self, reference: ArtifactReference, digest: str, held: OlderOffer | None, *, first: bool
    ) -> Chosen:
        """What a source offers, supplied; raises PermanentError where it is an older one."""
        if held is not None and held.digest == digest:
            updated_at, since = held.updated_at, held.since
        else:
            # Only a database itself tells of when it is.
            Supply(self.artifacts, self.library).acquire("db", reference, digest)
            updated_at, since = self.library.updated_at("db", digest), self.this.at
        if not self._is_older(digest, updated_at, first=first):
            Supply(self.artifacts, self.library).acquire("db", reference, digest)
            return Chosen(reference, digest, updated_at)
        if first and self.this.at - since >= ROLLED_BACK:
            Supply(self.artifacts, self.library).acquire("db", reference, digest)
            return Chosen(reference, digest, updated_at, went_back=since)
        if held is None or held.digest != digest:
            offer = OlderOffer(str(reference), digest, updated_at, since)
            self.offers.offered(self.this, offer)
        raise _passed_over(reference, digest, updated_at, since if first else None)

    def _is_older(self, digest: str, updated_at: datetime, *, first: bool) -> bool:
        """Older than the one in force, or left behind before: a mirror may not know of that yet."""
        current = self.versions[-1] if self.versions else None
        if current is None or digest == current.db_digest:
            return False
        left_behind = any(one.db_digest == digest for one in self.versions)
        return is_older(updated_at, current) or (left_behind and not first)


def _passed_over(
    reference: ArtifactReference, digest: str, updated_at: datetime, since: datetime | None
) -> PermanentError:
    offered = f"{reference} offers {digest} of {_told(updated_at)}"
    message = f"{offered}, older than the one in force: skipped, nothing changes"
    if since is not None:
        until = _told(since + ROLLED_BACK)
        message += f"; if it still stands there at {until}, upstream went back and it is taken"
    return PermanentError(message)


def failure(choice: Choice) -> AttemptError:
    """Why no source could serve, in one line; worth another try where one of them is."""
    errors = [*choice.refused, *choice.silent]
    message = "; ".join(one_line(error) for error in errors) or "no source is configured"
    if not all(isinstance(error, PermanentError) for error in errors):
        return TransientError(message)
    hint = "" if choice.refused else ": name a source under trivy that offers one"
    return PermanentError(f"{message}{hint}")


def _told(time: datetime) -> str:
    return f"{time:%Y-%m-%dT%H:%M:%SZ}"
