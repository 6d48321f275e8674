"""Versions of knowledge: what each of them changed, apart from what new images brought."""

from __future__ import annotations

from dataclasses import replace

from tests.fakes.scanner import Known, fake_package
from tests.integration.store_views.conftest import Fleet, day
from watcher.ports.store.views import MatchChange

ONE, TWO = Known("openssl", "CVE-2026-1"), Known("openssl", "CVE-2026-2")


def test_a_version_is_told_with_its_times_and_what_it_changed(fleet: Fleet) -> None:
    fleet.push("shop/api", "latest", [fake_package("openssl")])
    first = fleet.learn(day(0.5), [ONE])
    fleet.sync(day(1))
    second = fleet.learn(day(1.5), [TWO])
    fleet.sync(day(2))
    before, after = fleet.views.knowledge(fleet.upto(day(2)))
    assert (before.db_digest, after.db_digest) == (first, second)
    assert (before.first_matched, before.added, before.removed) == (1, 0, 0)
    assert (after.first_matched, after.added, after.removed) == (0, 1, 1)
    assert (after.updated_at, after.seen_at, after.applied_at) == (day(1.5), day(2), day(2))
    assert (after.effective_at, after.contexts, after.scanner) == (day(1.5), 1, "0.74.0")
    assert after.source == "db.invalid/trivy-db:2"


def test_a_new_image_is_no_change_of_knowledge(fleet: Fleet) -> None:
    fleet.learn(day(0.5), [ONE])
    fleet.push("shop/api", "latest", [fake_package("zlib")])
    fleet.sync(day(1))
    fleet.push("shop/web", "latest", [fake_package("openssl")])
    fleet.sync(day(2))
    (version,) = fleet.views.knowledge(fleet.upto(day(2)))
    assert (version.first_matched, version.added, version.removed) == (1, 0, 0)


def test_a_version_is_not_known_before_it_was_seen(fleet: Fleet) -> None:
    fleet.learn(day(0.5), [ONE])
    fleet.sync(day(1))
    fleet.learn(day(1.5), [TWO])
    fleet.sync(day(2))
    assert len(fleet.views.knowledge(fleet.upto(day(1.9)))) == 1
    assert fleet.views.knowledge(fleet.upto(day(0))) == []


def test_every_change_of_a_match_is_counted_by_its_reason(fleet: Fleet) -> None:
    package = fake_package("openssl")
    fleet.push("shop/api", "latest", [package])
    fleet.learn(day(0.5), [ONE, TWO])
    fleet.sync(day(1))
    three = Known("openssl", "CVE-2026-3")
    fleet.learn(day(1.5), [replace(ONE, severity="LOW", fixed_version="2"), three])
    fleet.sync(day(2))
    first, second = fleet.views.knowledge(fleet.upto(day(2)))
    assert (first.reason, first.changes.counts) == (None, {})
    assert second.reason == "advisory"
    assert second.changes.counts == {
        "advisory": {"appeared": 1, "ended": 1, "severity": 1, "status": 1, "fixed_version": 1}
    }

    def change(what: str, name: str = "CVE-2026-1", *told: str | None) -> MatchChange:
        return MatchChange(name, "openssl", "1", what, "advisory", *told)  # type: ignore[arg-type]

    assert list(second.changes.listed) == [
        change("appeared", "CVE-2026-3"),
        change("ended", "CVE-2026-2"),
        change("severity", "CVE-2026-1", "HIGH", "LOW"),
        change("status", "CVE-2026-1", "affected", "fixed"),
        change("fixed_version", "CVE-2026-1", None, "2"),
    ]


def test_scanner_and_database_each_have_their_own_changes(fleet: Fleet) -> None:
    package = fake_package("openssl")
    fleet.push("shop/api", "latest", [package])
    old = fleet.learn(day(0.5), [ONE])
    fleet.sync(day(1))
    worse = replace(ONE, severity="CRITICAL")
    fleet.scanner.learn(fleet.library.folder(old), [worse, TWO], "0.75.0")
    fleet.learn(day(1.5), [replace(worse, severity="LOW")])
    fleet.scanner.version = "0.75.0"
    fleet.sync(day(2))
    _, scanner, database = fleet.views.knowledge(fleet.upto(day(2)))
    assert (scanner.reason, database.reason) == ("scanner", "advisory")
    assert scanner.changes.counts == {"scanner": {"appeared": 1, "severity": 1}}
    assert database.changes.counts == {"advisory": {"ended": 1, "severity": 1}}
    assert [(one.what, one.before, one.after) for one in database.changes.listed] == [
        ("ended", None, None),
        ("severity", "CRITICAL", "LOW"),
    ]
    assert database.changes.listed_again == 1


def test_a_change_is_not_known_before_the_pass_that_recorded_it(fleet: Fleet) -> None:
    fleet.push("shop/api", "latest", [fake_package("openssl")])
    fleet.learn(day(0.5), [ONE])
    fleet.sync(day(1))
    fleet.learn(day(1.5), [replace(ONE, severity="LOW")])
    fleet.sync(day(2), ["knowledge"])
    fleet.sync(day(3), ["match"])
    assert fleet.views.knowledge(fleet.upto(day(2)))[1].changes.counts == {}
    assert fleet.views.knowledge(fleet.upto(day(3)))[1].changes.counts == {
        "advisory": {"severity": 1}
    }
