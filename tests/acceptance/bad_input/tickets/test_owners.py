"""Owners that file nowhere: their plans are shown and nothing is filed, which is no failure."""

from __future__ import annotations

import pytest

from tests.acceptance.bad_input.looks import assert_clear
from tests.acceptance.bad_input.tickets.shop import SHOP_OWNER, Shop, counts

pytestmark = pytest.mark.servers

NOWHERE = {"match": "local/shop/**", "team": "shop"}


@pytest.mark.parametrize("trackers", [True, False], ids=["a tracker of others", "no tracker"])
def test_a_team_without_a_tracker_sees_its_plan_and_nothing_is_filed(
    shop: Shop, *, trackers: bool
) -> None:
    shop.own(NOWHERE, trackers=trackers)
    for number in (3, 4):
        told = shop.sync(number)
        assert (told.code, told.lines, counts(told)) == (0, (), (0, 0, 0))
    (bump,) = shop.bumps()
    assert (bump["team"], bump["state"], bump["ticket"]) == ("shop", "open", None)
    assert [one["vulnerability"] for one in bump["fixes"]] == ["CVE-2026-1"]
    (planned,) = shop.bumps("--dry-run")
    assert planned["intended"] == "held"
    assert shop.files() == []
    shop.own(SHOP_OWNER)
    assert [counts(shop.sync(number)) for number in (5, 6)] == [(1, 0, 0), (0, 0, 0)]


def test_what_nobody_owns_is_planned_for_nobody(shop: Shop) -> None:
    shop.own()
    told = shop.sync(3)
    assert (told.code, counts(told), shop.bumps()) == (0, (0, 0, 0), [])


def test_a_default_owner_gets_what_nobody_else_owns(shop: Shop) -> None:
    shop.own({"team": "platform", "tracker": "t"})
    assert counts(shop.sync(3)) == (1, 0, 0)
    assert shop.ticket()[0]["key"] == "1:platform:local/base/python:3.12"


def test_a_tracker_that_does_not_exist_is_an_error_of_the_configuration(shop: Shop) -> None:
    shop.own({**SHOP_OWNER, "tracker": "tt"})
    told = shop.sync(3)
    assert told.code == 2
    assert_clear(told.lines[0], "error: ", "owners", "tt")
    assert shop.files() == []


def test_a_tracker_that_was_taken_away_leaves_its_tickets_alone(ticketed: Shop) -> None:
    kept = (ticketed.folder / "1.md").read_bytes()
    ticketed.own(NOWHERE, trackers=False)
    ticketed.rebuild("api")
    told = ticketed.sync(4)
    assert (told.code, counts(told)) == (0, (0, 0, 0))
    assert (ticketed.folder / "1.md").read_bytes() == kept
    ticketed.own(SHOP_OWNER)
    assert counts(ticketed.sync(5)) == (0, 1, 0)
