"""Intervals: drawn over clusters, the same for the same record, none where too few are there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.unit.report.figures.windows import stretch
from tests.unit.report.pages.reports import AS_OF, fleet, report
from watcher.report.figures.stretch import Stretch

PLAIN = (
    "mttr_naive_days",
    "open_age_mean_days",
    "km_median_days",
    "exposure_days",
    "past_due_share",
)


def every_interval(told: dict[str, Any]) -> dict[str, list[float] | None]:
    figures = told["figures"]
    plain = {name: figures[name]["ci"] for name in PLAIN}
    return plain | {
        f"survival {day}": one["ci"] for day, one in figures["survival"].items() if day != "90"
    }


def on_bases(bases: int) -> Iterator[Stretch]:
    """The fleet of 24 streams on so many bases."""
    for number, one in enumerate(fleet()):
        yield replace(one, cluster=f"base/{number // 4 % bases}")


def test_every_figure_that_can_be_estimated_has_an_interval_around_it() -> None:
    told = report(fleet())
    figures = told["figures"]
    for name in PLAIN:
        low, high = figures[name]["ci"]
        assert low <= figures[name]["value"] <= high
        assert low < high
    assert figures["survival"]["7"]["ci"][0] < figures["survival"]["7"]["value"]


def test_the_same_record_has_the_same_intervals_in_whatever_order_it_is_read() -> None:
    streams: dict[str, list[Stretch]] = {}
    for one in fleet():
        streams.setdefault(one.stream, []).append(one)
    backwards = [one for found in reversed(streams.values()) for one in found]
    assert every_interval(report(fleet())) == every_interval(report(backwards))


def test_a_minute_later_intervals_have_moved_as_little_as_the_figures() -> None:
    now, later = report(fleet(), as_of=AS_OF + 0.25), report(fleet(), as_of=AS_OF + 0.251)
    moved = every_interval(later)
    for name, ci in every_interval(now).items():
        assert ci is not None
        assert moved[name] == pytest.approx(ci, rel=0.002)


def test_streams_on_one_base_are_drawn_together() -> None:
    alone, together = report(fleet()), report(on_bases(10))
    assert every_interval(alone) != every_interval(together)
    for name in PLAIN:
        assert alone["figures"][name]["value"] == together["figures"][name]["value"]


@pytest.mark.parametrize(("bases", "given"), [(9, False), (10, True)])
def test_fewer_than_ten_clusters_give_no_interval(bases: int, *, given: bool) -> None:
    found = every_interval(report(on_bases(bases)))
    assert {ci is not None for ci in found.values()} == {given}


def test_what_cannot_be_estimated_has_no_interval_either() -> None:
    assert report(fleet())["figures"]["rmst_90_days"] == {
        **report(fleet())["figures"]["rmst_90_days"],
        "value": None,
        "ci": None,
    }
    told = report([stretch(30, None, stream=f"local/shop/{n}:latest") for n in range(20)])
    assert told["figures"]["km_median_days"]["value"] is None
    assert told["figures"]["km_median_days"]["ci"] is None
    assert told["figures"]["mttr_naive_days"]["ci"] is None
    assert told["figures"]["exposure_days"]["ci"] is not None
