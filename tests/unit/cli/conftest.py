"""A command line over a watcher in memory: its record, its parts and its clock are made up."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest
from sqlalchemy import Engine

from tests.fakes.drawn import NothingDrawn
from tests.fakes.feeds import FakeFeeds, FakeSuccessions
from tests.fakes.knowledge import FakeArtifacts, FakeLibrary
from tests.fakes.registry import FakeRegistry
from tests.fakes.scanner import FakeScanner
from tests.fakes.tracker import FakeTracker
from watcher.adapters.store.database import Database
from watcher.adapters.store.schema import SchemaState
from watcher.bootstrap import App, Parts
from watcher.cli import Session, run
from watcher.config import Config
from watcher.domain.acceptance import Acceptance
from watcher.domain.errors import StartError, WatcherError
from watcher.domain.reference import ArtifactReference, Repository
from watcher.ports.identity import Identity
from watcher.ports.paper import Paper
from watcher.ports.progress import Progress
from watcher.ports.sign_in import SignIn
from watcher.ports.store.archive import Archive
from watcher.ports.store.browsing import Browsing
from watcher.ports.store.bumps import Bumps
from watcher.ports.store.calls import Calls
from watcher.ports.store.columns import (
    Assessed,
    BeneathColumns,
    EpisodeColumns,
    NamedFlaw,
    NamedStream,
    Pair,
)
from watcher.ports.store.condition import Conditions
from watcher.ports.store.digests import Digests
from watcher.ports.store.exposures import ReadWindow, WindowFilter
from watcher.ports.store.grounds import Grounds
from watcher.ports.store.ledger import Track
from watcher.ports.store.passes import Leadership, PassRecord, Snapshot
from watcher.ports.store.recount import Recount
from watcher.ports.store.tokens import Tokens
from watcher.ports.store.vex import FeedRead, RecordedStatement, UnusedStatement
from watcher.ports.store.views import (
    Coverage,
    FinishedPass,
    FirstHoldings,
    Holding,
    KnowledgeDelta,
    Sampled,
    Sampling,
    Search,
    StreamHead,
    Unlisted,
    WatchedHead,
    WatchedImage,
)
from watcher.ports.vex import VexFeed
from watcher.services.knowledge import Sources
from watcher.services.pass_ import Mood, PassReport, PassRunner, Stage
from watcher.services.pass_.watch import COMMANDED

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
NOW = NOON + timedelta(hours=1)
DIGEST = "sha256:" + "0123456789abcdef" * 4
TRACK = Track(1, "linux/amd64")
HEAD = StreamHead(
    track=TRACK,
    repository=Repository("local", "shop/api"),
    by="tag",
    name="latest",
    published=True,
    target=DIGEST,
    image=DIGEST,
    since=NOON,
    not_before=None,
    backfilled=True,
    packages=2,
    open_exposures=1,
    tags=("latest",),
)
IMAGE = WatchedImage(
    repository=HEAD.repository,
    digest=DIGEST,
    platform="linux/amd64",
    os="debian 12.5",
    packages=2,
    streams=(HEAD.stream,),
    tracks=(TRACK,),
)


class FakeBrowsing:
    """A record without knowledge."""

    def versions(self, upto: int) -> list[object]:
        del upto
        return []


@dataclass
class FakeViews:
    """Signs the port `Views` with what a test puts in."""

    last: FinishedPass | None = field(default_factory=lambda: FinishedPass(7, NOON, NOON))
    judged: dict[Track, Coverage] = field(default_factory=lambda: {TRACK: Coverage(covered=True)})
    heads: list[StreamHead] = field(default_factory=lambda: [HEAD])
    never: list[Unlisted] = field(default_factory=list)
    watched: list[WatchedImage] = field(default_factory=lambda: [IMAGE])
    holdings: list[Holding] = field(default_factory=list)
    versions: list[KnowledgeDelta] = field(default_factory=list)
    direct: int = 0
    risks: tuple[Acceptance, ...] = ()
    asked: list[object] = field(default_factory=list)
    configured: str = "{}"

    def configuration(self, upto: int) -> str:
        self.asked.append(upto)
        return self.configured

    def finished(self, at: datetime | None) -> FinishedPass | None:
        self.asked.append(at)
        return self.last if at is None or (self.last and self.last.at <= at) else None

    def coverage(self, upto: int, as_of: datetime, stale_after: timedelta) -> dict[Track, Coverage]:
        self.asked.append((upto, as_of, stale_after))
        return self.judged

    def streams(self, upto: int) -> list[StreamHead]:
        return self.heads if upto else []

    def published(self, upto: int, as_of: datetime, stale_after: timedelta) -> list[WatchedHead]:
        del as_of, stale_after
        return [
            WatchedHead(
                head.track,
                head.repository,
                head.by,
                head.name,
                head.image or head.target,
                head.since,
                self.judged[head.track].reason,
                direct=False,
                base=None,
            )
            for head in self.streams(upto)
        ]

    def sampled(
        self, times: Sequence[datetime], stale_after: timedelta, only: Sampling | None = None
    ) -> list[Sampled]:
        del stale_after, only
        return [Sampled(at, len(self.heads), len(self.heads)) for at in times]

    def unlisted(self, upto: int) -> list[Unlisted]:
        return self.never if upto else []

    def images(self, upto: int) -> list[WatchedImage]:
        return self.watched if upto else []

    def find(self, wanted: Search, upto: int) -> list[Holding]:
        self.asked.append(wanted)
        return self.holdings if upto else []

    def first_holdings(
        self, wanted: Search, upto: int, at_most: int, seen: Collection[int] | None = None
    ) -> FirstHoldings:
        held = [one for one in self.find(wanted, upto) if seen is None or one.track.stream in seen]
        whole = FirstHoldings.whole(held)
        return FirstHoldings(held[:at_most], whole.current, more=at_most < len(held))

    def directs(self, upto: int) -> int:
        return self.direct if upto else 0

    def knowledge(self, upto: int) -> list[KnowledgeDelta]:
        return self.versions if upto else []

    def accepted(self, upto: int) -> tuple[Acceptance, ...]:
        return self.risks if upto else ()


@dataclass
class FakeVexRecord:
    """Signs the port `VexRecord` with what a test puts in."""

    standing: list[RecordedStatement] = field(default_factory=list)
    idle: list[UnusedStatement] = field(default_factory=list)

    def record(self, this: PassRecord, feeds: Mapping[str, FeedRead]) -> frozenset[int]:
        raise NotImplementedError

    def in_force(self, upto: int) -> list[RecordedStatement]:
        return self.standing if upto else []

    def unused(self, upto: int) -> list[UnusedStatement]:
        return self.idle if upto else []


@dataclass(eq=False)
class FakeExposures:
    """Signs the port `Exposures` with what a test puts in."""

    held: list[ReadWindow] = field(default_factory=list)
    asked: list[tuple[WindowFilter, int]] = field(default_factory=list)

    def windows(self, wanted: WindowFilter, upto: int) -> Iterator[ReadWindow]:
        self.asked.append((wanted, upto))
        return iter(self.held)

    def numbers(self, wanted: WindowFilter, upto: int, after: int, at_most: int) -> list[int]:
        self.asked.append((wanted, upto))
        return [one.number for one in self.held if one.number > after][:at_most]


class FakeColumns:
    """Signs the port `LedgerColumns`: a ledger without episodes."""

    def episodes(
        self,
        upto: int,
        reach: datetime,
        whole: Collection[int],
        seen: Collection[int] | None = None,
    ) -> EpisodeColumns:
        del upto, reach, whole, seen
        return EpisodeColumns()

    def first_detected(self, upto: int) -> datetime | None:
        del upto
        return None

    def streams(self, numbers: Collection[int]) -> dict[int, NamedStream]:
        del numbers
        return {}

    def flaws(self, upto: int, numbers: Collection[int]) -> dict[int, NamedFlaw]:
        del upto, numbers
        return {}

    def assessed(self, upto: int, pairs: Sequence[Pair]) -> list[Assessed]:
        del upto, pairs
        return []

    def purls(self, affected: Collection[int]) -> dict[int, Sequence[Collection[str]]]:
        del affected
        return {}

    def beneath(
        self, upto: int, platforms: Sequence[str], flaws: Mapping[int, NamedFlaw]
    ) -> BeneathColumns:
        del upto, platforms, flaws
        return BeneathColumns()


@dataclass
class FakeDatabase:
    """A database that is ready, or says why not."""

    current: str | None = "0001"
    failure: WatcherError | None = None
    file: Path | None = Path("watcher.db")
    size: int | None = 3 << 20
    address: str = "sqlite:///watcher.db"
    required: list[bool] = field(default_factory=list)

    def state(self) -> SchemaState:
        if self.failure is not None:
            raise self.failure
        return SchemaState(self.current, "0001")

    def upgrade(self) -> SchemaState:
        self.current = self.state().wanted
        return self.state()

    def require(self, *, own_upgrade: bool) -> None:
        self.required.append(own_upgrade)
        if not self.state().ready and not own_upgrade:
            raise StartError("the database is empty: run `watcher sync`")


@dataclass
class FakeRunner:
    """Makes passes that do what a test says."""

    scanner: FakeScanner
    reports: Callable[[datetime], PassReport] = PassReport
    made: list[tuple[datetime, datetime, tuple[Stage, ...]]] = field(default_factory=list)

    moods: list[Mood] = field(default_factory=list)

    def make(
        self,
        at: datetime,
        started_at: datetime,
        wanted: Sequence[Stage],
        snapshot: Snapshot,
        mood: Mood = COMMANDED,
    ) -> PassReport:
        assert len(snapshot.sha256) == 64
        self.moods.append(mood)
        self.made.append((at, started_at, tuple(wanted)))
        return self.reports(at)


@dataclass
class Desk:
    """The command line with everything behind it; `run` gives the exit code."""

    folder: Path
    views: FakeViews = field(default_factory=FakeViews)
    exposures: FakeExposures = field(default_factory=FakeExposures)
    database: FakeDatabase = field(default_factory=FakeDatabase)
    statements: FakeVexRecord = field(default_factory=FakeVexRecord)
    feeds: list[VexFeed] = field(default_factory=list)
    registry: FakeRegistry = field(default_factory=FakeRegistry)
    artifacts: FakeArtifacts = field(default_factory=FakeArtifacts)
    scanner: FakeScanner = field(default_factory=FakeScanner)
    environment: dict[str, str] = field(default_factory=dict)
    trackers: dict[str, FakeTracker] = field(default_factory=dict)
    opening: Callable[[], None] = lambda: None
    provider: SignIn | None = None
    runner: FakeRunner = field(init=False)

    def __post_init__(self) -> None:
        self.runner = FakeRunner(self.scanner)
        self.configure("registries: [{name: local, kind: oci, url: 'http://127.0.0.1:5000'}]")

    @property
    def file(self) -> Path:
        return self.folder / "watcher.yaml"

    def configure(self, text: str) -> None:
        self.file.write_text(f"{text}\nstate: {self.folder / 'var'}\n", encoding="utf-8")

    def run(self, *arguments: str) -> int:
        """Call the command line with the configuration's file."""
        return run(["--config", str(self.file), *arguments], self.session())

    def session(self) -> Session:
        return Session(
            environment=self.environment,
            now=lambda: NOW,
            build=self.build,
            runner=lambda _: cast("PassRunner", self.runner),
        )

    @contextmanager
    def build(self, config: Config) -> Iterator[App]:
        self.opening()
        database = cast("Database", self.database)
        yield App(
            config=config,
            database=database,
            views=self.views,
            exposures=self.exposures,
            columns=FakeColumns(),
            bumps=cast("Bumps", None),
            browsing=cast("Browsing", FakeBrowsing()),
            feeds=FakeFeeds(),
            successions=FakeSuccessions(),
            calls=cast("Calls", None),
            leadership=cast("Leadership", None),
            identity=cast("Identity", None),
            statements=self.statements,
            recount=cast("Recount", None),
            archive=cast("Archive", None),
            drawn=NothingDrawn(),
            grounds=cast("Grounds", None),
            tokens=cast("Tokens", None),
            conditions=cast("Conditions", None),
            paper=cast("Paper", None),
            digests=cast("Digests", None),
            posts=list,
            sign_in=self.sign_in,
            parts=self.parts,
        )

    def sign_in(self, _now: Callable[[], datetime]) -> SignIn | None:
        return self.provider

    def parts(self, progress: Progress) -> Parts:
        return Parts(
            engine=cast("Engine", None),
            registries=[self.registry],
            artifacts=self.artifacts,
            library=FakeLibrary(),
            scanner=self.scanner,
            sources=Sources([ArtifactReference("db.invalid", "trivy-db", "2")], []),
            includes=lambda _: True,
            rules=[],
            executor=cast("Executor", None),
            progress=progress,
            vex=self.feeds,
            trackers=self.trackers,
        )


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)
