"""A report drawn from the ledger's columns is the one that is drawn stretch by stretch."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, update

from tests.properties.databases import Databases
from tests.properties.histories import History, histories
from tests.properties.stormy import StormyWorld
from tests.timelines.world import moment
from watcher.adapters.store.tables.ledger import episodes
from watcher.bootstrap import App, build
from watcher.config import load
from watcher.reading import many
from watcher.reading.management import Draft
from watcher.reading.reading import Asked, Reading
from watcher.report.figures.many.drawn import Drawn
from watcher.report.figures.many.gathered import gathered
from watcher.report.figures.span import ticks
from watcher.report.written import written

pytestmark = pytest.mark.slow

EXAMPLES = settings().max_examples
POLICIES = (
    {"preset": "default"},
    {"preset": "bod-26-04"},
    {"rules": {"CRITICAL": 1, "HIGH": None}},
)
DAWN = datetime.min.replace(tzinfo=UTC)


@contextmanager
def opened(engine: Engine, policy: object) -> Iterator[App]:
    """A watcher over a record."""
    settings_ = {"database": {"url": str(engine.url)}, "policy": policy}
    file = Path(str(engine.url.database)).with_suffix(".yaml")
    file.write_text(yaml.safe_dump(settings_), encoding="utf-8")
    with build(load(file, {})) as app:
        yield app


def played(engine: Engine, history: History) -> list[datetime]:
    """Play a history; returns when its passes were."""
    world = StormyWorld(history, engine)
    for step in history["passes"]:
        world.play(step)
    return [moment(step["at"]) for step in history["passes"]]


def drafts(app: App, times: list[datetime]) -> Iterator[Draft]:
    """Reports of each of those times, and of now."""
    now = times[-1] + timedelta(hours=5)
    for at in (*times, None):
        record = Reading.of(app, Asked(at), now)
        yield Draft.of(record, record.as_of - timedelta(days=6))


@settings(max_examples=max(1, EXAMPLES // 8))
@given(history=histories(), policy=st.sampled_from(POLICIES))
def test_columns_say_what_stretches_say(
    databases: Databases, history: History, policy: object
) -> None:
    with databases() as engine:
        times = played(engine, history)
        with opened(engine, policy) as app:
            for draft in drafts(app, times):
                assert written(draft.in_columns()) == written(draft.one_by_one())


@settings(max_examples=max(1, EXAMPLES // 20))
@given(history=histories())
def test_so_they_do_of_a_record_whose_watcher_kept_no_clocks(
    databases: Databases, history: History
) -> None:
    with databases() as engine:
        times = played(engine, history)
        nothing = dict.fromkeys(("present_at", "known_at", "affected_id", "resumes"))
        with engine.begin() as connection:
            connection.execute(update(episodes).where(episodes.c.id % 2 == 0).values(nothing))
        with opened(engine, POLICIES[0]) as app:
            for draft in drafts(app, times):
                assert written(draft.in_columns()) == written(draft.one_by_one())


@settings(max_examples=max(1, EXAMPLES // 8))
@given(history=histories(), days=st.integers(0, 20))
def test_what_ended_long_ago_changes_nothing_of_what_is_read(
    databases: Databases, history: History, days: int
) -> None:
    with databases() as engine:
        times = played(engine, history)
        with opened(engine, POLICIES[0]) as app:
            *_, draft = drafts(app, times)
            reach = times[-1] - timedelta(days=days)
            assert runs(draft, reach, reach) == runs(draft, DAWN, reach)


def runs(draft: Draft, read_from: datetime, since: datetime) -> set[tuple[object, ...]]:
    """What lasted behind a time, as it is read from another one on."""
    record = draft.record
    columns = record.app.columns
    beside = many.Beside(columns, record.upto)
    told = columns.episodes(record.upto, read_from, ())
    found = gathered(told, beside, draft.owned, draft.judge, ())
    names, rows = found.names, Drawn.of(found).runs
    told_of = zip(
        *(rows.stream.tolist(), rows.flaw.tolist(), rows.start.tolist(), rows.end.tolist()),
        *(rows.seen.tolist(), rows.cause.tolist(), rows.severity.tolist(), rows.due.tolist()),
        *(rows.fixed.tolist(), rows.known.tolist(), rows.backfilled.tolist()),
        strict=True,
    )
    return {
        (names.streams.names[stream], names.flaws.names[flaw], start, end, *rest)
        for stream, flaw, start, end, *rest in told_of
        if end > ticks(since)
    }
