"""A fleet to watch: registry, scanner and knowledge in memory, everything between them real."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Engine

from tests.fakes.knowledge import FakeArtifacts, FakeLibrary
from tests.fakes.progress import Silent
from tests.fakes.registry import FakeRegistry
from tests.fakes.scanner import FakeScanner, Known, fake_package
from tests.fakes.vex import FakeFeed
from watcher.adapters.store.exposures import SqlExposures
from watcher.adapters.store.views import SqlViews
from watcher.bootstrap import Parts, pass_runner
from watcher.demo.workshop import Image, layer
from watcher.domain.pattern import Selection
from watcher.domain.reference import ArtifactReference
from watcher.domain.stream import By, StreamRule
from watcher.ports.store.exposures import WindowFilter
from watcher.ports.store.passes import Snapshot
from watcher.report.exposures import document
from watcher.services.knowledge import Sources
from watcher.services.pass_ import STAGES, Mood, PassReport, Stage
from watcher.services.pass_.watch import COMMANDED

MIDNIGHT = datetime(2026, 3, 1, tzinfo=UTC)

Document = dict[str, Any]


def day(number: float) -> datetime:
    """A time, as days from an arbitrary midnight."""
    return MIDNIGHT + timedelta(days=number)


class Inline(Executor):
    """Runs what is submitted at once, so that a test happens in one order only."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:  # noqa: ANN401 - the standard library's own signature
        """Run it."""
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - whoever asks for the result gets it
            future.set_exception(error)
        return future


@dataclass(slots=True)
class Fleet:
    """What registries and knowledge show, and the configuration; `sync` makes a pass of it."""

    registry: FakeRegistry = field(default_factory=FakeRegistry)
    scanner: FakeScanner = field(default_factory=FakeScanner)
    artifacts: FakeArtifacts = field(default_factory=FakeArtifacts)
    library: FakeLibrary = field(default_factory=FakeLibrary)
    feeds: list[FakeFeed] = field(default_factory=list)
    include: tuple[str, ...] = ("**",)
    bases: tuple[str, ...] = ()
    by: By | None = None

    def push(
        self,
        repository: str,
        tag: str,
        packages: Iterable[str],
        *,
        created: datetime | None = None,
        pushed_at: datetime | None = None,
        not_covered: str | None = None,
    ) -> str:
        """Push an image that holds these packages; returns its digest."""
        names = sorted(packages)
        image = Image([layer({"/packages": " ".join([*names, repository])})], created=created)
        listed = [fake_package(name) for name in names]
        self.scanner.put_image(image.digest, listed, not_covered=not_covered)
        return self.registry.push(repository, tag, image, pushed_at)

    def learn(
        self,
        effective: datetime,
        found: Mapping[str, Iterable[str]],
        published: Mapping[str, datetime] | None = None,
        aliases: Mapping[str, tuple[str, ...]] | None = None,
    ) -> None:
        """Offer a database that finds these vulnerabilities in these packages."""
        self.artifacts.offered = f"sha256:{sha256(str(effective).encode()).hexdigest()}"
        self.library.updated[self.artifacts.offered] = effective
        known = [
            Known(
                package,
                name,
                published=(published or {}).get(name),
                vendor_ids=(aliases or {}).get(name, ()),
            )
            for package, names in found.items()
            for name in names
        ]
        self.scanner.learn(self.library.folder(self.artifacts.offered), known)

    def sync(
        self,
        engine: Engine,
        at: datetime,
        stages: Iterable[Stage] = STAGES,
        mood: Mood = COMMANDED,
    ) -> PassReport:
        """Make a pass."""
        selection, bases = Selection.parse(self.include), Selection.parse(self.bases)
        parts = Parts(
            engine=engine,
            registries=[self.registry.selecting(self.include)],
            artifacts=self.artifacts,
            library=self.library,
            scanner=self.scanner,
            sources=Sources([ArtifactReference("db.invalid", "trivy-db", "2")], []),
            includes=lambda repository: selection.holds(repository.path),
            rules=[StreamRule(by=self.by)],
            is_base=lambda repository: bases.holds(repository.path),
            executor=Inline(),
            progress=Silent(),
            vex=self.feeds,
        )
        named = sha256(repr((self.include, self.bases, self.by)).encode()).hexdigest()
        return pass_runner(parts).make(at, at, list(stages), Snapshot(named, "{}"), mood)


def exposures(engine: Engine, as_of: datetime) -> Document:
    """The exposures document as users get it, but for the numbers of its windows."""
    views = SqlViews(engine)
    done = views.finished(as_of)
    upto = done.number if done else 0
    coverage = views.coverage(upto, as_of, timedelta(days=1))
    covered = {track: one.covered for track, one in coverage.items()}
    windows = SqlExposures(engine).windows(WindowFilter(), upto)
    found = document(as_of, windows, lambda _: None, covered)
    for window in found["windows"]:  # type: ignore[attr-defined]  # a list of windows
        del window["id"]
    return found
