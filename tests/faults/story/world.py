"""The story over fakes: registry, sources and scanner in memory; record, library, tickets real."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Engine

from tests.contract.store.fleet import Inline
from tests.fakes.artifacts import FakeArtifacts
from tests.fakes.progress import Silent
from tests.fakes.registry import FakeRegistry
from tests.fakes.scanner import FakeScanner
from tests.fakes.vex import FakeFeed
from tests.faults.story.days import BASE, DAYS, Day
from watcher.adapters.library import FolderLibrary
from watcher.adapters.trackers.folder import FolderTracker
from watcher.bootstrap import Parts, pass_runner
from watcher.domain.pattern import Selection
from watcher.domain.policy import by_severity
from watcher.domain.reference import ArtifactReference
from watcher.domain.stream import StreamRule
from watcher.domain.ticket import Terms
from watcher.ports.artifacts import Artifacts
from watcher.ports.registry import Registry
from watcher.ports.scanner import KnowledgeFiles, Scanner
from watcher.ports.store.passes import Snapshot
from watcher.report.dues import Judge
from watcher.services.audit import Sample
from watcher.services.bump import Planning
from watcher.services.knowledge import Sources
from watcher.services.pass_ import ORDER, STAGES, Mood, PassReport
from watcher.services.ticket import Filing

TICKETS, STATE = "tickets", "state"
DB, JAVA_DB = "sources.example/trivy-db:2", "sources.example/trivy-java-db:1"
JUDGE = Judge(by_severity("story", {"CRITICAL": 7, "HIGH": 14, "MEDIUM": 30, "LOW": 90}))

Kind = Literal["registry", "artifacts", "scanner"]
Wrap = Callable[[Kind, Any], Any]


def _as_it_is(_kind: Kind, part: Any) -> Any:  # noqa: ANN401 - whatever part it is
    return part


def team_of(stream: str) -> str | None:
    """Who owns a stream: the first part of its repository's path."""
    owner = stream.split("/")[1]
    return owner if owner in {"shop", "data"} else None


@dataclass(frozen=True, slots=True)
class Outside:
    """What lies outside of watcher on one day."""

    registry: Registry
    artifacts: Artifacts
    scanner: Scanner
    sources: Sources


def in_memory(told: Day, folder: Path) -> Outside:
    """Fakes that show a day."""
    registry, artifacts, scanner = (
        FakeRegistry("local", told.include),
        FakeArtifacts(),
        FakeScanner(told.trivy),
    )
    registry = registry.selecting((*told.include, "base/**"))
    for (repository, tag), shipped in told.tags.items():
        pushed = told.moment_pushed((repository, tag))
        registry.push(repository, tag, shipped.content, pushed)
        for one in shipped.made:
            scanner.put_image(one.image.digest, one.holds, not_covered=one.not_covered)
    artifacts.push(DB, told.database)
    artifacts.push(JAVA_DB, told.java_database)
    scanner.imagined |= told.imagined
    # A new Trivy meets the last database first; else nothing goes on with an old one by mistake.
    for day in (told, *(one for one in DAYS if one.trivy != told.trivy)):
        unpacked = folder / STATE / "knowledge" / day.database.digest.removeprefix("sha256:") / "db"
        scanner.learn(KnowledgeFiles(unpacked), [one.known for one in day.flaws])
    sources = Sources([ArtifactReference.parse(DB)], [ArtifactReference.parse(JAVA_DB)])
    return Outside(registry, artifacts, scanner, sources)


def _feed(told: Day) -> FakeFeed:
    """The one feed of statements, as it is on a day."""
    feed = FakeFeed()
    feed.put("statements.json", told.stated)
    return feed


@dataclass(frozen=True, slots=True)
class World:
    """A watcher in a folder of its own; `wrap` may put something around parts of the outside."""

    folder: Path
    engine: Engine
    outside: Callable[[Day, Path], Outside] = in_memory
    wrap: Wrap = _as_it_is
    executor: Executor = field(default_factory=Inline)

    def make(self, told: Day) -> PassReport:
        """Make the pass of a day."""
        named = sha256(repr(told.include).encode()).hexdigest()
        runner = pass_runner(self._parts(told))
        stages, mood = (
            (ORDER, Mood(sample=Sample(every=True))) if told.audited else (STAGES, Mood())
        )
        return runner.make(told.at, told.at, stages, Snapshot(named, "{}"), mood)

    def _parts(self, told: Day) -> Parts:
        selection, outside = Selection.parse(told.include), self.outside(told, self.folder)
        return Parts(
            engine=self.engine,
            registries=[self.wrap("registry", outside.registry)],
            artifacts=self.wrap("artifacts", outside.artifacts),
            library=FolderLibrary(self.folder / STATE),
            scanner=self.wrap("scanner", outside.scanner),
            sources=outside.sources,
            includes=lambda one: one.path == BASE[0] or selection.holds(one.path),
            rules=[StreamRule()],
            executor=self.executor,
            progress=Silent(),
            is_base=lambda one: one.path == BASE[0],
            planning=Planning(
                team_of, lambda one: f"registry.example/{one.path}", "HIGH", lambda: JUDGE
            ),
            filing=Filing(lambda _: "tickets", per_hour=5, open_at_most=20, terms=Terms()),
            trackers={"tickets": FolderTracker("tickets", self.folder / TICKETS)},
            vex=[_feed(told)],
            width=lambda: 1,
        )
