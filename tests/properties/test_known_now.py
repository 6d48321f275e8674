"""What is known now of a past time is the ledger of now, cut there, whatever happened."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import example, given, settings
from sqlalchemy import Engine

from tests.properties.databases import Databases
from tests.properties.histories import History, histories
from tests.properties.record import Ledger, Written, last_pass, written
from tests.properties.stormy import StormyWorld
from tests.timelines.world import moment
from watcher.adapters.store.exposures import SqlExposures
from watcher.ports.store.exposures import WindowFilter

pytestmark = pytest.mark.slow

EXAMPLES = settings().max_examples

# Nobody matched between days 0 and 4, so W may have ended before the image moved: that is known now
# of day 1 as well.
UNMATCHED: History = {
    "images": {
        "A": {"packages": [], "arm": None, "created": None},
        "D": {"packages": ["p1"], "arm": None, "created": None},
    },
    "streams": "version",
    "published": {},
    "passes": [
        {
            "at": 0,
            "pushed": {"1.0.1": -0.1},
            "knowledge": {"effective": -2, "matches": {"p1": ["W"]}},
            "truth": {"1.0.1": "D"},
            "tags": {"1.0.1": "D"},
        },
        {"at": 0.25, "pushed": {}, "truth": {"1.0.1": "A"}, "tags": {"1.0.1": "A"}},
        {
            "at": 0.5,
            "pushed": {},
            "knowledge": {"effective": 0.5, "matches": {"p1": ["W"]}},
            "truth": {"1.0.1": "A"},
            "tags": {"1.0.1": "A"},
            "match": "failed",
        },
        {
            "at": 1.5,
            "pushed": {},
            "knowledge": {"effective": 1.5, "matches": {"p1": []}},
            "truth": {"1.0.1": "A"},
            "tags": {"1.0.1": "A"},
            "match": "failed",
        },
        {"at": 4.5, "pushed": {}, "truth": {"1.0.1": "A"}, "tags": {"1.0.1": "A"}},
    ],
}


def read(engine: Engine, until: datetime | None) -> Ledger:
    found = SqlExposures(engine).windows(WindowFilter(until=until), last_pass(engine))
    return {
        (f"{one.repository.path} {one.stream}", one.track.platform, one.vulnerability): [
            written(each.episode) for each in one.episodes
        ]
        for one in found
    }


def cut(ledger: Ledger, at: datetime) -> Ledger:
    """Episodes that had begun, without the ends that were still to come."""
    begun = {
        place: [_cut(one, at) for one in episodes if one.start <= at]
        for place, episodes in ledger.items()
    }
    return {place: episodes for place, episodes in begun.items() if episodes}


def _cut(one: Written, at: datetime) -> Written:
    if one.end is None or one.end <= at:
        return one
    return Written(one.start, one.start_not_before, one.backfilled, None, None, None)


@settings(max_examples=max(1, EXAMPLES // 8))
@given(history=histories())
@example(history=UNMATCHED)
def test_the_ledger_cut_at_any_pass_is_what_the_facts_cut_there_say(
    databases: Databases, history: History
) -> None:
    with databases() as engine:
        world = StormyWorld(history, engine)
        for step in history["passes"]:
            world.play(step)
        whole = read(engine, None)
        for step in history["passes"]:
            at = moment(step["at"])
            assert read(engine, at) == cut(whole, at)
