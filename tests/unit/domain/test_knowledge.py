"""Since when knowledge holds, and since when a match does."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.unit.domain.days import bound, day
from watcher.domain.interval import Bound
from watcher.domain.knowledge import (
    KnowledgeVersion,
    Known,
    Match,
    Run,
    begun,
    effective_at,
    ended,
    first_step,
    is_older,
    match_interval,
    reason,
)


def version(number: int, effective: float, scanner: str = "0.74.0") -> KnowledgeVersion:
    """A version that was put in force half a day after it took effect."""
    at = day(effective)
    return KnowledgeVersion(number, scanner, f"sha256:{number}", at, at, day(effective + 0.5))


VERSIONS = [
    version(1, 0),
    version(2, 3),
    version(3, 6),
    version(4, 9, "0.75.0"),
    version(5, 12, "0.75.0"),
]


@pytest.mark.parametrize(
    ("stamp", "seen", "predecessor", "expected"),
    [
        (4, 5, None, 4),
        (4, 5, 3, 4),
        (9, 5, 3, 5),  # a stamp in the future
        (2, 5, 3, 3),  # a stamp before the predecessor's
        (9, 5, 5, 5),
    ],
)
def test_a_database_takes_effect_at_its_stamp_within_reason(
    stamp: float, seen: float, predecessor: float | None, expected: float
) -> None:
    before: datetime | None = None if predecessor is None else day(predecessor)
    assert effective_at(day(stamp), day(seen), before) == day(expected)


def test_a_match_never_lacked_before_is_censored() -> None:
    assert begun(VERSIONS, None, 3) is None


def test_a_match_begins_with_the_first_version_that_has_it() -> None:
    assert begun(VERSIONS, 2, 3) == bound(6)


def test_a_match_may_have_begun_in_versions_that_were_not_matched() -> None:
    assert begun(VERSIONS, 1, 3) == bound(6, 0)


def test_a_match_ends_with_the_first_version_that_lacks_it() -> None:
    assert ended(VERSIONS, 1, 2) == (bound(3), "knowledge_withdrawn")


def test_a_match_may_have_ended_in_versions_that_were_not_matched() -> None:
    assert ended(VERSIONS, 1, 3) == (bound(6, 0), "knowledge_withdrawn")


@pytest.mark.parametrize(("having", "expected"), [(3, bound(9.5)), (2, bound(9.5, 3))])
def test_another_scanner_changes_detection_when_it_is_put_in_force(
    having: int, expected: Bound
) -> None:
    assert ended(VERSIONS, having, 4) == (expected, "detection_change")


def test_versions_of_one_scanner_only_withdraw() -> None:
    assert ended(VERSIONS, 4, 5) == (bound(12), "knowledge_withdrawn")


def test_versions_that_took_effect_together_leave_no_doubt() -> None:
    together = [version(1, 3), version(2, 3), version(3, 3)]
    assert begun(together, 1, 3) == bound(3)


DATED = bound(5, 4)


@pytest.mark.parametrize(
    ("run", "published", "in_db", "expected"),
    [
        # censored: the published date, else the first version that knew it
        (Run(1, first=True, dated=None), -30, -1, bound(-30, backfilled=True)),
        (Run(1, first=True, dated=None), None, -1, bound(-1, backfilled=True)),
        # a database that knew it before it was published: it was known all the same
        (Run(1, first=True, dated=None), 9, -1, bound(-1, backfilled=True)),
        # dated: the lag until the database knew is exposure
        (Run(1, first=True, dated=DATED), 2, 5, bound(2)),
        (Run(1, first=True, dated=DATED), None, 5, DATED),
        (Run(1, first=True, dated=DATED), 5, 5, DATED),
        (Run(1, first=True, dated=DATED), 9, 5, DATED),
        # after a withdrawal: its own first version
        (Run(1, first=False, dated=DATED), 2, 0, DATED),
    ],
)
def test_a_match_starts_when_its_vulnerability_was_known(
    run: Run, published: float | None, in_db: float, expected: Bound
) -> None:
    known = Known(None if published is None else day(published), day(in_db))
    assert match_interval(run, known) == Match(expected, None, None)


def test_a_match_ends_as_its_run_does() -> None:
    run = Run(1, first=True, dated=DATED, end=bound(8, 7), end_cause="detection_change")
    assert match_interval(run, Known(None, day(5))) == Match(DATED, bound(8, 7), "detection_change")


def of(number: int, scanner: str, db: str) -> KnowledgeVersion:
    return KnowledgeVersion(number, scanner, db, day(number), day(number), day(number))


OLD, BETWEEN, NEW = of(1, "0.74.0", "a"), of(2, "0.75.0", "a"), of(3, "0.75.0", "b")


def test_what_differs_between_versions_is_why_their_answers_do() -> None:
    assert reason(OLD, BETWEEN) == "scanner"
    assert reason(BETWEEN, NEW) == "advisory"
    assert reason(OLD, NEW) == "both"


def test_where_both_are_new_the_new_scanner_is_asked_about_the_old_database_first() -> None:
    assert first_step([OLD, BETWEEN, NEW], 1, NEW) == BETWEEN


@pytest.mark.parametrize(
    ("versions", "last"),
    [
        ([OLD, BETWEEN, NEW], None),  # never matched
        ([OLD, BETWEEN, NEW], 2),  # the step was taken
        ([OLD, NEW], 1),  # no such version was in force
        ([of(1, "0.74.0", "z"), of(2, "0.75.0", "a"), NEW], 1),  # nor one with its database
    ],
)
def test_else_one_step_is_enough(versions: list[KnowledgeVersion], last: int | None) -> None:
    assert first_step(versions, last, NEW) is None


def test_a_stamp_in_the_future_makes_no_later_database_an_older_one() -> None:
    far = KnowledgeVersion(1, "0.74.0", "a", day(99), day(3), day(3))
    assert is_older(day(2), far)
    assert not is_older(day(4), far)
    assert not is_older(day(4), None)
