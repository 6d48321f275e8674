"""Sums over all stretches at once are those over one after another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

import pytest

from tests.unit.cli.conftest import FakeColumns
from tests.unit.domain.days import day
from tests.unit.report.figures.windows import random_windows, team_of
from watcher.domain.policy import DEFAULT, Due
from watcher.domain.waterfall import Milestones
from watcher.ports.store.columns import EpisodeColumns
from watcher.reading.many import Beside
from watcher.report.dues import DEFAULT_JUDGE
from watcher.report.figures.accepted import Accepted
from watcher.report.figures.coverage import Watched
from watcher.report.figures.ended import Ended
from watcher.report.figures.management import Summed, document, drawn
from watcher.report.figures.many.drawn import Drawn
from watcher.report.figures.many.gathered import Gathered, gathered, with_stretches
from watcher.report.figures.many.names import Owned
from watcher.report.figures.period import Period
from watcher.report.figures.stretch import Stretch, stretches_of
from watcher.report.written import written

AS_OF = 200.0
BASES = {"local/shop/api:latest": "base/a:1", "local/pay/gate:latest": "base/b:1"}
OWNED = Owned(team_of, BASES)


def stretches(seed: int) -> list[Stretch]:
    """Stretches of a random fleet, with due times and milestones of any kind."""
    chance = Random(seed)  # noqa: S311 - a fleet
    found = list(stretches_of(random_windows(seed, AS_OF), team_of, BASES))
    return [
        replace(one, due=due(chance, one.start), milestones=milestones(chance, one))
        for one in found
    ]


def due(chance: Random, start: datetime) -> Due:
    state = chance.choice(("due", "due", "undetermined", "waiting", "unlimited"))
    if state == "due":
        return Due("due", start + timedelta(days=chance.uniform(-9, 99)))
    if state == "undetermined":
        return Due("undetermined", None, chance.choice((("impact",), ("epss", "impact"))))
    return Due("waiting" if state == "waiting" else "unlimited")


def milestones(chance: Random, one: Stretch) -> Milestones:
    def some() -> datetime | None:
        after = timedelta(days=chance.uniform(-5, 60))
        return one.start + after if chance.random() < 0.6 else None

    return Milestones(some(), one.detected, some(), some(), some(), chance.random() < 0.5)


def empty() -> Gathered:
    """What is gathered of a ledger without episodes."""
    return gathered(EpisodeColumns(), Beside(FakeColumns(), 0), OWNED, DEFAULT_JUDGE, ())


def at_once(told: Sequence[Stretch], period: Period) -> str:
    found = with_stretches(empty(), told, OWNED)

    def packages(rows: Iterable[int]) -> set[str]:
        return {name for row in rows for name in found.packages[row]}

    first = min((one.detected for one in told), default=None)
    fleet = Drawn.of(found).fleet(period, DEFAULT, packages, first)
    summed = Summed(fleet, Accepted(), Ended.by([], period))
    return written(drawn(summed, "all streams", Watched(())))


@pytest.mark.parametrize("length", [5, 90, 400])
@pytest.mark.parametrize("seed", range(12))
def test_a_report_drawn_at_once_is_the_one_drawn_one_by_one(seed: int, length: int) -> None:
    period = Period(day(AS_OF - length), day(AS_OF))
    told = stretches(seed)
    expected = written(document(period, "all streams", told, Watched(())))
    assert at_once(told, period) == expected


def test_a_report_on_nothing_is_the_same_either_way() -> None:
    period = Period(day(AS_OF - 90), day(AS_OF))
    assert at_once([], period) == written(document(period, "all streams", [], Watched(())))
