"""A fleet whose registry, source, scanner or disk fails as a test says; all between them is real.

Registry, source and scanner are in memory; the databases are pulled, verified and unpacked by the
real library, and the record is SQLite.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from tests.fakes.progress import Silent
from tests.fakes.registry import FakeRegistry
from tests.fakes.scanner import Known, fake_package
from tests.integration.recovery.flaky import FlakyScanner, FlakySource
from watcher.adapters.library import FolderLibrary
from watcher.adapters.store.exposures import SqlExposures
from watcher.adapters.store.views import SqlViews
from watcher.bootstrap import Parts, pass_runner
from watcher.demo.workshop import Artifact, Image, layer, trivy_database
from watcher.domain.package import Package
from watcher.domain.reference import ArtifactReference
from watcher.domain.stream import StreamRule
from watcher.ports.scanner import KnowledgeFiles
from watcher.ports.store.exposures import WindowFilter
from watcher.ports.store.passes import Snapshot
from watcher.report.exposures import document
from watcher.services.knowledge import Sources
from watcher.services.pass_ import STAGES, PassReport, Stage

MIDNIGHT = datetime(2026, 3, 1, tzinfo=UTC)
SOURCE = "db.test/trivy-db:2"
STALE_AFTER = timedelta(hours=24)

Document = dict[str, Any]


def day(number: float) -> datetime:
    """A time, as days from an arbitrary midnight."""
    return MIDNIGHT + timedelta(days=number)


@dataclass(slots=True)
class World:
    """What registry, source and disk hold; `sync` makes a pass over it."""

    engine: Engine
    state: Path
    registry: FakeRegistry = field(default_factory=FakeRegistry)
    source: FlakySource = field(default_factory=FlakySource)
    scanner: FlakyScanner = field(default_factory=FlakyScanner)
    stages: Sequence[Stage] = STAGES
    java: Sequence[str] = ()

    def push(self, repository: str, tag: str, *packages: str, created: float) -> None:
        """Point a tag at an image that holds these packages; `name/context` lies elsewhere."""
        content = layer({"/packages": " ".join([repository, *packages])})
        image = Image([content], created=day(created))
        self.scanner.put_image(image.digest, [_package(one) for one in packages])
        self.registry.push(repository, tag, image)

    def publish(self, updated: float, found: Mapping[str, Iterable[str]]) -> None:
        """Offer a database that finds these vulnerabilities in these packages."""
        artifact = trivy_database([], [], updated_at=day(updated)).artifact()
        known = [
            Known(package, name, published=day(-40) if name == "OLD" else None)
            for package, names in found.items()
            for name in names
        ]
        self.scanner.learn(KnowledgeFiles(self._folder(artifact)), known)
        self.source.push(SOURCE, artifact)

    def _folder(self, artifact: Artifact) -> Path:
        return self.state / "knowledge" / artifact.digest.removeprefix("sha256:") / "db"

    def sync(self, number: float) -> PassReport:
        """Make a pass."""
        with ThreadPoolExecutor(2) as executor:
            parts = Parts(
                engine=self.engine,
                registries=[self.registry],
                artifacts=self.source,
                library=FolderLibrary(self.state),
                scanner=self.scanner,
                sources=Sources(
                    [ArtifactReference.parse(SOURCE)],
                    [ArtifactReference.parse(one) for one in self.java],
                ),
                includes=lambda _: True,
                rules=[StreamRule()],
                executor=executor,
                progress=Silent(),
            )
            at = day(number)
            return pass_runner(parts).make(at, at, self.stages, Snapshot("0" * 64, "{}"))

    def exposures(self, number: float) -> Document:
        """The exposures document without what tells when facts were recorded, and row numbers."""
        views = SqlViews(self.engine)
        done = views.finished(day(number))
        upto = done.number if done else 0
        coverage = views.coverage(upto, day(number), STALE_AFTER)
        covered = {track: one.covered for track, one in coverage.items()}
        windows = SqlExposures(self.engine).windows(WindowFilter(), upto)
        told: Document = document(day(number), windows, lambda _: None, covered)
        for window in told["windows"]:
            del window["id"]
            for episode in window["episodes"]:
                del episode["detected"], episode["entry"]
        return told

    def uncovered(self, number: float) -> set[str]:
        """The repositories that have a stream whose figures cannot be relied on."""
        views = SqlViews(self.engine)
        done = views.finished(day(number))
        upto = done.number if done else 0
        coverage = views.coverage(upto, day(number), STALE_AFTER)
        return {
            head.repository.path for head in views.streams(upto) if not coverage[head.track].covered
        }

    @contextmanager
    def without_disk(self) -> Iterator[None]:
        """Let a file stand where the folder of the databases was."""
        aside = self.state.with_name("aside")
        self.state.rename(aside)
        self.state.write_text("")
        yield
        self.state.unlink()
        aside.rename(self.state)


def _package(told: str) -> Package:
    name, _, context = told.partition("/")
    return fake_package(name, context=context or "debian 12")
