"""How one context is matched: shards of its packages, each in a scanner run of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from watcher.domain.package import Finding
from watcher.ports.crew import Crew, MatchTask, Wanted
from watcher.ports.store.jobs import Job
from watcher.ports.store.matches import Matches
from watcher.services.match.compare import Asked, compare
from watcher.services.sharding import shards
from watcher.services.work import Prepared

REMEMBERED = timedelta(days=30)  # how long after its last binding an image is still matched
SHARD = 10_000  # packages in one document: beyond, one run outlasts the others


@dataclass(frozen=True, slots=True)
class MatchCraft:
    """How one context is matched; signs `Craft`."""

    stage: ClassVar[str] = "match"
    crew: Crew
    store: Matches

    @property
    def act(self) -> Callable[[MatchTask], list[tuple[int, Finding]]]:
        """Match one shard."""
        return self.crew.match

    def prepare(self, job: Job) -> Prepared:
        """Read what is to be matched now: nothing, where that was done meanwhile."""
        told, since = job.payload, job.wanted.at - REMEMBERED
        under, number = Wanted(**told["under"]), told["context"]
        context = self.store.context(number, since)
        whole = context is not None and context.last_version != told["version"]
        if context is None or not (whole or context.new):
            return Prepared([])
        packages = self.store.in_scope(number, since, only_new=not whole)
        asked = Asked(context, whole, packages, self.store.taking_part(number))
        findings = self.store.findings_of(number) if whole else {}
        cut = shards(packages, findings, SHARD)
        tasks = [MatchTask(context.name, shard, under) for shard in cut]
        return Prepared(tasks, asked)

    def apply(
        self, job: Job, kept: Asked | None, results: Sequence[list[tuple[int, Finding]]]
    ) -> None:
        """Record what the context's match changes."""
        if kept is None:
            return
        versions = self.store.versions()
        now = next(one for one in versions if one.number == job.payload["version"])
        found = {
            (number, finding.vulnerability): finding
            for shard in results
            for number, finding in shard
        }
        held = self.store.held(kept.context.number)
        self.store.record(job.wanted, now, compare(kept, held, found, (versions, now)))
