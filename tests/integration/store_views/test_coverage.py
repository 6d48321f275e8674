"""Coverage: each reason for which figures cannot be relied on, and the warnings before that."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import event, update

from tests.fakes.scanner import Known, fake_package
from tests.integration.store_views.conftest import STALE_AFTER, Fleet, day
from watcher.adapters.store.tables.packages import catalogues
from watcher.domain.errors import PermanentError, TransientError
from watcher.ports.store.views import Coverage

API = "local/shop/api:latest"
SSL, ZLIB = fake_package("openssl"), fake_package("zlib")
COVERED = Coverage(covered=True)


@pytest.fixture
def fleet(fleet: Fleet) -> Fleet:
    """One stream, and a database that knows of one vulnerability."""
    fleet.push("shop/api", "latest", [SSL])
    fleet.learn(day(0), [Known("openssl", "CVE-2026-1")])
    return fleet


def uncovered(reason: str) -> Coverage:
    return Coverage(covered=False, reason=reason)


def test_a_stream_is_covered_until_its_last_success_is_older_than_allowed(fleet: Fleet) -> None:
    fleet.sync(day(1))
    assert fleet.coverage(API, day(1)) == COVERED
    assert fleet.coverage(API, day(2)) == COVERED
    assert fleet.coverage(API, day(2.01)) == uncovered("last listed at 2026-03-02T00:00:00Z")


def test_a_young_failure_to_list_is_a_warning_and_an_old_one_a_reason(fleet: Fleet) -> None:
    fleet.sync(day(1))
    fleet.registry.fail(TransientError("nobody answers"))
    fleet.sync(day(1.5))
    told = "last listed at 2026-03-02T00:00:00Z: nobody answers"
    assert fleet.coverage(API, day(1.5)) == replace(COVERED, warning=told)
    fleet.sync(day(2.5))
    assert fleet.coverage(API, day(2.5)) == uncovered(told)
    fleet.registry.heal()
    fleet.sync(day(2.6))
    assert fleet.coverage(API, day(2.6)) == COVERED


def test_a_repository_of_which_a_tag_never_resolved_was_never_listed_completely(
    fleet: Fleet,
) -> None:
    fleet.push("shop/api", "main", [SSL])
    fleet.registry.fail(TransientError("it is cut short"), "shop/api", "main")
    fleet.sync(day(1))
    reason = "the repository was never listed completely: it is cut short"
    assert fleet.coverage(API, day(1)) == uncovered(reason)


def test_an_image_whose_manifest_cannot_be_read_is_not_covered(
    fleet: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise PermanentError("it is not JSON")

    monkeypatch.setattr(type(fleet.registry), "manifest", broken)
    fleet.sync(day(1))
    assert fleet.coverage(API, day(1)) == uncovered(
        "the tag's manifest is not read yet: it is not JSON"
    )
    (image,) = fleet.views.images(fleet.upto(day(1)))
    assert (image.platform, image.packages) == (None, None)


def test_an_image_that_cannot_be_catalogued_is_not_covered(fleet: Fleet) -> None:
    fleet.scanner.failures[fleet.push("shop/api", "latest", [ZLIB])] = TransientError(
        "it timed out"
    )
    fleet.sync(day(1))
    assert fleet.coverage(API, day(1)) == uncovered("not catalogued yet: it timed out")
    assert fleet.streams(day(1))[API].packages is None


def test_an_image_that_no_document_can_carry_is_covered_by_its_own_scan(fleet: Fleet) -> None:
    fleet.push("shop/api", "latest", [SSL], not_covered="its supplier needs a document of its own")
    fleet.sync(day(1))
    assert fleet.coverage(API, day(1)) == replace(COVERED, direct=True)
    (image,) = fleet.views.images(fleet.upto(day(1)))
    assert image.direct == "its supplier needs a document of its own"
    assert fleet.views.directs(fleet.upto(day(1))) == 1


def test_an_image_whose_packages_were_never_matched_is_not_covered(fleet: Fleet) -> None:
    fleet.scanner.failures["debian 12"] = TransientError("Trivy was stopped")
    fleet.sync(day(1))
    reason = "packages of debian 12 are not matched yet: Trivy was stopped"
    assert fleet.coverage(API, day(1)) == uncovered(reason)


def test_a_match_that_fails_under_new_knowledge_is_a_warning_and_then_a_reason(
    fleet: Fleet,
) -> None:
    fleet.sync(day(1))
    fleet.learn(day(1.2), [])
    fleet.scanner.failures["debian 12"] = TransientError("Trivy was stopped")
    fleet.sync(day(1.5))
    told = "last matched debian 12 at 2026-03-02T00:00:00Z: Trivy was stopped"
    assert fleet.coverage(API, day(1.5)) == replace(COVERED, warning=told)
    fleet.sync(day(2.5))
    assert fleet.coverage(API, day(2.5)) == uncovered(told)


def test_knowledge_that_cannot_be_polled_is_a_warning_and_then_a_reason(fleet: Fleet) -> None:
    fleet.sync(day(1))
    fleet.artifacts.failure = TransientError("the mirror is down")
    fleet.sync(day(1.5))
    told = "last checked for new knowledge at 2026-03-02T00:00:00Z: the mirror is down"
    assert fleet.coverage(API, day(1.5)) == replace(COVERED, warning=told)
    fleet.sync(day(2.5))
    assert fleet.coverage(API, day(2.5)) == uncovered(told)


def test_an_image_whose_audit_found_differences_is_not_covered(fleet: Fleet) -> None:
    fleet.sync(day(1))
    different = update(catalogues).values(audit="different", differences=["only derived: CVE-1"])
    with fleet.engine.begin() as connection:
        connection.execute(different)
    reason = "its audit found differences: only derived: CVE-1"
    assert fleet.coverage(API, day(1)) == uncovered(reason)


def test_a_ledger_that_was_not_folded_lately_is_not_covered(fleet: Fleet) -> None:
    fleet.sync(day(1), ["knowledge", "inventory", "catalog", "match"])
    assert fleet.coverage(API, day(1)) == uncovered("never folded into the ledger")
    fleet.sync(day(1.5))
    fleet.sync(day(3), ["knowledge", "inventory", "catalog", "match"])
    reason = "last folded into the ledger at 2026-03-02T12:00:00Z"
    assert fleet.coverage(API, day(3)) == uncovered(reason)


def test_what_was_covered_then_is_judged_by_what_had_succeeded_by_then(fleet: Fleet) -> None:
    for number in (1, 1.5, 2, 2.5):
        fleet.sync(day(number))
    # The stages went on to succeed, but by day 1 only the first pass had.
    judged = fleet.views.coverage(fleet.upto(day(1)), day(2.2), STALE_AFTER)
    track = fleet.streams(day(1))[API].track
    assert judged[track] == uncovered("last listed at 2026-03-02T00:00:00Z")


def test_an_image_without_any_package_is_covered(fleet: Fleet) -> None:
    fleet.push("shop/api", "latest", [])
    fleet.sync(day(1))
    assert fleet.coverage(API, day(1)) == COVERED
    assert fleet.streams(day(1))[API].packages == 0


def test_packages_left_out_of_the_match_do_not_wait_for_it(fleet: Fleet) -> None:
    fleet.push("shop/api", "latest", [fake_package("vendor", left_out="third-party")])
    fleet.sync(day(1))
    assert fleet.coverage(API, day(1)) == COVERED


def test_of_tags_that_are_hashes_the_one_that_came_last_is_covered(fleet: Fleet) -> None:
    fleet.push("shop/job", "8f3a9c1", [SSL])
    fleet.sync(day(1))
    fleet.push("shop/job", "c07b1e2", [SSL, ZLIB])
    fleet.sync(day(1.5))
    (head,) = (one for stream, one in fleet.streams(day(1.5)).items() if "job" in stream)
    assert (head.stream, head.packages) == ("local/shop/job#newest", 2)
    assert fleet.coverage(head.stream, day(1.5)) == COVERED


@pytest.mark.parametrize("repositories", [2, 12])
def test_the_number_of_queries_does_not_grow_with_the_fleet(
    fleet: Fleet, repositories: int
) -> None:
    for number in range(repositories):
        fleet.push(f"team/{number}", "latest", [SSL, fake_package(f"package-{number}")])
    fleet.sync(day(1))
    assert _statements(fleet, day(1)) == 9


def _statements(fleet: Fleet, at: datetime) -> int:
    upto, asked = fleet.upto(at), []

    def count(*arguments: object) -> None:
        asked.append(arguments[2])

    event.listen(fleet.engine, "before_cursor_execute", count)
    judged = fleet.views.coverage(upto, at, STALE_AFTER)
    event.remove(fleet.engine, "before_cursor_execute", count)
    assert all(one.covered for one in judged.values())
    return len(asked)
