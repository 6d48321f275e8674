"""What stays away for long: figures are said to be stale, nothing ends and nothing is doubled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.fakes.tracker import FakeTracker
from tests.faults.story.days import DAYS, Day
from tests.faults.story.world import World as Story
from tests.timelines.world import Document, World, moment
from watcher.bootstrap import pass_runner
from watcher.ports.store.passes import Snapshot
from watcher.services.pass_ import STAGES, PassReport

QUIET: Document = {
    "images": {"A": {"packages": ["p1", "p2"], "created": -20}},
    "passes": [
        {
            "at": 0,
            "knowledge": {"effective": -1, "matches": {"p1": ["V1"], "p2": ["V2"]}},
            "tags": {"t": "A"},
        }
    ],
}
HOURS = 24


def open_episodes(document: Document) -> list[list[str | None]]:
    return [
        [window["vulnerability"], episode["from"], episode["cause"]]
        for window in document["windows"]
        for episode in window["episodes"]
    ]


def test_a_week_without_its_source_ends_nothing_and_is_said_to_be_stale(engine: Engine) -> None:
    world = World(QUIET, engine)
    world.play(QUIET["passes"][0])
    before = open_episodes(world.exposures(moment(0)))
    assert len(before) == 2
    for day in range(1, 8):
        report = world.play({"at": day, "knowledge": "failed", "tags": {"t": "A"}})
        assert [one.stage for one in report.failures] == ["knowledge"]
        assert open_episodes(world.exposures(moment(day))) == before
    assert world.covered("t", moment(0.5))
    assert not world.covered("t", moment(7))
    back = {"effective": 7.5, "matches": {"p1": ["V1"], "p2": []}}
    world.play({"at": 8, "knowledge": back, "tags": {"t": "A"}})
    ended = [one[2] for one in open_episodes(world.exposures(moment(8)))]
    assert sorted(ended, key=str) == [None, "knowledge_withdrawn"]
    assert world.covered("t", moment(8))


def test_a_week_without_its_registry_ends_nothing_and_is_said_to_be_stale(engine: Engine) -> None:
    world = World(QUIET, engine)
    world.play(QUIET["passes"][0])
    before = open_episodes(world.exposures(moment(0)))
    for day in range(1, 8):
        world.play({"at": day, "tags": "failed"})
        assert open_episodes(world.exposures(moment(day))) == before
    assert not world.covered("t", moment(7))


def filing(folder: Path, engine: Engine, tracker: FakeTracker) -> Callable[[Day], PassReport]:
    """What makes passes of the story that file in a tracker in memory."""

    def make(told: Day) -> PassReport:
        parts = replace(Story(folder, engine)._parts(told), trackers={"tickets": tracker})
        return pass_runner(parts).make(told.at, told.at, STAGES, Snapshot("0" * 64, "{}"))

    return make


def keys(tracker: FakeTracker) -> list[tuple[str, str]]:
    return sorted((str(one.key), one.state) for one in tracker.tickets().tickets)


def test_a_day_without_its_tracker_files_each_ticket_once_and_late(
    engine: Engine, tmp_path: Path
) -> None:
    tracker = FakeTracker()
    make = filing(tmp_path, engine, tracker)
    make(DAYS[0])
    for hour in range(HOURS):
        tracker.fail_next("tickets")
        report = make(replace(DAYS[1], number=DAYS[1].number + hour / HOURS))
        assert [one.stage for one in report.failures].count("ticket") == 1
    assert keys(tracker) == []
    make(replace(DAYS[1], number=DAYS[1].number + 1))
    filed = keys(tracker)
    assert len({key for key, _ in filed}) == len(filed) == 2
    make(replace(DAYS[1], number=DAYS[1].number + 1 + 1 / HOURS))
    assert keys(tracker) == filed


@pytest.mark.parametrize("took_effect", [False, True])
def test_a_tracker_that_answers_wrongly_all_day_files_nothing_twice(
    engine: Engine, tmp_path: Path, *, took_effect: bool
) -> None:
    tracker = FakeTracker()
    make = filing(tmp_path, engine, tracker)
    make(DAYS[0])
    for hour in range(6):
        tracker.fail_next("create", took_effect=took_effect)
        make(replace(DAYS[1], number=DAYS[1].number + hour / HOURS))
    make(replace(DAYS[1], number=DAYS[1].number + 1))
    filed = [key for key, _ in keys(tracker)]
    assert len(filed) == len(set(filed)) == 2
