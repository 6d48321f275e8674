"""By when episodes have to end: the policy's clock, what it asks for, and what nobody told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import pytest

from tests.unit.domain.days import bound, day
from watcher.config.policies import preset
from watcher.domain.exposure import Cause, Episode
from watcher.domain.policy import DEFAULT, Clock, Due, Run
from watcher.domain.reference import Repository
from watcher.ports.store.exposures import AffectedPackage, ReadEpisode, ReadWindow
from watcher.ports.store.feeds import ShownRatings, Told
from watcher.ports.store.ledger import Track
from watcher.report.dues import DEFAULT_JUDGE, Judge
from watcher.report.exposures import document

PACKAGE = AffectedPackage("pkg:pypi/x@1", "1.1", "fixed", "HIGH", "nvd", None)


def episode(
    start: float,
    end: float | None = None,
    cause: Cause | None = None,
    package: AffectedPackage = PACKAGE,
    detected: float | None = None,
    present: float | None = None,
) -> ReadEpisode:
    told = Episode(
        bound(start),
        None if end is None else bound(end),
        cause,
        "sha256:a",
        "sha256:b",
        day(start if present is None else present),
        frozenset({1}),
    )
    seen = day(start if detected is None else detected)
    return ReadEpisode(told, seen, (package,), None, day(start), None)


def window(*episodes: ReadEpisode) -> ReadWindow:
    track, repository = Track(1, "linux/amd64"), Repository("local", "shop/api")
    return ReadWindow(1, track, repository, "tag", "latest", "CVE-2024-1000", None, episodes)


def dues(judge: Judge, *episodes: ReadEpisode) -> list[Due]:
    return judge.dues(window(*episodes))


def by_clock(clock: Clock) -> Judge:
    return Judge(replace(DEFAULT, clock=clock))


@pytest.mark.parametrize(
    ("clock", "at"),
    [
        ("known", 40),
        ("present", 35),
        ("detected", 42),
        ("fix_available", 50),
        ("base_fix_available", 55),
        ("ticketed", 56),
    ],
)
def test_each_clock_counts_from_its_milestone(clock: Clock, at: float) -> None:
    package = replace(PACKAGE, fix_known_at=day(20))
    one = replace(
        episode(10, detected=12, present=5, package=package),
        base_fix_available=day(25),
        ticketed=day(26),
    )
    assert dues(by_clock(clock), one) == [Due("due", day(at))]


@pytest.mark.parametrize("clock", ["fix_available", "base_fix_available", "ticketed"])
def test_a_clock_whose_milestone_has_not_come_waits(clock: Clock) -> None:
    assert dues(by_clock(clock), episode(10)) == [Due("waiting")]


@pytest.mark.parametrize(
    "cause", ["knowledge_withdrawn", "detection_change", "retired", "head_removed", "out_of_scope"]
)
def test_the_clock_goes_on_behind_a_gap_that_nobody_worked_for(cause: Cause) -> None:
    first, second = dues(DEFAULT_JUDGE, episode(0, 10, cause), episode(50))
    assert (first.at, second.at) == (day(30), day(70))


def test_the_clock_begins_anew_after_a_remediation() -> None:
    episodes = [episode(0, 10, "remediated"), episode(50, 60, "retired"), episode(70)]
    assert [one.at for one in dues(DEFAULT_JUDGE, *episodes)] == [day(30), day(80), day(90)]


def test_a_clock_that_began_does_not_wait_again_behind_a_gap() -> None:
    episodes = [episode(0, 10, "retired", detected=4), episode(50, detected=58)]
    assert [one.at for one in dues(by_clock("detected"), *episodes)] == [day(34), day(74)]


def test_a_clock_is_taken_over_from_another_name() -> None:
    judge = Judge(DEFAULT, inherited={1: [Run(day(-20), day(-5))]})
    assert dues(judge, episode(0)) == [Due("due", day(15))]


def test_a_rating_raised_later_leaves_its_whole_limit_and_a_lowered_one_the_breach() -> None:
    raised = replace(PACKAGE, severity="CRITICAL", rated=((day(0), "HIGH"), (day(20), "CRITICAL")))
    lowered = replace(PACKAGE, severity="LOW", rated=((day(3), "CRITICAL"), (day(20), "LOW")))
    assert dues(DEFAULT_JUDGE, episode(0, package=raised)) == [Due("due", day(27))]
    assert dues(DEFAULT_JUDGE, episode(0, package=lowered)) == [Due("due", day(7))]


@dataclass(frozen=True)
class Said:
    """Feeds that say the same of every vulnerability."""

    told_of: Sequence[tuple[datetime | None, Mapping[str, str]]] = ((None, {}),)
    asked: list[float | None] = field(default_factory=list)

    def told(self, vulnerability: str, epss: float | None) -> Sequence[Told]:
        del vulnerability
        self.asked.append(epss)
        return [Told(*one) for one in self.told_of]

    def shown(self, vulnerabilities: Iterable[str]) -> Mapping[str, ShownRatings]:
        return dict.fromkeys(vulnerabilities, ShownRatings(kev=True, epss=(0.5, 0.9)))


BOD = preset("bod-26-04")


def reachable(_: str) -> Mapping[str, str]:
    return {"internet_reachable": "yes"}


def test_attributes_and_feeds_together_answer_what_a_policy_asks_for() -> None:
    points = {"kev": "no", "automatable": "no", "technical_impact": "partial"}
    judge = Judge(BOD, reachable, Said([(None, points), (day(20), {**points, "kev": "yes"})]))
    assert dues(judge, episode(0, detected=2)) == [Due("due", day(34))]  # listed on day 20: 14 days


def test_what_nobody_told_is_undetermined_and_named() -> None:
    assert dues(Judge(BOD, reachable), episode(0)) == [
        Due("undetermined", missing=("automatable", "kev", "technical_impact"))
    ]


def test_people_are_believed_but_not_against_evidence_of_exploitation() -> None:
    policy = preset("fedramp-vdr", "B")

    def due(told: str, feed: str | None) -> Due:
        attributes = {"impact": "4", "internet_reachable": "yes", "likely_exploitable": told}
        said = Said([(None, {} if feed is None else {"likely_exploitable": feed})])
        (one,) = dues(Judge(policy, lambda _: attributes, said), episode(0))
        return one

    assert due("no", None).at == due("no", "no").at == day(64)
    assert due("yes", "no").at == due("yes", None).at == due("no", "yes").at == day(8)


def test_the_score_that_counts_as_likely_is_the_policys() -> None:
    said = Said()
    dues(Judge(replace(BOD, epss=0.2), reachable, said), episode(0))
    assert said.asked == [0.2]


def test_the_exposures_document_tells_due_times_and_what_feeds_say() -> None:
    judge = Judge(BOD, reachable, Said())
    told = document(day(50), [window(episode(0))], lambda _: None, {}, judge)
    (one,) = told["windows"]  # type: ignore[misc]
    assert (one["kev"], one["epss"], one["epss_percentile"]) == (True, 0.5, 0.9)  # type: ignore[has-type]
    (last,) = one["episodes"]  # type: ignore[has-type]
    assert (last["due"], last["due_state"]) == (None, "undetermined")
    assert last["due_missing"] == ["automatable", "kev", "technical_impact"]
