"""The record as it stood after one pass: what every document is composed from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from watcher.bootstrap import App
from watcher.ports.store.ledger import Track
from watcher.ports.store.views import Coverage, FinishedPass
from watcher.reading.inherited import inherited_clocks
from watcher.report import clock
from watcher.report.dues import Judge


@dataclass(frozen=True, slots=True)
class Reading:
    """A watcher whose record is read as it stood after pass `upto`, for the time `as_of`."""

    app: App
    last: FinishedPass | None
    as_of: datetime

    @classmethod
    def of(cls, app: App, asked: datetime | None, now: datetime) -> Reading:
        """Read as of a time, or as of now; raises StartError where the database is not ready."""
        app.database.require(own_upgrade=False)
        last = app.views.finished(asked)
        return cls(app, last, clock.as_of(asked, last, now))

    @property
    def upto(self) -> int:
        """The pass after which the record is read; 0 where there was none."""
        return self.last.number if self.last else 0

    def judge(self) -> Judge:
        """By when exposures have to end: the policy, with what it asks for."""
        config = self.app.config
        policy, renames = config.policy.meant, config.renamed()
        inherited = inherited_clocks(self.app, self.upto, policy.clock, renames)
        flaws = self.app.feeds.flaws(self.upto)
        return Judge(policy, config.factors_of, flaws, inherited)

    def coverage(self) -> dict[Track, Coverage]:
        """Whether each track's figures can be relied on."""
        stale_after = self.app.config.stale_after
        return self.app.views.coverage(self.upto, self.as_of, stale_after)
