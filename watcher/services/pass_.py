"""A pass: the stages strung together, each on what the ones before it left in the record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from time import perf_counter
from typing import Literal

from watcher.domain.errors import AttemptError, StartError, UsageError
from watcher.domain.knowledge import KnowledgeVersion
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
class PassRunner:
    """Makes passes, one at a time."""

    records: Records
    stages: Stages
    registries: Sequence[Registry]
    scanner: Scanner

    def make(
        self, at: datetime, started_at: datetime, wanted: Sequence[Stage], snapshot: Snapshot
    ) -> PassReport:
        """Run the wanted stages in their order; a stage that fails leaves the others their work.

        Raises UsageError for a time before the last pass, StartError where another pass runs or
        no usable knowledge was ever had.
        """
        with self.records.lock.held():
            last = self.records.passes.last()
            if last is not None and at < last.at:
                raise UsageError(
                    f"--at {at:%Y-%m-%dT%H:%M:%SZ} lies before the last pass of "
                    f"{last.at:%Y-%m-%dT%H:%M:%SZ}: name that time or a later one"
                )
            this = self.records.passes.begin(at, started_at, wanted, snapshot)
            running = _Running(self, this, snapshot, PassReport(at))
            try:
                running.run(wanted)
            except BaseException:
                self.records.passes.finish(this, "abandoned", {})
                raise
            state: PassState = "partial" if running.report.failures else "complete"
            self.records.passes.finish(this, state, {"counts": dict(running.report.counts)})
            return running.report


@dataclass(slots=True)
class _Running:
    """One pass while it runs."""

    runner: PassRunner
    this: PassRecord
    snapshot: Snapshot
    report: PassReport

    def run(self, wanted: Sequence[Stage]) -> None:
        steps: dict[Stage, Callable[[], None]] = {
            "knowledge": self._knowledge,
            "inventory": self._inventory,
            "catalog": self._catalog,
            "match": self._match,
            "exposure": self._exposure,
            "bump": self._bump,
            "ticket": self._ticket,
        }
        for stage in STAGES:
            if stage in wanted:
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

    def _catalog(self) -> None:
        version, java_db = self._version(), self._java_db()
        stage = self.runner.stages.catalog
        outcome = self._attempt("catalog", lambda: stage.take(self.this, version, java_db))
        self._take_in(outcome)

    def _match(self) -> None:
        version, covered = self._version(), set[int]()

        def match() -> Outcome:
            outcome = self.runner.stages.match.take(self.this, version)
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
