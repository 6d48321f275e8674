"""`watcher audit` with real Trivy: a fleet that is right, and a scan that fails."""

from __future__ import annotations

import pytest

from tests.acceptance.bad_input.fleet import Fleet
from tests.acceptance.bad_input.looks import assert_clear

pytestmark = pytest.mark.servers


def test_an_audit_of_all_images_finds_nothing_and_changes_nothing(fleet: Fleet) -> None:
    before = fleet.exposures(30)
    told = fleet.asked("audit", "--all")
    assert (told.code, told.lines) == (0, ())
    assert told.document["schema"] == "watcher/audit/1"
    assert (told.document["images"], told.document["mismatching"]) == (2, [])
    assert told.document["findings"] > 0
    assert told.document["direct"] == 0
    assert fleet.exposures(30) == before


def test_an_audit_whose_scans_fail_is_done_in_part_and_ends_nothing(fleet: Fleet) -> None:
    before = fleet.exposures(30)
    fleet.trivy.fails("fail", "--list-all-pkgs")
    told = fleet.asked("audit", "--sample", "1")
    assert told.code == 1
    assert_clear(told.lines[0], "failed: audit: local/", "the disk is on fire")
    assert (told.document["images"], len(told.document["failures"])) == (0, 1)
    assert fleet.exposures(30) == before
    fleet.trivy.works()
    assert fleet.asked("audit", "--all").document["images"] == 2


def test_an_audit_before_anything_was_matched_says_what_to_do(new_fleet: Fleet) -> None:
    told = new_fleet.asked("audit")
    assert told.code == 3
    assert_clear(told.lines[0], "nothing was ever matched", "watcher sync")
