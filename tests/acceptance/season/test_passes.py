"""The season's passes: complete but for the one without a registry, and then at rest."""

from __future__ import annotations

import pytest

from tests.acceptance.season.played import LAST, Season
from watcher.demo.play import tickets_in

pytestmark = pytest.mark.servers


def test_every_pass_but_the_one_without_a_registry_is_complete(season: Season) -> None:
    failed = {
        day: [(failure.stage, failure.subject) for failure in moment.played.report.failures]
        for day, moment in season.moments.items()
        if moment.played.report.failures
    }
    assert failed == {62: [("inventory", "local")]}


def test_the_outage_ended_nothing(season: Season) -> None:
    counts = season.moments[62].played.report.counts
    assert counts["episodes_closed"] == counts["tickets_closed"] == counts["tickets_created"] == 0
    assert season.moments[62].played.exposures == season.moments[60].played.exposures


def test_what_was_opened_less_what_was_closed_is_what_is_open(season: Season) -> None:
    opened = 0
    for day, moment in season.moments.items():
        counts = moment.played.report.counts
        opened += counts["episodes_opened"] - counts["episodes_closed"]
        assert opened == moment.played.exposures, f"day {day}"


def test_every_image_is_derived_as_trivy_finds_it(season: Season) -> None:
    images = season.ask("images")["images"]
    assert {one["image"]: one["reason"] for one in images if not one["covered"]} == {}
    assert len(images) > 30


def test_a_second_pass_at_the_end_changes_nothing(season: Season) -> None:
    tickets = season.demo.folder / "tickets"
    before = {path: path.read_bytes() for path in tickets.iterdir()}
    windows = season.ask("exposures")["windows"]
    document = season.ask("sync", "--at", f"{LAST:%Y-%m-%dT%H:%M:%SZ}")
    counts = document["counts"]
    changed = (
        *("tags_changed", "images_new", "catalogued", "packages_matched", "trivy_runs"),
        *("manifest_gets", "bytes_pulled", "matches_added", "matches_removed"),
        *("episodes_opened", "episodes_closed"),
        *("tickets_created", "tickets_updated", "tickets_closed"),
    )
    assert {name: counts[name] for name in changed} == dict.fromkeys(changed, 0)
    assert document["failures"] == []
    assert {path: path.read_bytes() for path in tickets.iterdir()} == before
    assert season.ask("exposures")["windows"] == windows
    assert len(tickets_in(tickets)["open"]) == 10
