"""Audit: a new image's own findings, compared with the ones derived for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from watcher.domain.errors import PermanentError
from watcher.domain.knowledge import KnowledgeVersion
from watcher.domain.package import Finding
from watcher.ports.store.catalogues import Catalogues
from watcher.ports.store.passes import PassRecord
from watcher.services.outcome import Outcome

_NAMED = 20  # differences kept of one image: enough to see the rule behind them

Compared = tuple[str, str, str, str, str, str]


@dataclass(frozen=True, slots=True)
class BirthAudit:
    """Compares every new image once, as soon as its packages are matched."""

    store: Catalogues

    def take(self, this: PassRecord, version: KnowledgeVersion, covered: frozenset[int]) -> Outcome:
        """Compare what waits; an image that differs is named and does not count as covered."""
        outcome = Outcome("audit")
        for newborn in self.store.newborn(covered):
            if (newborn.scanner, newborn.db_digest) != (version.scanner, version.db_digest):
                self.store.audited(this, newborn.catalogue, None)
                continue
            different = differences(newborn.findings, self.store.derived(newborn.catalogue))
            self.store.audited(this, newborn.catalogue, different)
            if different:
                summary = f"in {len(different)} findings, such as {different[0]}"
                message = f"what is derived differs from the scanner's own findings {summary}"
                outcome.failed(newborn.subject, PermanentError(message))
        return outcome


def differences(own: Iterable[Finding], derived: Iterable[Finding]) -> list[str]:
    """Name each finding that only one side has, or that the sides see differently."""
    left, right = {_compared(one) for one in own}, {_compared(one) for one in derived}
    sides = (("only the scanner", left - right), ("only derived", right - left))
    named = [(side, one) for side, found in sides for one in found]
    ordered = sorted(named, key=lambda pair: pair[1])
    return [f"{side}: {' '.join(part or '-' for part in one)}" for side, one in ordered][:_NAMED]


def _compared(one: Finding) -> Compared:
    return one.vulnerability, one.context, one.identity, one.fixed_version, one.status, one.severity
