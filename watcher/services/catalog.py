"""Catalog: take each new image's packages once, and again where another scanner sees more."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Final

from watcher.domain.package import Catalogue
from watcher.ports.crew import CatalogTask, Crew, Wanted
from watcher.ports.progress import Progress
from watcher.ports.store.catalogues import CatalogueOrigin, Catalogues, Outdated, Uncatalogued
from watcher.ports.store.jobs import Job, Order
from watcher.ports.store.passes import PassRecord
from watcher.services.outcome import Outcome
from watcher.services.work import Bench, Prepared, Tries, task_of, told_of

JARS: Final = timedelta(days=7)  # how often at most a new Java database is asked about an image
# Of the images to be catalogued again a pass takes a quarter, within bounds: the lists that stand
# serve meanwhile, and new images do not wait.
_SHARE: Final = 4
_FEWEST: Final = 50
_MOST: Final = 1_000


@dataclass(frozen=True, slots=True)
class CatalogCraft:
    """How one image is catalogued; signs `Craft`."""

    stage: ClassVar[str] = "catalog"
    crew: Crew
    store: Catalogues

    @property
    def act(self) -> Callable[[CatalogTask], Catalogue]:
        """Pull an image and list its packages."""
        return self.crew.catalog

    def prepare(self, job: Job) -> Prepared:
        """One task; nothing of the record is needed."""
        return Prepared([task_of(job.payload, shared=True)])

    def apply(self, job: Job, kept: None, results: Sequence[Catalogue]) -> None:
        """Record the catalogue; one that stands already stays."""
        del kept
        (catalogue,) = results
        under = Wanted(**job.payload["under"])
        origin = CatalogueOrigin(under.scanner, under.db, under.java_db)
        self.store.add(job.wanted, job.payload["image"], origin, catalogue)


@dataclass(frozen=True, slots=True)
class CatalogStage:
    """The stage with what it needs; `registries` are the names of those configured.

    `supplied` raises where the databases are not to be had: then no image is to blame.
    """

    registries: Collection[str]
    craft: CatalogCraft
    progress: Progress
    supplied: Callable[[Wanted], object]

    def take(self, this: PassRecord, under: Wanted, bench: Bench) -> Outcome:
        """Catalogue every image that a stream points to and that has no catalogue yet.

        After them some of those whose catalogue another scanner or Java database made.
        """
        outcome, tries = Outcome("catalog"), Tries.of(bench, "catalog")
        new = self._here(self.craft.store.uncatalogued())
        wanted = [*new, *self._again(this, under, tries)]
        if wanted:
            self.supplied(under)
        bench.order(this, "catalog", [_order(one, under) for one in wanted])
        if not wanted:
            return outcome
        with self.progress.over("catalog", len(wanted)) as step:
            bench.clear(self.craft, step)
        left = bench.left("catalog")
        outcome.failures += [one.failure for one in left]
        undone = {one.job.payload["image"] for one in left}
        done = [one for one in wanted if one.image not in undone]
        outcome.counts["images_new"] += len(new)
        outcome.counts["catalogued"] += len(done)
        outcome.counts["trivy_runs"] += len(done) + len(tries.failed(left))
        outcome.counts["bytes_pulled"] += sum(one.layer_bytes for one in done)
        return outcome

    def _again(self, this: PassRecord, under: Wanted, tries: Tries) -> list[Uncatalogued]:
        """What is catalogued again in this pass: what was begun, and a share of the others."""
        since = Outdated(under.scanner, under.java_db, this.at - JARS)
        outdated = self._here(self.craft.store.outdated(since))
        begun = [one for one in outdated if _key(one) in tries.before]
        rest = [one for one in outdated if _key(one) not in tries.before]
        return begun + rest[: min(_MOST, max(_FEWEST, len(rest) // _SHARE))]

    def _here(self, images: Sequence[Uncatalogued]) -> list[Uncatalogued]:
        return [one for one in images if one.repository.registry in self.registries]


def _key(one: Uncatalogued) -> str:
    return f"{one.repository}@{one.digest}"


def _order(one: Uncatalogued, under: Wanted) -> Order:
    payload = {"image": one.image, **told_of(one.repository, one.digest, under)}
    return Order(_key(one), payload)
