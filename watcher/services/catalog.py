"""Catalog: take each new image's packages once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass
from typing import ClassVar

from watcher.domain.package import Catalogue
from watcher.ports.crew import CatalogTask, Crew, Wanted
from watcher.ports.progress import Progress
from watcher.ports.store.catalogues import CatalogueOrigin, Catalogues, Uncatalogued
from watcher.ports.store.jobs import Job, Order
from watcher.ports.store.passes import PassRecord
from watcher.services.outcome import Outcome
from watcher.services.work import Bench, Prepared, Tries


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
        told = job.payload
        under = Wanted(**told["under"])
        return Prepared([CatalogTask(told["registry"], told["path"], told["digest"], under)])

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
        """Catalogue every image that a stream points to and that has no catalogue yet."""
        outcome = Outcome("catalog")
        wanted = [
            one
            for one in self.craft.store.uncatalogued()
            if one.repository.registry in self.registries
        ]
        if wanted:
            self.supplied(under)
        tries = Tries.of(bench, "catalog")
        bench.order(this, "catalog", [_order(one, under) for one in wanted])
        if not wanted:
            return outcome
        with self.progress.over("catalog", len(wanted)) as step:
            bench.clear(self.craft, step)
        left = bench.left("catalog")
        outcome.failures += [one.failure for one in left]
        undone = {one.job.payload["image"] for one in left}
        done = [one for one in wanted if one.image not in undone]
        outcome.counts["images_new"] += len(wanted)
        outcome.counts["catalogued"] += len(done)
        outcome.counts["trivy_runs"] += len(done) + len(tries.failed(left))
        outcome.counts["bytes_pulled"] += sum(one.layer_bytes for one in done)
        return outcome


def _order(one: Uncatalogued, under: Wanted) -> Order:
    payload = {
        "image": one.image,
        "registry": one.repository.registry,
        "path": one.repository.path,
        "digest": one.digest,
        "under": asdict(under),
    }
    return Order(f"{one.repository}@{one.digest}", payload)
