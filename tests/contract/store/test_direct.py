"""Images that no document says all of are matched by scans of their own, and are right by them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from tests.contract.store.fleet import Fleet, day, exposures
from watcher.adapters.store.views import SqlViews
from watcher.domain.errors import TransientError
from watcher.ports.store.views import Coverage, WatchedImage
from watcher.services.audit import Sample
from watcher.services.pass_ import Mood, PassReport

AUDIT = ("match", "audit", "exposure")
EVERY = Mood(sample=Sample(every=True))


@pytest.fixture
def fleet() -> Fleet:
    """Two images that share a package; V and W are in it, X in another one."""
    made = Fleet()
    made.push("shop/api", "latest", ["a", "b"], created=day(-10))
    made.push("shop/web", "latest", ["a", "c"], created=day(-10))
    made.learn(day(0), {"a": ["V", "W"], "b": ["X"]})
    return made


def watched(engine: Engine) -> dict[str, WatchedImage]:
    views = SqlViews(engine)
    done = views.finished(None)
    return {one.repository.path: one for one in views.images(done.number if done else 0)}


def coverage(engine: Engine, at: float) -> dict[str, Coverage]:
    views = SqlViews(engine)
    done = views.finished(day(at))
    judged = views.coverage(done.number if done else 0, day(at), timedelta(days=1))
    return {one.repository.path: judged[one.tracks[0]] for one in watched(engine).values()}


def windows(engine: Engine, at: float) -> dict[tuple[str, str], list[tuple[Any, Any, Any]]]:
    """Episodes by repository and vulnerability: from, to, cause."""
    told: Any = exposures(engine, day(at))
    return {
        (one["repository"], one["vulnerability"]): [
            (episode["from"], episode["to"], episode["cause"]) for episode in one["episodes"]
        ]
        for one in told["windows"]
    }


def audit(fleet: Fleet, engine: Engine, at: float) -> PassReport:
    return fleet.sync(engine, day(at), AUDIT, EVERY)  # type: ignore[arg-type] # stages


def test_an_image_that_differs_at_birth_is_matched_by_its_own_scan_in_the_same_pass(
    fleet: Fleet, engine: Engine
) -> None:
    fleet.scanner.overlooked = {"X"}
    report = fleet.sync(engine, day(1))
    (failure,) = report.failures
    assert (failure.stage, failure.retry) == ("birth", False)
    assert failure.subject.startswith("local/shop/api@sha256:")
    assert "missing: X b@1" in failure.error
    assert "matched on its own" in failure.error
    assert {path: one.direct is not None for path, one in watched(engine).items()} == {
        "shop/api": True,
        "shop/web": False,
    }
    assert {one.covered for one in coverage(engine, 1).values()} == {True}
    assert set(windows(engine, 1)) == {
        ("shop/api", "V"),
        ("shop/api", "W"),
        ("shop/api", "X"),
        ("shop/web", "V"),
        ("shop/web", "W"),
    }
    assert (report.counts["direct"], report.counts["mismatching"]) == (1, 1)
    # Its list takes the place of the one that differs from the beginning: nothing ever ended.
    assert {to for told in windows(engine, 1).values() for _, to, _ in told} == {None}


def test_what_is_only_derived_is_no_exposure_of_an_image_matched_on_its_own(
    fleet: Fleet, engine: Engine
) -> None:
    fleet.scanner.imagined = {"X"}
    fleet.sync(engine, day(1))
    assert ("shop/api", "X") not in windows(engine, 1)
    assert ("shop/api", "V") in windows(engine, 1)


def test_new_knowledge_scans_such_an_image_again_and_pulls_no_other(
    fleet: Fleet, engine: Engine
) -> None:
    fleet.scanner.overlooked = {"X", "Y"}
    first = fleet.sync(engine, day(1))
    fleet.learn(day(2), {"a": ["V"], "b": ["Y"]})
    second = fleet.sync(engine, day(3))
    assert 0 < second.counts["bytes_pulled"] < first.counts["bytes_pulled"]
    assert second.failures == []
    told = windows(engine, 3)
    ((_, ended, cause),) = told["shop/api", "X"]
    assert (ended, cause) == ("2026-03-03T00:00:00Z", "knowledge_withdrawn")
    assert told["shop/api", "Y"][0][1] is None
    assert told["shop/api", "W"] == told["shop/web", "W"]
    third = fleet.sync(engine, day(3.5))
    assert (third.counts["bytes_pulled"], third.counts["direct"]) == (0, 1)


def test_a_pull_that_fails_ends_nothing_and_concerns_that_image_alone(
    fleet: Fleet, engine: Engine
) -> None:
    fleet.scanner.overlooked = {"X"}
    fleet.sync(engine, day(1))
    digest = watched(engine)["shop/api"].digest
    fleet.learn(day(2), {"a": ["V"]})
    fleet.scanner.failures[digest] = TransientError("the registry does not answer")
    report = fleet.sync(engine, day(3))
    assert [one.stage for one in report.failures] == ["direct"]
    told = windows(engine, 3)
    assert [to for _, to, _ in told["shop/api", "X"]] == [None]
    assert [to for _, to, _ in told["shop/web", "W"]] == ["2026-03-03T00:00:00Z"]
    assert coverage(engine, 3)["shop/web"].covered
    judged = coverage(engine, 3)["shop/api"]
    assert not judged.covered
    assert "the registry does not answer" in (judged.reason or "")
    del fleet.scanner.failures[digest]
    assert fleet.sync(engine, day(3.5)).failures == []
    assert windows(engine, 3.5)["shop/api", "X"][0][1] == "2026-03-03T00:00:00Z"
    assert coverage(engine, 3.5)["shop/api"].covered


def test_a_scan_that_fails_at_birth_leaves_the_image_unknown_and_not_clean(
    fleet: Fleet, engine: Engine
) -> None:
    fleet.push("shop/odd", "latest", ["a"], created=day(-1), not_covered="no document can carry it")
    digest = next(d for d, one in fleet.scanner.images.items() if one.not_covered)
    listed = fleet.scanner.images[digest]
    fleet.sync(engine, day(1), ("knowledge", "inventory", "catalog"))
    fleet.scanner.failures[digest] = TransientError("away")
    fleet.sync(engine, day(1))
    judged = coverage(engine, 1)["shop/odd"]
    assert not judged.covered
    assert "no document can carry it" in (judged.reason or "")
    assert not [one for one in windows(engine, 1) if one[0] == "shop/odd"]
    del fleet.scanner.failures[digest]
    assert listed.not_covered
    fleet.sync(engine, day(2))
    assert coverage(engine, 2)["shop/odd"].covered
    assert ("shop/odd", "V") in windows(engine, 2)


def test_an_audit_finds_what_differs_later_and_what_ends_by_it_is_a_change_of_detection(
    fleet: Fleet, engine: Engine
) -> None:
    fleet.sync(engine, day(1))
    fleet.scanner.overlooked = {"X", "Y"}
    fleet.scanner.imagined = {"W"}
    fleet.learn(day(2), {"a": ["V", "W"], "b": ["Y"]})
    fleet.sync(engine, day(2))
    assert ("shop/api", "Y") not in windows(engine, 2)
    report = audit(fleet, engine, 3)
    assert report.audit is not None
    assert [one.subject.partition("@")[0] for one in report.audit.mismatching] == [
        "local/shop/api",
        "local/shop/web",
    ]
    assert report.counts["mismatching"] == 2
    told = windows(engine, 3)
    assert [(to, cause) for _, to, cause in told["shop/web", "W"]] == [
        ("2026-03-04T00:00:00Z", "detection_change")
    ]
    assert [(start, to) for start, to, _ in told["shop/api", "Y"]] == [
        ("2026-03-04T00:00:00Z", None)
    ]
    ((_, to, _),) = told["shop/api", "V"]
    assert to is None
    assert {one.direct is not None for one in watched(engine).values()} == {True}
    assert {one.covered for one in coverage(engine, 3).values()} == {True}


def test_an_audit_of_a_fleet_that_is_right_finds_nothing_and_changes_nothing(
    fleet: Fleet, engine: Engine
) -> None:
    fleet.sync(engine, day(1))
    before = windows(engine, 1)
    report = audit(fleet, engine, 2)
    assert report.audit is not None
    assert [one.differences for one in report.audit.audited] == [[], []]
    assert sum(one.findings for one in report.audit.audited) == 5
    assert (report.failures, windows(engine, 2)) == ([], before)


def test_who_differed_returns_to_the_others_once_another_scanner_says_so(
    fleet: Fleet, engine: Engine
) -> None:
    fleet.scanner.overlooked = {"X"}
    fleet.sync(engine, day(1))
    before = {key: told[0][0] for key, told in windows(engine, 1).items()}
    assert audit(fleet, engine, 1.5).counts["direct"] == 1
    # The same versions: nothing is tried again.
    assert {one.direct is not None for one in watched(engine).values()} == {True, False}
    fleet.scanner.version = "0.75.0"
    fleet.sync(engine, day(2))
    audit(fleet, engine, 3)
    assert watched(engine)["shop/api"].direct is not None
    fleet.sync(engine, day(3.5))
    assert watched(engine)["shop/api"].direct is not None  # it differs still
    fleet.scanner.version, fleet.scanner.overlooked = "0.76.0", set()
    fleet.sync(engine, day(4))
    audit(fleet, engine, 5)
    report = fleet.sync(engine, day(6))
    assert watched(engine)["shop/api"].direct is None
    assert report.counts["direct"] == 0
    assert {one.covered for one in coverage(engine, 6).values()} == {True}
    told = windows(engine, 6)
    assert {key: episodes[0][0] for key, episodes in told.items()} == before
    assert {to for episodes in told.values() for _, to, _ in episodes} == {None}
    # What the new scanner has not listed yet is listed little by little; then nothing is pulled.
    pulled = [fleet.sync(engine, day(7 + number)).counts["bytes_pulled"] for number in range(6)]
    assert pulled[-1] == 0
