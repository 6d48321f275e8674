"""Direct: images that no document says all of are matched by scans of their own."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import ClassVar

from watcher.domain.errors import AttemptError, PermanentError
from watcher.domain.knowledge import KnowledgeVersion
from watcher.domain.package import Catalogue, direct_context, directly
from watcher.ports.crew import CatalogTask, Crew, Wanted
from watcher.ports.progress import Progress
from watcher.ports.store.catalogues import CatalogueOrigin
from watcher.ports.store.directs import Direct, Directs
from watcher.ports.store.jobs import Job, Order
from watcher.ports.store.matches import ContextState, Matches
from watcher.ports.store.passes import PassRecord
from watcher.services.match.compare import Asked, compare
from watcher.services.match.outcome import MatchOutcome
from watcher.services.work import Bench, Prepared, Tries, task_of, told_of


@dataclass(frozen=True, slots=True)
class DirectCraft:
    """How one image is matched by its own scan; signs `Craft`."""

    stage: ClassVar[str] = "direct"
    crew: Crew
    matches: Matches
    directs: Directs

    @property
    def act(self) -> Callable[[CatalogTask], Catalogue]:
        """Pull an image and scan it in full."""
        return self.crew.catalog

    def prepare(self, job: Job) -> Prepared:
        """One task; the record is read when its answer is there."""
        return Prepared([task_of(job.payload)])

    def apply(self, job: Job, kept: None, results: Sequence[Catalogue]) -> None:
        """Record what the scan lists, and what its findings change."""
        del kept
        under, digest = Wanted(**job.payload["under"]), job.payload["digest"]
        scanned = directly(results[0], digest)
        origin = CatalogueOrigin(under.scanner, under.db, under.java_db)
        listed = self.directs.listed(job.wanted, digest, origin, scanned)
        versions = self.matches.versions()
        now = next(one for one in versions if one.number == job.payload["version"])
        numbers = {one.identity: number for number, one in listed.packages.items()}
        strange = {one.identity for one in scanned.findings} - numbers.keys()
        if strange:
            raise PermanentError(
                f"the scan reports findings on packages that it does not list, such as "
                f"{min(strange)}: nothing of it counts"
            )
        found = {(numbers[one.identity], one.vulnerability): one for one in scanned.findings}
        state = ContextState(listed.context, direct_context(digest), listed.last_version, 0)
        asked = Asked(
            state,
            whole=listed.last_version != now.number,
            packages=listed.packages,
            taking_part=self.matches.taking_part(listed.context),
        )
        held = self.matches.held(listed.context)
        self.matches.record(job.wanted, now, compare(asked, held, found, (versions, now)))


@dataclass(frozen=True, slots=True)
class DirectStage:
    """The stage with what it needs; `registries` are the names of those configured.

    `supplied` raises where the databases are not to be had: then no image is to blame.
    """

    registries: Collection[str]
    craft: DirectCraft
    progress: Progress
    supplied: Callable[[Wanted], object]

    def take(
        self, this: PassRecord, version: KnowledgeVersion, under: Wanted, bench: Bench
    ) -> MatchOutcome:
        """Scan what the version in force has not seen; an image that fails changes nothing."""
        outcome, directs = MatchOutcome("direct"), self.craft.directs
        here = [one for one in directs.bound() if one.repository.registry in self.registries]
        wanted = [one for one in here if one.last_version != version.number]
        if wanted and not self._supplied(under, outcome):
            return outcome
        tries = Tries.of(bench, "direct")
        bench.order(this, "direct", [_order(one, version, under) for one in wanted])
        if wanted:
            with self.progress.over("direct", len(wanted)) as step:
                bench.clear(self.craft, step)
            here = directs.bound()
        left = bench.left("direct")
        outcome.failures += [one.failure for one in left]
        outcome.covered |= {
            one.context
            for one in here
            if one.context is not None and one.last_version == version.number
        }
        undone = {one.job.key for one in left}
        done = [one for one in wanted if _subject(one) not in undone]
        outcome.counts["direct"] += len(here)
        outcome.counts["trivy_runs"] += len(done) + len(tries.failed(left))
        outcome.counts["bytes_pulled"] += sum(one.layer_bytes for one in done)
        return outcome

    def _supplied(self, under: Wanted, outcome: MatchOutcome) -> bool:
        try:
            self.supplied(under)
        except AttemptError as error:
            outcome.failed("direct", error)
            return False
        return True


def _subject(one: Direct) -> str:
    return f"{one.repository}@{one.digest}"


def _order(one: Direct, version: KnowledgeVersion, under: Wanted) -> Order:
    payload = {"version": version.number, **told_of(one.repository, one.digest, under)}
    return Order(_subject(one), payload)
