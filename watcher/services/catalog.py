"""Catalog: take each new image's packages once."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Executor, Future, as_completed
from dataclasses import dataclass

from watcher.domain.errors import AttemptError
from watcher.domain.knowledge import KnowledgeVersion
from watcher.domain.package import Catalogue
from watcher.ports.library import Library
from watcher.ports.progress import Progress
from watcher.ports.registry import Registry
from watcher.ports.scanner import KnowledgeFiles, Scanner
from watcher.ports.store.catalogues import CatalogueOrigin, Catalogues, Uncatalogued
from watcher.ports.store.passes import PassRecord
from watcher.services.outcome import Outcome


@dataclass(frozen=True, slots=True)
class CatalogStage:
    """The stage with what it needs."""

    registries: Mapping[str, Registry]
    library: Library
    scanner: Scanner
    store: Catalogues
    executor: Executor
    progress: Progress

    def take(self, this: PassRecord, version: KnowledgeVersion, java_db: str | None) -> Outcome:
        """Catalogue every image that a stream points to and that has no catalogue yet."""
        outcome = Outcome("catalog")
        wanted = [
            one for one in self.store.uncatalogued() if one.repository.registry in self.registries
        ]
        if not wanted:
            return outcome
        files = self.library.files(version.db_digest, java_db)
        origin = CatalogueOrigin(self.scanner.version, version.db_digest, java_db)
        running = {self.executor.submit(self._catalog, one, files): one for one in wanted}
        with self.progress.over("catalog", len(running)) as step:
            for done in as_completed(running):
                self._record(this, running[done], done, origin, outcome)
                step()
        return outcome

    def _catalog(self, one: Uncatalogued, files: KnowledgeFiles) -> Catalogue:
        registry = self.registries[one.repository.registry]
        return self.scanner.catalog(registry.pull_access(one.repository.path, one.digest), files)

    def _record(
        self,
        this: PassRecord,
        one: Uncatalogued,
        done: Future[Catalogue],
        origin: CatalogueOrigin,
        outcome: Outcome,
    ) -> None:
        outcome.counts["images_new"] += 1
        try:
            self.store.add(this, one.image, origin, done.result())
        except AttemptError as error:
            outcome.failed(f"{one.repository}@{one.digest}", error)
            return
        outcome.counts["catalogued"] += 1
        outcome.counts["bytes_pulled"] += one.layer_bytes
