"""The record as it stood after one pass: what every document is composed from."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from watcher.bootstrap import App
from watcher.config import Config, remembered
from watcher.domain.errors import UsageError
from watcher.ports.store.ledger import Track
from watcher.ports.store.views import Coverage, FinishedPass
from watcher.reading.inherited import inherited_clocks
from watcher.reading.memory import LASTING, Keeping, Moment
from watcher.reading.sight import Sight
from watcher.report import clock
from watcher.report.dues import Judge

Got = TypeVar("Got")


@dataclass(frozen=True, slots=True)
class Asked:
    """Which time is asked for, and in which sense.

    `as_of` None asks for now. Else it asks what was known then; with `known_now`, for what is known
    now to have been so then. Raises UsageError where that is asked of no time.
    """

    as_of: datetime | None = None
    known_now: bool = False

    def __post_init__(self) -> None:
        if self.known_now and self.as_of is None:
            raise UsageError("--known-now asks for a past time: name it with --as-of")


@dataclass(frozen=True, slots=True)
class Reading:
    """A watcher whose record is read as it stood after pass `upto`, for the time `as_of`.

    `config` is the one in force: where a past time is asked for, that of the pass; where what is
    known now is asked for, today's. `until` cuts valid time: what came later is left out; None
    where the record ends before anyhow. `then` is the last pass made by `as_of`: what watcher did
    by then, such as looking at a stream or planning a bump, is never learnt later. `sight` is what
    the one who asks is limited to; None for everything. `of_now` is set where no time was asked
    for. `memory` keeps what is asked for again of the record now; None where nothing is.
    """

    app: App
    last: FinishedPass | None
    as_of: datetime
    config: Config
    then: int
    until: datetime | None = None
    sight: Sight | None = None
    of_now: bool = False
    memory: Keeping | None = None

    @classmethod
    def of(
        cls,
        app: App,
        asked: Asked,
        now: datetime,
        sight: Sight | None = None,
        memory: Keeping | None = None,
    ) -> Reading:
        """Read as of a time, or as of now; raises StartError where the database is not ready."""
        app.database.require(own_upgrade=False)
        last = app.views.finished(None if asked.known_now else asked.as_of)
        as_of = clock.as_of(asked.as_of, last, now)
        number = last.number if last else 0
        of_now = asked.as_of is None
        if of_now or last is None:
            config = app.config
            return cls(app, last, as_of, config, number, sight=sight, of_now=of_now, memory=memory)
        if not asked.known_now:
            config = remembered(app.views.configuration(number))
            return cls(app, last, as_of, config, number, sight=sight)
        then = app.views.finished(as_of)
        known = then.number if then else 0
        return cls(app, last, as_of, app.config, known, until=as_of, sight=sight)

    @property
    def upto(self) -> int:
        """The pass after which the record is read; 0 where there was none."""
        return self.last.number if self.last else 0

    @property
    def seen(self) -> frozenset[int] | None:
        """The streams that are seen, by number; None for all of them."""
        return None if self.sight is None else self.sight.streams(self.upto)

    def owns(self, name: str) -> bool:
        """Whether a stream, a repository or an image of this name is seen."""
        return self.sight is None or self.sight.owns(name)

    def judge(self) -> Judge:
        """By when exposures have to end: the policy, with what it asks for."""
        config = self.config
        policy, renames = config.policy.meant, config.renamed()
        inherited = inherited_clocks(self.app, self.upto, policy.clock, renames)
        flaws = self.app.feeds.flaws(self.upto)
        return Judge(policy, config.factors_of, flaws, inherited)

    def coverage(self) -> dict[Track, Coverage]:
        """Whether each track's figures can be relied on."""
        return self.kept(
            "coverage",
            lambda: self.app.views.coverage(self.then, self.as_of, self.config.stale_after),
        )

    def kept(self, what: Hashable, make: Callable[[], Got], lasting: timedelta = LASTING) -> Got:
        """What is worked out of the whole record, whoever asks; kept where that is of now."""
        if self.memory is None:
            return make()
        return self.memory.get(what, Moment(self.upto, self.as_of), make, lasting)
