"""A Trivy that fails, hangs, or prints rubbish: an image or a context fails, and nothing ends."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.acceptance.bad_input.databases import RIDDLE
from tests.acceptance.bad_input.fleet import Document, Fleet, Told
from tests.acceptance.bad_input.looks import assert_clear, assert_nothing_ended
from tests.acceptance.bad_input.story import FIRST, SECOND
from tests.acceptance.bad_input.trivy import Fault

pytestmark = pytest.mark.servers

FAULTS: list[tuple[Fault, bool, str]] = [
    ("fail", False, "the disk is on fire really"),
    ("crash", True, "killed by signal 11"),
    ("hang", True, "trivy.timeout"),
    ("rubbish", True, "printed no"),
    ("cut", True, "printed no"),
    ("empty", True, "printed no"),
    ("hollow", True, "Trivy printed"),
]


def faulty(fleet: Fleet, word: str) -> Iterator[tuple[Told, str, bool]]:
    """A pass for each fault of the runs that name the word; and what is expected of it."""
    for number, (fault, retry, reason) in enumerate(FAULTS):
        fleet.timeout = "1s" if fault == "hang" else "60s"
        fleet.trivy.fails(fault, word)
        told = fleet.sync(1 + number / 24)
        assert told.code == 1, fault
        assert fleet.trivy.running == [], fault
        yield told, reason, retry
    fleet.trivy.works()


def test_a_catalogue_that_fails_ends_nothing_and_is_made_good(
    fleet: Fleet, undisturbed_rebuilt: Document
) -> None:
    before = fleet.exposures(0)
    fleet.publish(SECOND)
    image = fleet.rebuild_api()
    for told, reason, retry in faulty(fleet, "--list-all-pkgs"):
        assert told.failures == [("catalog", f"local/shop/api@{image}", retry)]
        assert_clear(told.lines[0], f"failed: catalog: local/shop/api@{image}: ", reason)
        stale = fleet.uncovered(1.5)
        assert stale.keys() == {"shop/api:latest"}
        assert reason in stale["shop/api:latest"]
    assert_nothing_ended(before, fleet.exposures(1.5), undisturbed_rebuilt)
    assert fleet.sync(2).lines == ()
    assert fleet.uncovered(2) == {}
    assert fleet.exposures(2) == undisturbed_rebuilt


def test_a_match_that_fails_ends_nothing_and_is_made_good(
    fleet: Fleet, undisturbed: Document
) -> None:
    before = fleet.exposures(0)
    fleet.publish(SECOND)
    for told, reason, retry in faulty(fleet, "python-pkg"):
        assert told.failures == [("match", "language", retry)]
        assert_clear(told.lines[0], "failed: match: language: ", reason)
        stale = fleet.uncovered(1.5)
        assert stale.keys() == {"shop/api:latest"}
        assert reason in stale["shop/api:latest"]
    assert_nothing_ended(before, fleet.exposures(1.5), undisturbed)
    assert fleet.sync(2).lines == ()
    assert fleet.uncovered(2) == {}
    assert fleet.exposures(2) == undisturbed


def test_a_database_is_not_blamed_for_a_trivy_that_opens_none(
    fleet: Fleet, undisturbed: Document
) -> None:
    before = fleet.exposures(0)
    fleet.publish(SECOND)
    for told, reason, _ in faulty(fleet, "--format=template"):
        assert told.failures == [("knowledge", "db", True)]
        assert_clear(told.lines[0], "failed: knowledge: db: ", reason)
        assert told.document["knowledge"]["db"] == FIRST.digest
    assert_nothing_ended(before, fleet.exposures(1.5), undisturbed)
    assert fleet.sync(2).lines == ()
    assert fleet.exposures(2) == undisturbed


def test_a_database_that_nobody_could_open_yet_is_not_in_force_unseen(fleet: Fleet) -> None:
    fleet.timeout = "1s"
    digest = fleet.publish(RIDDLE)
    fleet.trivy.fails("hang", "--format=template")
    assert fleet.sync(1).failures == [("knowledge", "db", True)]
    fleet.trivy.works()
    told = fleet.sync(1.1)
    assert told.failures == [("knowledge", "db", False)]
    assert_clear(told.lines[0], digest, "no usable database")
    assert told.document["knowledge"]["db"] == FIRST.digest


def test_one_image_that_cannot_be_read_keeps_no_other_from_being_catalogued(fleet: Fleet) -> None:
    broken, whole = fleet.rebuild_api(), fleet.push_new()
    fleet.trivy.fails("fail", broken)
    told = fleet.sync(1)
    assert told.failures == [("catalog", f"local/shop/api@{broken}", False)]
    assert told.document["counts"]["catalogued"] == 1
    assert fleet.uncovered(1).keys() == {"shop/api:latest"}
    images = fleet.asked("images").document["images"]
    assert [one["covered"] for one in images if one["image"].endswith(whole)] == [True]
