"""The audit at birth: a new image's own findings, compared with the ones derived for it."""

from __future__ import annotations

from dataclasses import dataclass

from watcher.domain.errors import PermanentError
from watcher.domain.knowledge import KnowledgeVersion
from watcher.ports.store.catalogues import Catalogues
from watcher.ports.store.passes import PassRecord
from watcher.services.audit.compare import compare
from watcher.services.outcome import Outcome

_NAMED = 20  # differences kept of one image: enough to see the rule behind them


@dataclass(frozen=True, slots=True)
class BirthAudit:
    """Compares every new image once, as soon as its packages are matched."""

    store: Catalogues

    def take(self, this: PassRecord, version: KnowledgeVersion, covered: frozenset[int]) -> Outcome:
        """Compare what waits; an image that differs is named, and matched on its own from then."""
        outcome = Outcome("birth")
        for newborn in self.store.newborn(covered):
            if (newborn.scanner, newborn.db_digest) != (version.scanner, version.db_digest):
                self.store.audited(this, newborn.catalogue, None)
                continue
            outcome.counts["audited"] += 1
            found = compare(newborn.findings, self.store.derived(newborn.catalogue))
            named = [str(one) for one in found.differences[:_NAMED]]
            self.store.audited(this, newborn.catalogue, named)
            if named:
                outcome.counts["mismatching"] += 1
                outcome.failed(newborn.subject, differing(found))
        return outcome


def differing(found: object) -> PermanentError:
    """What is said of an image that differs."""
    return PermanentError(
        f"what is derived differs from the scanner's own findings {found}; from now on the image "
        "is matched on its own"
    )
