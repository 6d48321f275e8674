"""Versions of knowledge: what each of them changed, apart from what new images brought."""

from __future__ import annotations

from tests.fakes.scanner import Known, fake_package
from tests.integration.store_views.conftest import Fleet, day

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
