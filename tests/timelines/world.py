"""A world in which a history happens: registry, scanner and knowledge in memory.

Everything between them is real: the stages, and the record in SQLite.
"""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from tests.fakes.knowledge import FakeArtifacts, FakeLibrary
from tests.fakes.progress import Silent
from tests.fakes.registry import FakeRegistry
from tests.fakes.scanner import FakeScanner, Known, fake_package
from tests.fakes.vex import FakeFeed
from watcher.adapters.store.engine import open_engine
from watcher.adapters.store.exposures import SqlExposures
from watcher.adapters.store.migrate import upgrade
from watcher.adapters.store.views import SqlViews
from watcher.bootstrap import Parts, pass_runner
from watcher.demo.workshop import Image, layer
from watcher.domain.errors import TransientError
from watcher.domain.pattern import Selection
from watcher.domain.places import Places
from watcher.domain.reference import ArtifactReference, Repository
from watcher.domain.stream import StreamRule
from watcher.domain.vex import Product, StatedPackage, Statement
from watcher.ports.store.exposures import WindowFilter
from watcher.ports.store.passes import Snapshot
from watcher.report.exposures import document
from watcher.run.schedule import CALLED
from watcher.services.knowledge import Sources
from watcher.services.pass_ import STAGES, PassReport

MIDNIGHT = datetime(2026, 3, 1, tzinfo=UTC)
STALE_AFTER = timedelta(hours=24)
LOOKED = CALLED["inventory"]
SHARED = "shared"  # the one repository of histories with version streams

Document = dict[str, Any]


def moment(at: float | date) -> datetime:
    """Read a time of a history: days from midnight, or an absolute date."""
    if isinstance(at, date):
        return datetime(at.year, at.month, at.day, tzinfo=UTC)
    return MIDNIGHT + timedelta(days=at)


def days(written: str | None) -> float | None:
    """Write a time of a document as days from midnight."""
    if written is None:
        return None
    return round((datetime.fromisoformat(written) - MIDNIGHT) / timedelta(days=1), 6)


def database(folder: Path) -> Engine:
    """An empty SQLite database with our schema."""
    engine = open_engine(f"sqlite:///{folder / 'watcher.db'}")
    upgrade(engine)
    return engine


@dataclass(slots=True)
class World:
    """Plays a history, pass by pass."""

    history: Document
    engine: Engine
    registry: FakeRegistry = field(default_factory=lambda: FakeRegistry("local"))
    scanner: FakeScanner = field(default_factory=FakeScanner)
    artifacts: FakeArtifacts = field(default_factory=FakeArtifacts)
    library: FakeLibrary = field(default_factory=FakeLibrary)
    images: dict[str, Image] = field(default_factory=dict)
    include: tuple[str, ...] = ("**",)
    places: Places | None = None
    aliases: dict[str, list[str]] = field(default_factory=dict)  # CVEs by advisory
    feed: FakeFeed = field(default_factory=FakeFeed)

    def __post_init__(self) -> None:
        for name, told in self.history["images"].items():
            created = told.get("created")
            image = Image(
                [layer({"name": name})], created=None if created is None else moment(created)
            )
            self.images[name] = image
            packages = [fake_package(package) for package in told["packages"]]
            self.scanner.put_image(image.digest, packages)

    def play(self, happened: Document) -> PassReport:
        """Let one pass happen; a `look` is at some repositories alone, or at `*`, all of them."""
        at = moment(happened["at"])
        self.places = _places(happened["look"]) if "look" in happened else None
        self.registry.heal()
        self.artifacts.failure = None
        self.scanner.failures.clear()
        if "include" in happened:
            self.include = tuple(happened["include"]) or ("nothing",)
        self._show_tags(happened)
        self._learn(happened, at)
        self._state(happened)
        for name in happened.get("catalog_failed", ()):
            digest = self.images[name].digest
            self.scanner.failures[digest] = TransientError(f"{name} cannot be catalogued")
        return self._pass(at)

    def exposures(self, as_of: datetime) -> Document:
        """Read the ledger as users do."""
        views = SqlViews(self.engine)
        done = views.finished(as_of)
        upto = done.number if done else 0
        coverage = views.coverage(upto, as_of, STALE_AFTER)
        windows = SqlExposures(self.engine).windows(WindowFilter(), upto)
        covered = {track: one.covered for track, one in coverage.items()}
        return document(as_of, windows, lambda _: None, covered)

    def covered(self, stream: str, as_of: datetime) -> bool:
        """Whether every platform of a stream is covered."""
        views = SqlViews(self.engine)
        done = views.finished(as_of)
        upto = done.number if done else 0
        coverage = views.coverage(upto, as_of, STALE_AFTER)
        return all(
            coverage[head.track].covered for head in views.streams(upto) if head.name == stream
        )

    def _show_tags(self, happened: Document) -> None:
        if happened["tags"] == "failed":
            self.registry.fail(TransientError("the registry is down"))
            return
        wanted = {(self._repository(tag), tag): name for tag, name in happened["tags"].items()}
        pushed = happened.get("pushed", {})
        for repository, tags in self.registry._tags.items():
            for tag in [tag for tag in tags if (repository, tag) not in wanted]:
                self.registry.delete(repository, tag)
        for (repository, tag), name in wanted.items():
            at = moment(pushed[tag]) if tag in pushed else None
            self.registry.push(repository, tag, self.images[name], at)

    def _repository(self, tag: str) -> str:
        return SHARED if self.history.get("streams") in {"version", "newest"} else tag

    def _learn(self, happened: Document, at: datetime) -> None:
        told = happened.get("knowledge")
        if told == "failed":
            self.artifacts.failure = TransientError("the source is down")
            return
        if "trivy" in happened:
            self.scanner.version = "0.75.0"
        elif told is not None:
            self.artifacts.offered = f"sha256:{sha256(str(at).encode()).hexdigest()}"
            self.library.updated[self.artifacts.offered] = moment(told["effective"])
        if told is None or self.artifacts.offered is None:
            return
        self.aliases |= happened.get("aliases", {})
        published = {name: moment(when) for name, when in self.history.get("published", {}).items()}
        known = [
            Known(
                package,
                vulnerability,
                published=published.get(vulnerability),
                vendor_ids=tuple(
                    alias for alias, cves in self.aliases.items() if vulnerability in cves
                ),
            )
            for package, found in told["matches"].items()
            for vulnerability in found
        ]
        self.scanner.learn(self.library.folder(self.artifacts.offered), known)

    def _state(self, happened: Document) -> None:
        """Let a feed state what it does from now on, of every package that the history knows."""
        self.feed.failure = None
        if "vex" not in happened:
            return
        if happened["vex"] == "failed":
            self.feed.failure = TransientError("the feed is down")
            return
        images = self.history["images"].values()
        names = {
            one for told in images for key in ("packages", "arm") for one in told.get(key) or ()
        }
        products = tuple(
            Product(package=StatedPackage("generic", None, one)) for one in sorted(names)
        )
        statements = [
            Statement("acme", (name,), products, told["status"], "said", moment(told["stated"]))
            for name, told in happened["vex"].items()
        ]
        self.feed.put("statements.json", statements)

    def _pass(self, at: datetime) -> PassReport:
        selection = Selection.parse(self.include)

        def includes(repository: Repository) -> bool:
            return selection.holds(repository.path)

        with ThreadPoolExecutor(2) as executor:
            parts = Parts(
                engine=self.engine,
                registries=[self.registry.selecting(self.include)],
                artifacts=self.artifacts,
                library=self.library,
                scanner=self.scanner,
                sources=Sources([ArtifactReference("db.invalid", "trivy-db", "2")], []),
                includes=includes,
                rules=[StreamRule(by=self.history.get("streams"))],
                executor=executor,
                progress=Silent(),
                vex=[self.feed],
            )
            snapshot = Snapshot(sha256("".join(self.include).encode()).hexdigest(), "{}")
            runner = pass_runner(parts).at_places(self.places)
            return runner.make(at, at, STAGES if self.places is None else LOOKED, snapshot)


def _places(paths: Iterable[str]) -> Places:
    return Places.of("local" if path == "*" else Repository("local", path) for path in paths)
