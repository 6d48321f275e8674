"""One pass while it runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter

from watcher.domain.errors import AttemptError, StartError
from watcher.domain.knowledge import KnowledgeVersion
from watcher.domain.places import Places
from watcher.ports.crew import Wanted
from watcher.ports.store.passes import PassRecord, Snapshot
from watcher.ports.trace import piece
from watcher.services.about import about
from watcher.services.audit import NIGHTLY, Sample
from watcher.services.outcome import Outcome
from watcher.services.pass_.parts import Records, Stages
from watcher.services.pass_.report import ORDER, PassReport, Stage
from watcher.services.pass_.watch import Watch
from watcher.services.work import Bench


@dataclass(slots=True)
class Running:
    """One pass while it runs: its stages, and the record they leave."""

    stages: Stages
    records: Records
    scanner_version: Callable[[], str]
    this: PassRecord
    snapshot: Snapshot
    report: PassReport
    watch: Watch
    places: Places | None = None  # where the inventory looks; None: everywhere
    sample: Sample = NIGHTLY
    matched: set[int] = field(default_factory=set)  # contexts, under the version in force

    def run(self, wanted: Sequence[Stage], bench: Bench) -> None:
        """Run the wanted stages in their order."""
        steps: dict[Stage, Callable[[], None]] = {
            "knowledge": self._knowledge,
            "inventory": self._inventory,
            "catalog": lambda: self._catalog(bench),
            "match": lambda: self._match(bench),
            "audit": lambda: self._audit(bench),
            "exposure": self._exposure,
            "bump": self._bump,
            "ticket": self._ticket,
        }
        for stage in ORDER:
            if stage in wanted:
                self.watch.look()
                with self._timed(stage):
                    steps[stage]()
        if "knowledge" in wanted:
            self._take_in(self.stages.retention.take(self.this))
        self.report.counts["packages_distinct"] = self.records.catalogues.distinct_packages()
        versions = self.records.matches.versions()
        self.report.knowledge = versions[-1] if versions else None
        self.report.java_db = self._java_db()

    @contextmanager
    def _timed(self, stage: Stage) -> Iterator[None]:
        begun = perf_counter()
        with about(stage=stage), piece(f"stage {stage}", stage=stage):
            yield
        self.report.seconds[stage] = round(perf_counter() - begun, 3)

    def _knowledge(self) -> None:
        outcome = self.stages.knowledge.take(self.this)
        self.records.passes.cover(self.this, "knowledge", outcome.covered)
        self.report.knowledge_changed = outcome.changed
        outcome.failures += self.stages.feeds.take(self.this).failures
        self._take_in(outcome)

    def _inventory(self) -> None:
        stages, passes = self.stages, self.records.passes
        listed = stages.inventory.take(self.this, self.places)
        passes.cover(self.this, "inventory", listed.covered, listed.tried)
        passes.cover(self.this, "reconciliation", listed.reconciled, listed.tried)
        self.watch.look()
        rules_changed = passes.previous_snapshot(self.this) not in {None, self.snapshot.sha256}
        viewed = stages.streams.take(
            self.this, listed.changed, rules_changed=rules_changed, within=listed.tried
        )
        listed.failures += viewed.failures
        if self.places is None:
            listed.failures += stages.attestations.take(self.this).failures
        self._take_in(listed, self.places.hold if self.places is not None else None)

    def _catalog(self, bench: Bench) -> None:
        under = Wanted(self.scanner_version(), self._version().db_digest, self._java_db())
        stage = self.stages.catalog
        self._take_in(self._attempt("catalog", lambda: stage.take(self.this, under, bench)))

    def _match(self, bench: Bench) -> None:
        version = self._version()
        under = Wanted(self.scanner_version(), version.db_digest)

        def match() -> Outcome:
            outcome = self.stages.match.take(self.this, version, under, bench)
            self.matched |= outcome.covered
            return outcome

        self._take_in(self._attempt("match", match))
        self._take_in(self.stages.birth.take(self.this, version, frozenset(self.matched)))
        self._direct(bench)

    def _direct(self, bench: Bench) -> None:
        """Scan what is matched on its own: who differs at birth is among them at once."""
        version = self._version()
        under = Wanted(self.scanner_version(), version.db_digest, self._java_db())

        def direct() -> Outcome:
            outcome = self.stages.direct.take(self.this, version, under, bench)
            self.matched |= outcome.covered
            # Who is taken back, or was sent away, is counted as it is now.
            self.report.counts["direct"] = outcome.counts.pop("direct", 0)
            return outcome

        self._take_in(self._attempt("direct", direct))
        self.records.passes.cover(self.this, "match", self.matched)

    def _audit(self, bench: Bench) -> None:
        version = self._version()
        under = Wanted(self.scanner_version(), version.db_digest, self._java_db())

        def audit() -> Outcome:
            asked = (version, under, self.sample)
            self.report.audit = self.stages.audit.take(self.this, asked, self.matched, bench)
            return self.report.audit

        self._take_in(self._attempt("audit", audit))
        if self.report.audit is not None and self.report.audit.mismatching:
            self._direct(bench)

    def _exposure(self) -> None:
        # What is stated is subtracted here, so whoever folds asks the feeds first.
        stated = self.stages.vex.take(self.this)
        if stated.covered or stated.failures:
            self.records.passes.cover(self.this, "vex", stated.covered)
        self._take_in(stated)
        self._take_in(self.stages.exposure.take(self.this))

    def _bump(self) -> None:
        self._take_in(self.stages.bump.take(self.this, self._version()))

    def _ticket(self) -> None:
        self._take_in(self.stages.ticket.take(self.this))

    def _attempt(self, stage: str, step: Callable[[], Outcome]) -> Outcome:
        """Run a step; where it cannot even begin, that is its one failure."""
        try:
            return step()
        except AttemptError as error:
            outcome = Outcome(stage)
            outcome.failed(stage, error)
            return outcome

    def _version(self) -> KnowledgeVersion:
        versions = self.records.matches.versions()
        if not versions:
            reasons = "; ".join(f"{one.subject}: {one.error}" for one in self.report.failures)
            hint = reasons or "run the knowledge stage first"
            raise StartError(f"no usable vulnerability database was ever had: {hint}")
        return versions[-1]

    def _java_db(self) -> str | None:
        """The Java database in force; none where the configuration no longer wants one."""
        wanted = self.stages.knowledge.sources.java_db
        return self.records.matches.java_db() if wanted else None

    def _take_in(self, outcome: Outcome, tried: Callable[[str], bool] | None = None) -> None:
        self.report.counts.update(outcome.counts)
        # In the order of their names, whichever thread was first.
        self.report.failures += sorted(outcome.failures, key=lambda one: one.subject)
        self.report.notes += sorted(outcome.notes, key=lambda one: one.subject)
        self.records.passes.record_failures(self.this, outcome.stage, outcome.failures, tried)
