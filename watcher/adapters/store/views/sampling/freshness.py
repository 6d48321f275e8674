"""Whether work was fresh at each sample: subjects that succeeded alike are judged together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from sqlalchemy import Connection, select

from watcher.adapters.store.tables.packages import contexts
from watcher.adapters.store.tables.passes import coverage, passes
from watcher.adapters.store.views.sampling.moments import Moments

Success = tuple[datetime, datetime, int, int | None]  # since, until, opened, closed
_KNOWLEDGE = 0  # the one subject of the stage `knowledge`


@dataclass(frozen=True, slots=True)
class Fresh:
    """What was fresh at each sample.

    `repositories` gives each one's `kinds`; `listed` says of a kind whether it was ever listed,
    `fresh` whether lately enough. `everything` is what all streams need: knowledge was asked for
    and the ledger folded. `stale` are contexts whose match is too old, or was never made.
    """

    repositories: Mapping[int, int]
    listed: Sequence[Sequence[bool]]
    fresh: Sequence[Sequence[bool]]
    everything: Sequence[bool]
    stale: Sequence[frozenset[int]]

    def kind(self, repository: int) -> int:
        """The kind of a repository; the first one was never listed."""
        return self.repositories.get(repository, 0)


def read_fresh(connection: Connection, moments: Moments, stale_after: timedelta) -> Fresh:
    """Read what succeeded when, of every stage that streams rest on."""
    rows: dict[tuple[str, int], list[Success]] = defaultdict(list)
    one = coverage.c
    statement = select(one.stage, one.subject, one.since, one.until, one.opened_in, one.closed_in)
    wanted = statement.where(one.stage.in_(("inventory", "knowledge", "match")))
    for stage, subject, *told in connection.execute(wanted.order_by(one.id)):
        rows[stage, subject].append((*told,))
    judge = _Judge(moments, stale_after, *_tried(connection, moments))
    kinds: dict[tuple[Success, ...], int] = {(): 0}
    repositories = {
        subject: kinds.setdefault(tuple(found), len(kinds))
        for (stage, subject), found in rows.items()
        if stage == "inventory"
    }
    lasts = [judge.lasts("inventory", kind) for kind in kinds]
    polled = judge.fresh(judge.lasts("knowledge", rows.get(("knowledge", _KNOWLEDGE), ())))
    folded = judge.fresh(judge.folded)
    matched = {
        number: judge.fresh(judge.lasts("match", rows.get(("match", number), ())))
        for number in connection.scalars(select(contexts.c.id))
    }
    places = range(len(moments.numbers))
    return Fresh(
        repositories,
        [[last is not None for last in told] for told in lasts],
        [judge.fresh(told) for told in lasts],
        [polled[place] and folded[place] for place in places],
        [frozenset(one for one, told in matched.items() if not told[place]) for place in places],
    )


@dataclass(frozen=True, slots=True)
class _Judge:
    moments: Moments
    stale_after: timedelta
    tried: Sequence[Mapping[str, datetime]]  # when each stage was last tried, by sample
    folded: Sequence[datetime | None]

    def lasts(self, stage: str, told: Sequence[Success]) -> list[datetime | None]:
        """The last success at each sample, as `read_freshness` gives it."""
        return [
            self._last(stage, told, number, self.tried[place])
            for place, number in enumerate(self.moments.numbers)
        ]

    def fresh(self, lasts: Sequence[datetime | None]) -> list[bool]:
        """Whether that was lately enough."""
        times = zip(self.moments.times, lasts, strict=True)
        return [last is not None and at - last <= self.stale_after for at, last in times]

    def _last(
        self, stage: str, told: Sequence[Success], number: int, tried: Mapping[str, datetime]
    ) -> datetime | None:
        ended: list[datetime] = []
        begun: list[datetime] = []
        reached: list[datetime] = []
        for since, until, opened, closed in told:
            if opened > number:
                continue
            if closed is not None and closed <= number:
                ended.append(until)
            else:
                begun.append(since)
                reached.append(until)
        if begun:
            ended += [max(begun), min(max(reached), tried.get(stage, max(begun)))]
        return max(ended, default=None)


def _tried(
    connection: Connection, moments: Moments
) -> tuple[list[dict[str, datetime]], list[datetime | None]]:
    """When each stage was last tried, and when the ledger was last folded, by sample."""
    one = passes.c
    statement = select(one.id, one.at, one.stages, one.folded, one.state).order_by(one.id)
    tried: dict[str, datetime] = {}
    folds: datetime | None = None
    made = iter(connection.execute(statement.where(one.id <= moments.last)).all())
    found: list[dict[str, datetime]] = []
    folded: list[datetime | None] = []
    for before, number in pairwise((0, *moments.numbers)):
        if number > before:
            for row in made:
                if row.state in {"complete", "partial"}:
                    tried |= dict.fromkeys(row.stages, row.at)
                if row.folded:
                    folds = row.at if folds is None else max(folds, row.at)
                if row.id == number:
                    break
        found.append(dict(tried))
        folded.append(folds)
    return found, folded
