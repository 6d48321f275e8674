"""The timeline: where things lie on it, how they end, and which of them share a lane."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from watcher.ports.store.browsing import KnownVersion, PointedTo
from watcher.report.times import stamp
from watcher.web.axis import Axis
from watcher.web.labels import label
from watcher.web.rows import ShownPackage, WindowRow
from watcher.web.timeline import Timeline, timeline

START = datetime(2026, 3, 1, tzinfo=UTC)
AXIS = Axis(START, START + timedelta(days=100))
Drawn = tuple[WindowRow, list[dict[str, Any]]]


def day(number: float) -> datetime:
    return START + timedelta(days=number)


def episode(start: float, end: float | None = None, cause: str | None = None) -> dict[str, Any]:
    return {
        "from": stamp(day(start)),
        "to": None if end is None else stamp(day(end)),
        "cause": cause or (None if end is None else "remediated"),
        "ended_by": "sha256:new" if end is not None else None,
        "backfilled": False,
        "known_in_db": [None, stamp(day(start))],
        "present": stamp(day(start)),
    }


def window(
    *episodes: dict[str, Any], name: str = "CVE-1", severity: str = "HIGH", package: str = "x"
) -> Drawn:
    last = episodes[-1]
    row = WindowRow(
        vulnerability=name,
        severity=severity,
        stream="local/shop/api#2",
        platform="linux/amd64",
        team=None,
        covered=True,
        open=last["to"] is None,
        since=last["from"],
        until=last["to"],
        backfilled=False,
        days=1,
        cumulative_days=1,
        stretches=len(episodes),
        cause=last["cause"],
        ended_by=last["ended_by"],
        last_image="sha256:old",
        repository="local/shop/api",
        packages=(ShownPackage(package, "1", ""),),
        due=None,
        due_state="unlimited",
        late=0,
        ends=None,
        repeats=False,
    )
    return row, list(episodes)


def pointed(start: float, end: float | None, image: str, *tags: str) -> PointedTo:
    return PointedTo(
        start=day(start),
        start_not_before=None,
        backfilled=False,
        end=None if end is None else day(end),
        reason=None,
        target=image,
        image=image,
        created=None,
        catalogued=True,
        tags=tags,
        base=None,
    )


def chart(*drawn: Drawn, history: tuple[PointedTo, ...] = ()) -> Timeline:
    return timeline(AXIS, "2", history, [], drawn)


def test_a_bar_lies_where_its_episode_does_and_is_cut_at_the_edges() -> None:
    (lane,) = chart(window(episode(-50, 25), episode(50))).lanes
    first, second = lane.bars
    assert (first.x, first.width, first.end, first.before) == ("0.00%", "25.00%", "25.00%", True)
    assert (second.x, second.width, second.mark) == ("50.00%", "50.00%", "arrow")
    assert lane.gaps == (("25.00%", "50.00%"),)


@pytest.mark.parametrize(
    ("cause", "mark"),
    [
        ("remediated", "bar"),
        ("knowledge_withdrawn", "ring"),
        ("detection_change", "square"),
        ("vex_not_affected", "diamond"),
        ("retired", "cross"),
        ("out_of_scope", "cross"),
    ],
)
def test_each_cause_has_its_own_mark(cause: str, mark: str) -> None:
    (lane,) = chart(window(episode(1, 2, cause))).lanes
    assert lane.bars[0].mark == mark


def test_a_closed_lane_names_the_image_that_ended_it() -> None:
    history = (pointed(0, 20, "sha256:old", "2.0.0"), pointed(20, None, "sha256:new", "2", "2.1.0"))
    (lane,) = chart(window(episode(1, 20)), history=history).lanes
    assert (lane.ending, lane.by) == ("remediated", "2.1.0")


def test_what_is_below_medium_or_off_the_axis_has_no_lane() -> None:
    drawn = chart(
        window(episode(1), name="A", severity="LOW"),
        window(episode(-9, -1), name="B"),
        window(episode(2), name="C", severity="MEDIUM"),
    )
    assert ([lane.vulnerability for lane in drawn.lanes], drawn.low) == (["C"], 1)


def test_beyond_thirty_windows_those_of_one_history_share_a_lane() -> None:
    same = [window(episode(1, 9), name=f"A{number}") for number in range(31)]
    (lane,) = chart(*same).lanes
    assert lane.windows == 31
    assert len(chart(*same[:30]).lanes) == 30
    apart = [window(episode(number, 60), name=f"B{number}") for number in range(31)]
    assert len(chart(*apart).lanes) == 31


def test_more_lanes_than_anybody_reads_are_counted() -> None:
    drawn = chart(*(window(episode(number + 0.5, 90)) for number in range(80)))
    assert (len(drawn.lanes), drawn.more) == (60, 20)


def test_knowledge_that_changed_the_stream_stands_out() -> None:
    known = [KnownVersion("0", "d", day(at), day(at)) for at in (-5, 10, 20, 30, 40)]
    published_before = episode(7, 90) | {
        "known_in_db": [stamp(day(-5)), stamp(day(10))],
        "present": stamp(day(2)),
    }
    pushed_later = episode(25, 90) | {"known_in_db": [stamp(day(10)), stamp(day(20))]}
    taken_back = episode(3, 40, "knowledge_withdrawn")
    drawn = timeline(
        AXIS, "2", [], known, [window(published_before), window(pushed_later), window(taken_back)]
    )
    assert [changed for _, changed in drawn.ticks] == [True, False, False, True]


def test_images_that_were_left_before_the_axis_begins_are_not_drawn() -> None:
    history = (pointed(-20, -10, "sha256:a"), pointed(-10, 50, "sha256:b"), pointed(50, None, "c"))
    bands = chart(history=history).bands
    assert [(band.x, band.width, band.current) for band in bands] == [
        ("0.00%", "50.00%", False),
        ("50.00%", "50.00%", True),
    ]


def test_a_label_is_left_out_where_there_is_no_room_for_it() -> None:
    history = (
        pointed(0, 1, "sha256:a", "2.0.0"),
        pointed(1, 12, "sha256:b", "2.0.1"),
        pointed(12, None, "sha256:c", "2.0.2"),
    )
    assert [band.room for band in chart(history=history).bands] == ["none", "wide", "any"]


def test_an_image_is_called_by_the_tag_that_says_most() -> None:
    assert label(pointed(0, 1, "sha256:a", "2", "latest", "2.1", "2.1.0"), "2") == "2.1.0"
    assert label(pointed(0, 1, "sha256:a", "main", "build-7"), "main") == "build-7"
    assert label(pointed(0, 1, f"sha256:{'a' * 64}", "main"), "main") == "a" * 12


def test_an_axis_names_a_handful_of_midnights_in_order() -> None:
    for days in (7, 8, 30, 56, 100, 182, 364, 4000):
        axis = Axis(START - timedelta(days=days), START + timedelta(hours=6))
        places = list(axis.places())
        assert 2 <= len(places) <= 9
        assert [place.at for place in places] == sorted(place.at for place in places)
        assert places[-1].at == stamp(START)
