"""What changed against the period before, and what ended without anybody's work."""

from __future__ import annotations

from typing import Any

from tests.unit.domain.days import day
from tests.unit.report.figures.windows import stretch
from watcher.report.figures.coverage import Watched, WatchedStream
from watcher.report.figures.management import document
from watcher.report.figures.period import Period
from watcher.report.figures.stretch import Stretch

PERIOD = Period(day(100), day(190))


def change(*stretches: Stretch, watched: tuple[WatchedStream, ...] = ()) -> Any:  # noqa: ANN401 JSON
    return document(PERIOD, "", stretches, Watched(watched))["change"]


def test_the_days_of_both_periods_stand_beside_each_other_in_all_and_by_team() -> None:
    told = change(
        stretch(90, 110, stream="a"),
        stretch(60, 80, stream="b", team="pay"),
        stretch(180, stream="c", team="pay"),
    )
    assert told["exposure_days"] == {"now": 20.0, "before": 30.0}
    assert told["by_team"] == [
        {"team": "pay", "now": 10.0, "before": 20.0},
        {"team": "shop", "now": 10.0, "before": 10.0},
    ]


def test_before_is_unknown_where_nothing_was_observed_then() -> None:
    watched = (WatchedStream("local/quiet/api:latest", "quiet"),)
    told = change(stretch(50, stream="a", detected=120, backfilled=True), watched=watched)
    assert told["exposure_days"] == {"now": 70.0, "before": None}
    assert told["by_team"] == [
        {"team": "shop", "now": 70.0, "before": None},
        {"team": "quiet", "now": 0.0, "before": None},
    ]


def test_a_team_that_had_nothing_while_others_were_observed_had_none() -> None:
    watched = (WatchedStream("local/quiet/api:latest", "quiet"),)
    told = change(stretch(50, stream="a"), watched=watched)
    assert told["by_team"][1] == {"team": "quiet", "now": 0.0, "before": 0.0}


def test_what_ended_without_a_rebuild_is_counted_by_cause() -> None:
    told = change(
        stretch(110, 120, stream="a"),
        stretch(110, 120, stream="b", cause="knowledge_withdrawn"),
        stretch(110, 130, stream="c", cause="knowledge_withdrawn"),
        stretch(110, 130, stream="d", cause="retired"),
        stretch(50, 60, stream="e", cause="retired"),
        stretch(150, stream="f"),
    )
    assert told["without_work"] == {"knowledge_withdrawn": 2, "retired": 1}
