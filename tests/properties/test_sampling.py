"""Coverage sampled at many times at once is that of each time, judged stream by stream."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.properties.databases import Databases
from tests.properties.histories import History, histories
from tests.properties.stormy import StormyWorld
from tests.timelines.world import moment
from watcher.adapters.store.views import SqlViews
from watcher.ports.store.views import Sampled

pytestmark = pytest.mark.slow

EXAMPLES = settings().max_examples


def judged(views: SqlViews, at: datetime, stale_after: timedelta) -> Sampled:
    """How many streams were watched and covered at a time, each by itself."""
    done = views.finished(at)
    if done is None:
        return Sampled(at, 0, 0)
    coverage = views.coverage(done.number, at, stale_after)
    covered: dict[str, bool] = {}
    for head in views.streams(done.number):
        if head.published:
            is_covered = covered.get(head.stream, True) and coverage[head.track].covered
            covered[head.stream] = is_covered
    covered |= {one.name: False for one in views.unlisted(done.number)}
    return Sampled(at, len(covered), sum(covered.values()))


@settings(max_examples=max(1, EXAMPLES // 8))
@given(history=histories(), hours=st.sampled_from((1, 24, 60, 24 * 30)))
def test_many_times_at_once_are_judged_as_each_by_itself(
    databases: Databases, history: History, hours: int
) -> None:
    with databases() as engine:
        world = StormyWorld(history, engine)
        for step in history["passes"]:
            world.play(step)
        moments = [moment(step["at"]) for step in history["passes"]]
        begin, end = moments[0] - timedelta(days=1), moments[-1] + timedelta(days=2)
        times = [begin + timedelta(hours=9) * n for n in range(int((end - begin).days * 2.7))]
        times = sorted({*times, *moments})
        views, stale_after = SqlViews(engine), timedelta(hours=hours)
        expected = [judged(views, at, stale_after) for at in times]
        assert views.sampled(times, stale_after) == expected
