"""Makes passes, one at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from watcher.domain.errors import UsageError
from watcher.domain.places import Places
from watcher.ports.registry import Registry
from watcher.ports.scanner import Scanner
from watcher.ports.store.passes import PassState, Snapshot
from watcher.ports.trace import piece
from watcher.services.about import about
from watcher.services.pass_.meter import Meter
from watcher.services.pass_.parts import Records, Stages
from watcher.services.pass_.report import PassReport, Stage, looked
from watcher.services.pass_.running import Running
from watcher.services.pass_.watch import COMMANDED, Mood, Watch
from watcher.services.work import Workplace


@dataclass(frozen=True, slots=True)
class PassRunner:
    """Makes passes, one at a time."""

    records: Records
    stages: Stages
    registries: Sequence[Registry]
    scanner: Scanner
    workplace: Workplace
    places: Places | None = None

    def at_places(self, places: Places | None) -> PassRunner:
        """One whose passes take the inventory of some places alone; None: of everything."""
        return replace(self, places=places)

    def make(
        self,
        at: datetime,
        started_at: datetime,
        wanted: Sequence[Stage],
        snapshot: Snapshot,
        mood: Mood = COMMANDED,
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
            done = wanted if self.places is None else looked(wanted)
            this = self.records.passes.begin(at, started_at, done, snapshot)
            watch, meter = Watch(holds, mood.stopping), Meter.begun(self.registries)
            running = Running(
                self.stages,
                self.records,
                lambda: self.scanner.version,
                this,
                snapshot,
                PassReport(at),
                watch,
                self.places,
                mood.sample,
            )
            try:
                with (
                    about(pass_number=this.number),
                    piece("pass", number=this.number),
                    self.workplace.bench(
                        "pass", eager=mood.eager, stopping=mood.stopping, guard=watch.look
                    ) as bench,
                ):
                    running.run(wanted, bench)
                    running.report.counts.update(meter.counted())
            except BaseException:
                self.records.passes.finish(this, "abandoned", {})
                raise
            running.report.number = this.number
            state: PassState = "partial" if running.report.failures else "complete"
            self.records.passes.finish(this, state, {"counts": dict(running.report.counts)})
            return running.report
