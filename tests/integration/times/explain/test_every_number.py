"""Every number of a report can be walked down, and the parts of each give the number."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from tests.integration.store_views.conftest import day
from tests.integration.times.conftest import Desk
from tests.unit.domain.days import day as noon
from tests.unit.report.figures.bumps import line, recorded_bump
from tests.unit.report.figures.windows import random_windows, team_of
from watcher.bootstrap import build
from watcher.config import load
from watcher.domain.policy import DEFAULT
from watcher.domain.survival.aalen_johansen import aalen_johansen
from watcher.domain.survival.cohort import CENSORED, Cohort
from watcher.domain.survival.kaplan_meier import kaplan_meier
from watcher.ports.store.views import Sampled
from watcher.reading.explained import explained
from watcher.reading.management import Draft
from watcher.reading.reading import Asked, Reading
from watcher.report.explain.beside import Scene, made
from watcher.report.explain.document import Asked as Number
from watcher.report.explain.document import Document, of_others, of_stretches
from watcher.report.explain.path import Path as Way
from watcher.report.explain.path import found, named, numbers
from watcher.report.explain.question import question
from watcher.report.explain.walk import walk
from watcher.report.figures.coverage import Watched, WatchedStream
from watcher.report.figures.management import Beside, document
from watcher.report.figures.period import Period
from watcher.report.figures.span import NUMBERS
from watcher.report.figures.stretch import stretches_of
from watcher.report.figures.tally import REMEDIATED
from watcher.report.figures.united import united

Told = Mapping[str, Any]
EVERY = 10_000
GIVEN = {"figures_version", "policy", "curve", "critical_and_high", "previous"}


def agrees(told: Told, way: Way, value: float) -> None:
    """The parts of an explanation give the number, by the way it says that it is made."""
    name = named(way)
    assert (told["figure"], told["value"]) == (name, value)
    assert told["parts_in_all"] == len(told["parts"]), name
    counts = sum(one["counts"] for one in told["parts"])
    among = sum(one["among"] or 0 for one in told["parts"])
    assert told["sum"]["counts"] == pytest.approx(counts, rel=1e-9), name
    if told["how"] == "sum":
        assert told["sum"]["among"] is None
        assert counts == pytest.approx(value, rel=1e-9), name
    elif told["how"] == "quotient":
        assert told["sum"]["among"] == among
        assert counts / among == pytest.approx(value, rel=1e-9), name
    elif told["how"] == "estimate":
        assert drawn(told["parts"], way) == pytest.approx(value, rel=1e-9), name
    elif told["how"] == "interval":
        assert way[-2] == "ci"
    else:
        assert told["how"] == "given"
        assert way[0] in GIVEN
        assert told["parts"] == []


def drawn(parts: Sequence[Told], way: Way) -> float | None:
    """An estimate drawn anew from the parts of its explanation."""
    seen = [one["watched"] for one in parts]
    outcomes = [NUMBERS[one["outcome"]] if one["outcome"] else CENSORED for one in seen]
    cohort = Cohort.of([one["entry"] for one in seen], [one["exit"] for one in seen], outcomes)
    curve = kaplan_meier(cohort, REMEDIATED)
    if way[0] == "cumulative_incidence":
        return aalen_johansen(cohort)[NUMBERS[str(way[1])]].at(int(way[2]))
    if "km_median_days" in way:
        return curve.median()
    if "rmst_90_days" in way:
        return curve.restricted_mean(90)
    if "survival" in way and way[-1] == "value":
        return curve.at(int(way[-2]))
    position = int(way[-2])  # of the curve, which has a point for each day
    low, high = curve.band(position) or (None, None)
    return {"survival": curve.at(position), "low": low, "high": high}[str(way[-1])]


# A made-up record: large enough for every estimate to have a value.


STRETCHES = tuple(united(stretches_of(random_windows(7, 190, streams=14), team_of)))


def drawn_for_every_day(way: Way) -> bool:
    """Whether a number is of a curve, and of a day that stands for others."""
    return "curve" in way and int(way[-2]) % 15 > 0


@pytest.fixture(scope="module")
def made_up() -> tuple[Told, Scene]:
    chance = random.Random(7)  # noqa: S311 - no secret is drawn
    period = Period(noon(100), noon(190))
    names = sorted({one.stream for one in STRETCHES})
    streams = [
        WatchedStream(name, team_of(name), chance.choice([None, None, "stale"])) for name in names
    ]
    samples = [Sampled(noon(at), 14, chance.randint(7, 14)) for at in range(101, 191)]
    lines = [line("a", 3, "150"), line("b", 4, "180"), line("c", 2, None)]
    mine = [replace(one, name=replace(one.name, stream=names[at])) for at, one in enumerate(lines)]
    bump = recorded_bump(mine, filed=20)
    beside = Beside([bump], idle=names[:2])
    watched = Watched(streams, samples)
    report = document(period, "", STRETCHES, watched, beside=beside)
    return report, Scene(report, period, watched, beside)


def explanation(report: Told, scene: Scene, way: Way, most: int = EVERY) -> Document:
    path, value = found(report, named(way))
    assert path == way
    asked = Number(path, value, None, scene.period, known_now=False, upto=1)
    wanted = question(path, report, scene.beside, scene.period)
    if wanted is None:
        others = made(path, scene)
        assert others is not None, f"{named(way)} cannot be walked"
        return of_others(asked, others, most)
    walked = walk(wanted, STRETCHES, scene.period, DEFAULT, most)
    return of_stretches(asked, walked, {}, {})


def test_every_number_of_a_report_is_what_its_parts_give(made_up: tuple[Told, Scene]) -> None:
    report, scene = made_up
    every = list(numbers(report))
    roots = {str(way[0]) for way, _ in every}
    assert {"figures", "curve", "due", "bumps", "teams", "coverage", "previous"} <= roots
    ways = {way[-1] for way, _ in every}
    assert {"stream_days_share", "low", "at_risk"} <= ways
    assert ("figures", "km_median_days", "value") in dict(every)
    assert report["bumps"][0]["ended"]["windows"] > 0
    for way, value in every:
        if not drawn_for_every_day(way):
            agrees(explanation(report, scene, way), way, value)


def test_what_is_not_told_of_is_summed_all_the_same(made_up: tuple[Told, Scene]) -> None:
    report, scene = made_up
    way: Way = ("figures", "exposure_days", "value")
    told: Any = explanation(report, scene, way, most=3)
    whole: Any = explanation(report, scene, way)
    assert len(told["parts"]) == 3
    assert told["parts_in_all"] == whole["parts_in_all"] > 3
    assert told["sum"] == whole["sum"]
    largest = sorted((one["counts"] for one in whole["parts"]), reverse=True)
    assert [one["counts"] for one in told["parts"]] == largest[:3]


# A played record: from each number down to bindings, versions of knowledge and catalogues.


@pytest.fixture
def draft(desk: Desk) -> Iterator[Draft]:
    with build(load(desk.file, {})) as app:
        yield Draft.of(Reading.of(app, Asked(day(12.5)), day(12.5)))


def test_every_number_of_a_played_record_is_walked_down_to_its_facts(draft: Draft) -> None:
    report = draft.document()
    every = list(numbers(report))
    assert len(every) > 400
    walked_down = 0
    for way, value in every:
        told: Any = explained(draft, report, named(way), EVERY)
        agrees(told, way, value)
        for part in told["parts"]:
            if "episodes" in part:
                rests_on_facts(part)
                walked_down += 1
    assert walked_down > 100


def rests_on_facts(part: Told) -> None:
    """A stretch is of episodes, each with a binding, a match under some knowledge, a catalogue."""
    assert part["episodes"]
    assert min(one["from"] for one in part["episodes"]) == part["from"]
    for episode in part["episodes"]:
        images = {one["image"] for one in episode["bindings"]}
        assert images
        for binding in episode["bindings"]:
            assert binding["recorded"]["pass"]
            assert binding["tags"]
        assert {one["image"] for one in episode["matches"]} <= images
        for match in episode["matches"]:
            assert match["first_found_by"]["db"].startswith("sha256:")
            assert match["recorded"]["pass"]
        assert episode["matches"]
        assert {one["image"] for one in episode["catalogues"]} == images
