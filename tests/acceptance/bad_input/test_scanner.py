"""A Trivy that fails, hangs, or prints rubbish: an image or a context fails, and nothing ends."""

from __future__ import annotations

import pytest
from tests.acceptance.bad_input.conftest import Undisturbed
from tests.acceptance.bad_input.fleet import (
    FIRST,
    SECOND,
    Fleet,
    assert_clear,
    assert_nothing_ended,
)
from tests.acceptance.bad_input.trivy import Fault

pytestmark = pytest.mark.servers

FAULTS: list[tuple[Fault, bool, str]] = [
    ("fail", False, "the disk is on fire really"),
    ("crash", True, "killed by signal 11"),
    ("hang", True, "trivy.timeout"),
    ("rubbish", True, "printed no"),
    ("cut", True, "printed no"),
    ("empty", True, "printed no"),
]


@pytest.mark.parametrize(("fault", "retry", "reason"), FAULTS)
def test_a_catalogue_that_fails_ends_nothing_and_is_made_good(
    fleet: Fleet, undisturbed: Undisturbed, fault: Fault, retry: bool, reason: str
) -> None:
    before = fleet.exposures(0)
    fleet.publish(SECOND)
    image = fleet.rebuild_api()
    fleet.timeout = "1s" if fault == "hang" else "60s"
    fleet.trivy.fails(fault, "--list-all-pkgs")
    told = fleet.sync(1)
    assert told.code == 1
    assert told.failures == [("catalog", f"local/shop/api@{image}", retry)]
    assert_clear(told.lines[0], f"failed: catalog: local/shop/api@{image}: ", reason)
    assert fleet.trivy.running == []
    assert_nothing_ended(before, fleet.exposures(1), undisturbed(True))
    assert reason in fleet.uncovered(1)["shop/api:latest"]
    assert "shop/web:latest" not in fleet.uncovered(1)
    fleet.trivy.works()
    assert fleet.sync(2).lines == ()
    assert fleet.uncovered(2) == {}
    assert fleet.exposures(2) == undisturbed(True)


@pytest.mark.parametrize(("fault", "retry", "reason"), FAULTS)
def test_a_match_that_fails_ends_nothing_and_is_made_good(
    fleet: Fleet, undisturbed: Undisturbed, fault: Fault, retry: bool, reason: str
) -> None:
    before = fleet.exposures(0)
    fleet.publish(SECOND)
    fleet.timeout = "1s" if fault == "hang" else "60s"
    fleet.trivy.fails(fault, "python-pkg")
    told = fleet.sync(1)
    assert told.code == 1
    assert told.failures == [("match", "language", retry)]
    assert_clear(told.lines[0], "failed: match: language: ", reason)
    assert fleet.trivy.running == []
    assert_nothing_ended(before, fleet.exposures(1), undisturbed(False))
    assert fleet.uncovered(1) == {}
    stale = fleet.uncovered(1.1)
    assert stale.keys() == {"shop/api:latest"}
    assert reason in stale["shop/api:latest"]
    fleet.trivy.works()
    assert fleet.sync(2).lines == ()
    assert fleet.uncovered(2) == {}
    assert fleet.exposures(2) == undisturbed(False)


@pytest.mark.parametrize(("fault", "retry", "reason"), FAULTS)
def test_a_database_is_not_blamed_for_a_trivy_that_fails_at_any(
    fleet: Fleet, undisturbed: Undisturbed, fault: Fault, retry: bool, reason: str
) -> None:
    del retry
    before = fleet.exposures(0)
    fleet.publish(SECOND)
    fleet.timeout = "1s" if fault == "hang" else "60s"
    fleet.trivy.fails(fault, "--format=template")
    told = fleet.sync(1)
    assert told.code == 1
    assert told.failures == [("knowledge", "db", True)]
    assert_clear(told.lines[0], "failed: knowledge: db: ", reason)
    assert told.document["knowledge"]["db"] == FIRST.digest
    assert_nothing_ended(before, fleet.exposures(1), undisturbed(False))
    fleet.trivy.works()
    assert fleet.sync(2).lines == ()
    assert fleet.exposures(2) == undisturbed(False)


def test_one_image_that_cannot_be_read_keeps_no_other_from_being_catalogued(fleet: Fleet) -> None:
    broken, whole = fleet.rebuild_api(), fleet.push_new()
    fleet.trivy.fails("fail", broken)
    told = fleet.sync(1)
    assert told.failures == [("catalog", f"local/shop/api@{broken}", False)]
    assert told.document["counts"]["catalogued"] == 1
    assert fleet.uncovered(1).keys() == {"shop/api:latest"}
    images = fleet.asked("images").document["images"]
    assert [one["covered"] for one in images if one["image"].endswith(whole)] == [True]
