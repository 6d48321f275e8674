"""The report document: the keys that scripts rely on, and figures equal to those of other code."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from typing import Any

import pytest

from tests.unit.domain.days import day
from tests.unit.report.figures import recomputed
from tests.unit.report.figures.bumps import exposures as exposures_of
from tests.unit.report.figures.bumps import line as line_of
from tests.unit.report.figures.bumps import plan, ticket
from tests.unit.report.figures.windows import random_windows, stretch, team_of
from watcher.domain.ticket import Cause
from watcher.ports.store.bumps import RecordedBump
from watcher.ports.store.views import Sampled
from watcher.report import exposures
from watcher.report.figures.coverage import Watched, WatchedStream
from watcher.report.figures.management import Beside, document
from watcher.report.figures.period import Period
from watcher.report.figures.stretch import Stretch, stretches_of
from watcher.report.times import stamp
from watcher.report.written import written

AS_OF = 200.0
FIGURES = [
    *("mttr_naive_days", "open_age_mean_days", "km_median_days", "survival", "rmst_90_days"),
    *("exposure_days", "exposure_days_backfilled", "actionable_exposure_days"),
    *("detected_to_remediated_days", "past_due_share", "in_time_share"),
]

Document = dict[str, Any]


def report(
    stretches: list[Stretch], since: float = AS_OF - 90, watched: Watched | None = None
) -> Document:
    period = Period(day(since), day(AS_OF))
    told = document(period, "all streams", stretches, watched or Watched(()))
    read: Document = json.loads(written(told))
    return read


@pytest.mark.parametrize("length", [5, 90, 400])
@pytest.mark.parametrize("seed", range(8))
def test_figures_are_those_recomputed_from_the_exposures_document(seed: int, length: int) -> None:
    windows = list(random_windows(seed, AS_OF))
    listed = json.loads(written(exposures.document(day(AS_OF), windows, team_of, {})))
    told = report(list(stretches_of(windows, team_of)), AS_OF - length)
    rows = recomputed.rows_of(listed, told["as_of"])

    def differing(figures: Document, of_it: list[recomputed.Row], since: int) -> list[str]:
        expected = recomputed.figures(of_it, since, since + length)
        return recomputed.differences(figures, expected)

    before = told["previous"]
    assert told["episodes"] == recomputed.episodes(rows, -length)
    assert before["episodes"] == recomputed.episodes(rows, -2 * length, -length)
    assert differing(told["figures"], rows, -length) == []
    assert differing(before["figures"], rows, -2 * length) == []
    for severity, figures in told["by_severity"].items():
        assert differing(figures, [row for row in rows if row.severity == severity], -length) == []
    for team, figures in told["by_team"].items():
        of_it = [row for row in rows if (row.team or "(unowned)") == team]
        assert differing(figures, of_it, -length) == []


def test_the_random_fleets_have_figures_and_refusals() -> None:
    told = [report([*stretches_of(random_windows(seed, AS_OF), team_of)]) for seed in range(12)]
    for estimates in (
        [one["figures"]["survival"]["90"]["value"] for one in told],
        [one["figures"]["km_median_days"]["value"] for one in told],
    ):
        assert {value is None for value in estimates} == {True, False}


def test_the_document_has_the_keys_of_the_contract() -> None:
    told = report([stretch(150)], watched=Watched([WatchedStream("local/shop/api:latest", "shop")]))
    assert told["schema"] == "watcher/report/1"
    assert (told["as_of"], told["since"]) == (stamp(day(AS_OF)), stamp(day(AS_OF - 90)))
    assert told["scope"] == "all streams"
    assert list(told["coverage"]) == [
        "streams",
        "covered",
        "direct",
        "share",
        "stream_days_share",
        "uncovered",
    ]
    assert list(told["episodes"]) == ["open", "opened", "closed", "by_cause", "backfilled"]
    every = [told["figures"], *told["by_severity"].values(), *told["by_team"].values()]
    assert len(every) == 1 + 5 + 1
    for figures in every:
        assert list(figures) == FIGURES
        assert list(figures["survival"]) == ["7", "30", "90"]
        plain = [figure for name, figure in figures.items() if name != "survival"]
        clocks = {name: figures[name]["clock"] for name in figures if name != "survival"}
        assert clocks.pop("actionable_exposure_days") == "fix_available"
        assert clocks.pop("detected_to_remediated_days") == "detected"
        assert set(clocks.values()) == {"known"}
        for figure in [*plain, *figures["survival"].values()]:
            assert list(figure) == ["value", "ci", "n", "events", "reason", "clock"]
            assert figure["ci"] is None or figure["ci"] == sorted(figure["ci"])


def test_a_report_on_nothing_says_so_in_every_figure() -> None:
    told = report([])
    figures = told["figures"]
    assert figures["exposure_days"]["value"] == 0
    assert figures["mttr_naive_days"]["reason"] == "nothing was remediated in the period"
    assert figures["open_age_mean_days"]["reason"] == "nothing is open"
    assert figures["past_due_share"]["reason"] == "nothing is open"
    assert figures["km_median_days"]["reason"] == "not estimable: 0 of at least 10 events"
    assert told["curve"] == told["teams"] == told["top_streams"] == []
    assert told["first_detected"] is None


def test_the_order_of_streams_changes_no_figure() -> None:
    windows = [one for seed in range(3) for one in random_windows(seed, AS_OF)]
    each_its_own = [
        replace(one, stream=f"local/shop/app{number}:latest")
        for number, one in enumerate(stretches_of(windows, team_of))
    ]
    assert written(report(each_its_own)) == written(report(each_its_own[::-1]))


def test_the_period_before_is_told_beside_and_ends_where_this_one_starts() -> None:
    told = report([stretch(60, 100), stretch(120, vulnerability="CVE-2")], since=110)
    before = told["previous"]
    assert (before["since"], before["as_of"]) == (stamp(day(20)), stamp(day(110)))
    assert (before["episodes"]["open"], before["episodes"]["closed"]) == (0, 1)
    assert (told["episodes"]["open"], told["episodes"]["closed"]) == (1, 0)
    assert before["figures"]["exposure_days"]["value"] == 40
    assert before["critical_and_high"]["figures"]["exposure_days"]["value"] == 40


def test_critical_and_high_are_told_together_as_well() -> None:
    severities = ("CRITICAL", "HIGH", "MEDIUM")
    told = report([stretch(190, severity=one, vulnerability=one) for one in severities])
    assert told["critical_and_high"]["episodes"]["open"] == 2
    assert told["critical_and_high"]["figures"]["exposure_days"]["value"] == 20
    assert told["episodes"]["open"] == 3


def test_incidence_names_each_cause_that_ended_something() -> None:
    ended = [stretch(180, 185, vulnerability=f"CVE-{number}") for number in range(12)]
    other = stretch(180, 190, cause="retired", vulnerability="CVE-x")
    lasting = [stretch(180, vulnerability=f"CVE-y{number}") for number in range(12)]
    causes = report([*ended, other, *lasting])["cumulative_incidence"]
    assert list(causes) == ["remediated", "retired"]
    assert causes["remediated"]["7"]["value"] == pytest.approx(12 / 25)
    assert (causes["remediated"]["7"]["n"], causes["remediated"]["7"]["events"]) == (25, 12)
    assert causes["retired"]["7"]["value"] == 0
    # Day 20 is where the last of them is seen: of day 30 nothing is known.
    assert (
        causes["retired"]["30"]["reason"]
        == "not estimable: nothing was under observation on day 30"
    )


@pytest.mark.parametrize("seed", range(20))
def test_what_bumps_ended_is_a_part_of_what_was_remediated(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - no secret is drawn
    stretches = list(stretches_of(random_windows(seed, AS_OF), team_of))
    streams = sorted({one.stream for one in stretches}) or ["none"]
    period = Period(day(AS_OF - 90), day(AS_OF))

    def bump(number: int) -> RecordedBump:
        lines = [
            replace(line, name=replace(line.name, stream=chance.choice(streams)))
            for line in (line_of("x", 1, chance.choice([None, 150, 190])) for _ in range(4))
        ]
        cause = Cause("shop", f"base{number}")
        filed, names = chance.uniform(20, AS_OF), [f"CVE-{one}" for one in range(9)]
        listed = chance.sample(names, chance.randint(0, 9))
        held = ticket(lines, cause=cause, filed=filed, listed=listed)
        return RecordedBump(plan(lines, cause), stands=True, tickets=(held,))

    bumps = [bump(number) for number in range(chance.randint(1, 5))]
    told: Any = document(period, "", stretches, Watched(()), beside=Beside(bumps))
    ended = sum(row["ended"]["windows"] for row in told["bumps"])
    assert ended <= told["episodes"]["by_cause"].get("remediated", 0)
    spared = sum(row["ended"]["exposure_days"] for row in told["bumps"])
    assert 0 <= spared <= ended * 90


@pytest.mark.parametrize("streams", [1, 7])
def test_a_ticket_that_asked_for_everything_ended_all_that_was_remediated(streams: int) -> None:
    period = Period(day(AS_OF - 90), day(AS_OF))
    lines = [
        line_of(str(number), 2, 150, platform=one) for number in range(streams) for one in "ab"
    ]
    held = ticket(lines, filed=120)
    stretches = list(exposures_of(lines))
    beside = Beside([RecordedBump(plan(lines), stands=False, tickets=(held,))])
    told: Any = document(period, "", stretches, Watched(()), beside=beside)
    assert told["bumps"][0]["ended"] == {
        "windows": told["episodes"]["by_cause"]["remediated"],
        "exposure_days": streams * 2 * 50,
    }


def test_the_samples_of_coverage_give_the_share_of_stream_days() -> None:
    samples = [Sampled(day(AS_OF - 1), 4, 4), Sampled(day(AS_OF), 6, 3)]
    told = report([], watched=Watched([WatchedStream("a", None, "401")], samples))
    assert told["coverage"] == {
        "streams": 1,
        "covered": 0,
        "direct": 0,
        "share": 0.0,
        "stream_days_share": 0.7,
        "uncovered": [{"stream": "a", "reason": "401"}],
    }
