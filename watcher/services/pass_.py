"""A pass: the stages strung together, each on what the ones before it left in the record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic, perf_counter
from typing import Final, Literal

from watcher.domain.errors import AttemptError, StartError, UsageError
from watcher.domain.knowledge import KnowledgeVersion
from watcher.ports.crew import Wanted
from watcher.ports.registry import Registry
from watcher.ports.scanner import Scanner
from watcher.ports.store import Catalogues, Matches, Passes
from watcher.ports.store.passes import Failure, PassLock, PassRecord, PassState, Snapshot
from watcher.services.audit import BirthAudit
from watcher.services.bump import BumpStage
from watcher.services.catalog import CatalogStage
from watcher.services.exposure import ExposureStage
from watcher.services.inventory import InventoryStage
from watcher.services.knowledge import KnowledgeStage
from watcher.services.match import MatchStage
from watcher.services.outcome import Outcome
from watcher.services.streams import StreamStage
from watcher.services.ticket import TicketStage
from watcher.services.work import Bench, Stopped, Workplace

Stage = Literal["knowledge", "inventory", "catalog", "match", "exposure", "bump", "ticket"]
STAGES: tuple[Stage, ...] = (
    "knowledge",
    "inventory",
    "catalog",
    "match",
    "exposure",
    "bump",
    "ticket",
)
_CHECKED: Final = 5.0  # seconds between two looks whether the pass still holds its lock


def _never() -> bool:
    return False


@dataclass(slots=True)
class PassReport:
    """What a pass did: counts and seconds by the names of the sync document, and its failures."""

    at: datetime
    counts: Counter[str] = field(default_factory=Counter)
    seconds: dict[str, float] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)
    knowledge: KnowledgeVersion | None = None
    knowledge_changed: bool = False
    java_db: str | None = None


@dataclass(frozen=True, slots=True)
class Records:
    """The parts of the record that the pass itself reads and writes."""

    lock: PassLock
    passes: Passes
    matches: Matches
    catalogues: Catalogues


@dataclass(frozen=True, slots=True)
class Stages:
    """Every stage, ready to run."""

    knowledge: KnowledgeStage
    inventory: InventoryStage
    streams: StreamStage
    catalog: CatalogStage
    match: MatchStage
    audit: BirthAudit
    exposure: ExposureStage
    bump: BumpStage
    ticket: TicketStage


@dataclass(frozen=True, slots=True)
class Mood:
    """How a pass is made: `eager` tries everything at once that rests after a failure."""

    eager: bool = True
    stopping: Callable[[], bool] = _never


@dataclass(frozen=True, slots=True)
class PassRunner:
    """Makes passes, one at a time."""

    records: Records
    stages: Stages
    registries: Sequence[Registry]
    scanner: Scanner
    workplace: Workplace

    def make(
        self,
        at: datetime,
        started_at: datetime,
        wanted: Sequence[Stage],
        snapshot: Snapshot,
        mood: Mood = Mood(),
    ) -> PassReport:
        """Run the wanted stages in their order; a stage that fails leaves the others their work.

        Raises UsageError for a time before the last pass, StartError where another pass runs or
        no usable knowledge was ever had, Stopped where somebody asked for it.
        """
        with self.records.lock.held() as holds:
            last = self.records.passes.last()
            if last is not None and at < last.at:
                raise UsageError(
                    f"--at {at:%Y-%m-%dT%H:%M:%SZ} lies before the last pass of "
                    f"{last.at:%Y-%m-%dT%H:%M:%SZ}: name that time or a later one"
                )
            this = self.records.passes.begin(at, started_at, wanted, snapshot)
            watch = _Watch(holds, mood.stopping)
            running = _Running(self, this, snapshot, PassReport(at), watch)
            try:
                with self.workplace.bench(
                    "pass", eager=mood.eager, stopping=mood.stopping, guard=watch.look
                ) as bench:
                    running.run(wanted, bench)
            except BaseException:
                self.records.passes.finish(this, "abandoned", {})
                raise
            state: PassState = "partial" if running.report.failures else "complete"
            self.records.passes.finish(this, state, {"counts": dict(running.report.counts)})
            return running.report


@dataclass(slots=True)
class _Watch:
    """Looks whether a pass may go on."""

    holds: Callable[[], bool]
    stopping: Callable[[], bool]
    last: float = 0.0

    def look(self) -> None:
        """Raise Stopped where somebody asked for it, StartError where the lock was lost."""
        if self.stopping():
            raise Stopped("the pass was stopped: nothing is lost, the next one goes on")
        if monotonic() - self.last < _CHECKED:
            return
        self.last = monotonic()
        if not self.holds():
            raise StartError(
                "the pass lost its lock with its connection to the database: nothing is lost, the "
                "next pass goes on"
            )


@dataclass(slots=True)
class _Running:
    """One pass while it runs."""

    runner: PassRunner
    this: PassRecord
    snapshot: Snapshot
    report: PassReport
    watch: _Watch

    def run(self, wanted: Sequence[Stage], bench: Bench) -> None:
        steps: dict[Stage, Callable[[], None]] = {
            "knowledge": self._knowledge,
            "inventory": self._inventory,
            "catalog": lambda: self._catalog(bench),
            "match": lambda: self._match(bench),
            "exposure": self._exposure,
            "bump": self._bump,
            "ticket": self._ticket,
        }
        for stage in STAGES:
            if stage in wanted:
                self.watch.look()
                with self._timed(stage):
                    steps[stage]()
        self._count()

    @contextmanager
    def _timed(self, stage: Stage) -> Iterator[None]:
        begun = perf_counter()
        yield
        self.report.seconds[stage] = round(perf_counter() - begun, 3)

    def _knowledge(self) -> None:
        outcome = self.runner.stages.knowledge.take(self.this)
        self.runner.records.passes.cover(self.this, "knowledge", outcome.covered)
        self.report.knowledge_changed = outcome.changed
        self._take_in(outcome)

    def _inventory(self) -> None:
        stages, passes = self.runner.stages, self.runner.records.passes
        listed = stages.inventory.take(self.this)
        passes.cover(self.this, "inventory", listed.covered)
        rules_changed = passes.previous_snapshot(self.this) not in {None, self.snapshot.sha256}
        viewed = stages.streams.take(self.this, listed.changed, rules_changed=rules_changed)
        listed.failures += viewed.failures
        self._take_in(listed)

    def _catalog(self, bench: Bench) -> None:
        under = Wanted(self.runner.scanner.version, self._version().db_digest, self._java_db())
        stage = self.runner.stages.catalog
        self._take_in(self._attempt("catalog", lambda: stage.take(self.this, under, bench)))

    def _match(self, bench: Bench) -> None:
        version, covered = self._version(), set[int]()
        under = Wanted(self.runner.scanner.version, version.db_digest)

        def match() -> Outcome:
            outcome = self.runner.stages.match.take(self.this, version, under, bench)
            covered.update(outcome.covered)
            return outcome

        self._take_in(self._attempt("match", match))
        self.runner.records.passes.cover(self.this, "match", covered)
        self._take_in(self.runner.stages.audit.take(self.this, version, frozenset(covered)))

    def _exposure(self) -> None:
        self._take_in(self.runner.stages.exposure.take(self.this))

    def _bump(self) -> None:
        self._take_in(self.runner.stages.bump.take(self.this, self._version()))

    def _ticket(self) -> None:
        self._take_in(self.runner.stages.ticket.take(self.this))

    def _attempt(self, stage: str, step: Callable[[], Outcome]) -> Outcome:
        """Run a step; where it cannot even begin, that is its one failure."""
        try:
            return step()
        except AttemptError as error:
            outcome = Outcome(stage)
            outcome.failed(stage, error)
            return outcome

    def _version(self) -> KnowledgeVersion:
        versions = self.runner.records.matches.versions()
        if not versions:
            reasons = "; ".join(f"{one.subject}: {one.error}" for one in self.report.failures)
            hint = reasons or "run the knowledge stage first"
            raise StartError(f"no usable vulnerability database was ever had: {hint}")
        return versions[-1]

    def _java_db(self) -> str | None:
        """The Java database in force; none where the configuration no longer wants one."""
        wanted = self.runner.stages.knowledge.sources.java_db
        return self.runner.records.matches.java_db() if wanted else None

    def _take_in(self, outcome: Outcome) -> None:
        self.report.counts.update(outcome.counts)
        # In the order of their names, whichever thread was first.
        self.report.failures += sorted(outcome.failures, key=lambda one: one.subject)
        self.runner.records.passes.record_failures(self.this, outcome.stage, outcome.failures)

    def _count(self) -> None:
        counts = self.report.counts
        for registry in self.runner.registries:
            counts["registry_requests"] += registry.traffic.requests
            counts["manifest_gets"] += registry.traffic.manifest_gets
            counts["bytes_pulled"] += registry.traffic.bytes_pulled
        counts["trivy_runs"] = self.runner.scanner.runs
        counts["packages_distinct"] = self.runner.records.catalogues.distinct_packages()
        versions = self.runner.records.matches.versions()
        self.report.knowledge = versions[-1] if versions else None
        self.report.java_db = self._java_db()
