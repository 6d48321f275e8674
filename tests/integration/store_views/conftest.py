"""A small fleet whose record is made by real passes, over fakes of registry and scanner."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from sqlalchemy import Engine

from tests.fakes.knowledge import FakeArtifacts, FakeLibrary
from tests.fakes.progress import Silent
from tests.fakes.registry import FakeRegistry
from tests.fakes.scanner import FakeScanner, Known
from watcher.adapters.store.passes import SqlPasses
from watcher.adapters.store.views import SqlViews
from watcher.bootstrap import Parts, pass_runner
from watcher.demo.workshop import Image, layer
from watcher.domain.package import Occurrence, Package
from watcher.domain.pattern import Selection
from watcher.domain.reference import ArtifactReference
from watcher.domain.stream import StreamRule
from watcher.ports.store.passes import PassRecord, Snapshot
from watcher.ports.store.views import Coverage, FirstHoldings, StreamHead
from watcher.report.search import parse_search
from watcher.services.knowledge import Sources
from watcher.services.pass_ import STAGES, PassReport, Stage

MIDNIGHT = datetime(2026, 3, 1, tzinfo=UTC)
STALE_AFTER = timedelta(hours=24)


def day(number: float) -> datetime:
    """A time, in days from the first midnight."""
    return MIDNIGHT + timedelta(days=number)


@dataclass(slots=True)
class Fleet:
    """Pushes images, publishes knowledge, makes passes; `views` reads what they recorded."""

    engine: Engine
    registry: FakeRegistry = field(default_factory=lambda: FakeRegistry("local"))
    scanner: FakeScanner = field(default_factory=FakeScanner)
    artifacts: FakeArtifacts = field(default_factory=FakeArtifacts)
    library: FakeLibrary = field(default_factory=FakeLibrary)
    include: tuple[str, ...] = ("**",)
    rules: tuple[StreamRule, ...] = ()
    configured: Snapshot | None = None  # what passes are made under; else what is included alone

    @property
    def views(self) -> SqlViews:
        return SqlViews(self.engine)

    def push(
        self,
        repository: str,
        tag: str,
        packages: Iterable[Package | Occurrence],
        not_covered: str | None = None,
    ) -> str:
        """Point a tag at an image of these packages; returns the image's digest."""
        listed = list(packages)
        image = Image([layer({"content": repr(listed)})], created=MIDNIGHT)
        self.scanner.put_image(image.digest, listed, not_covered=not_covered)
        return self.registry.push(repository, tag, image)

    def learn(self, effective: datetime, known: Iterable[Known]) -> str:
        """Publish a database that says exactly this; returns its digest."""
        digest = f"sha256:{sha256(str(effective).encode()).hexdigest()}"
        self.artifacts.offered = digest
        self.library.updated[digest] = effective
        self.scanner.learn(self.library.folder(digest), known)
        return digest

    def sync(self, at: datetime, wanted: Sequence[Stage] = STAGES) -> PassReport:
        """Make a pass; it starts and ends at its own time."""
        selection = Selection.parse(self.include)
        with ThreadPoolExecutor(2) as executor:
            parts = Parts(
                engine=self.engine,
                registries=[self.registry.selecting(self.include)],
                artifacts=self.artifacts,
                library=self.library,
                scanner=self.scanner,
                sources=Sources([ArtifactReference("db.invalid", "trivy-db", "2")], []),
                includes=lambda repository: selection.holds(repository.path),
                rules=self.rules,
                executor=executor,
                progress=Silent(),
            )
            plain = Snapshot(sha256("".join(self.include).encode()).hexdigest(), "{}")
            snapshot = self.configured or plain
            return pass_runner(parts).make(at, at, wanted, snapshot)

    @contextmanager
    def recording(self, at: datetime) -> Iterator[PassRecord]:
        """A pass in whose name a test records something itself; it ends with the block."""
        passes = SqlPasses(self.engine)
        this = passes.begin(at, at, [], Snapshot("0" * 64, "{}"))
        yield this
        passes.finish(this, "complete", {})

    def upto(self, at: datetime) -> int:
        """The number of the last pass that ended by then."""
        last = self.views.finished(at)
        return last.number if last else 0

    def streams(self, at: datetime) -> dict[str, StreamHead]:
        """The heads of streams by name, as known then."""
        return {head.stream: head for head in self.views.streams(self.upto(at))}

    def coverage(self, stream: str, at: datetime) -> Coverage:
        """The coverage of a stream of one platform, as known then."""
        judged = self.views.coverage(self.upto(at), at, STALE_AFTER)
        return judged[self.streams(at)[stream].track]

    def found(self, text: str, at: datetime) -> list[tuple[str, str, str | None, bool]]:
        """What a search finds: stream, purl, vulnerability, and whether it is a head.

        The first of that, which are read another way, are the same.
        """
        search, upto = parse_search(text), self.upto(at)
        holdings = self.views.find(search, upto)
        whole = FirstHoldings.whole(holdings)
        for at_most in range(len(holdings) + 1):
            first = self.views.first_holdings(search, upto, at_most)
            assert first.holdings == holdings[:at_most]
            assert set(first.current) == set(whole.current)
            assert first.more == (at_most < len(holdings))
        return [
            (one.stream, one.package.purl, one.vulnerability, not one.until) for one in holdings
        ]


@pytest.fixture
def fleet(engine: Engine) -> Fleet:
    return Fleet(engine)
