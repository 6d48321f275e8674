"""What moved is seen, what is gone is believed only where it is proven, and little is asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.contract.registry.docker_hub.conftest import API, Bench, known_of, looked
from tests.contract.registry.images import image
from tests.servers.hostile import Reply
from watcher.domain.errors import NotFoundError, TransientError, UnauthorizedError
from watcher.domain.reference import Repository

pytestmark = pytest.mark.servers


def test_pushes_are_dated_by_hub(bench: Bench) -> None:
    digest = bench.server.hub.push(API, "1.0", image())
    pushed_at = bench.server.hub.repositories[API].tags["1.0"].pushed_at
    (sighting,) = bench.adapter().tags(API, {}).sightings
    assert (sighting.digest, sighting.pushed_at) == (digest, pushed_at)


def test_a_repository_that_was_not_pushed_to_is_not_asked_for(bench: Bench) -> None:
    bench.server.hub.fill(API, ["1.0", "1.1"])
    known = known_of(bench.adapter().tags(API, {}))
    adapter = bench.adapter()
    assert list(adapter.repositories()) == [API]
    bench.server.forget()
    listing = looked(adapter, known)
    assert (listing.sightings, listing.complete) == ((), False)
    assert bench.server.requests == 0


def test_what_the_catalogue_said_is_used_once(bench: Bench) -> None:
    bench.server.hub.fill(API, ["1.0"])
    adapter = bench.adapter()
    known = known_of(adapter.tags(API, {}))
    list(adapter.repositories())
    looked(adapter, known)
    moved = bench.server.hub.point(API, "1.0", "sha256:" + "f" * 64)
    assert [one.digest for one in looked(adapter, known).sightings] == [moved.digest]


def test_what_the_catalogue_said_is_not_used_when_it_is_old(bench: Bench) -> None:
    bench.server.hub.fill(API, ["1.0"])
    adapter = bench.adapter()
    known = known_of(adapter.tags(API, {}))
    list(adapter.repositories())
    moved = bench.server.hub.point(API, "1.0", "sha256:" + "f" * 64)
    bench.clock.now += 16 * 60
    assert [one.digest for one in looked(adapter, known).sightings] == [moved.digest]


def test_a_thorough_look_asks_for_every_tag(bench: Bench) -> None:
    bench.server.hub.fill(API, ["1.0", "1.1"])
    adapter = bench.adapter()
    known = known_of(adapter.tags(API, {}))
    bench.server.hub.delete(API, "1.0")
    list(adapter.repositories())
    listing = looked(adapter, known, thorough=True)
    assert listing.complete
    assert [one.tag for one in listing.sightings] == ["1.1"]


def test_a_push_to_a_long_list_costs_one_page(bench: Bench) -> None:
    bench.server.hub.fill(API, [f"1.{number}" for number in range(1000)])
    adapter = bench.adapter()
    known = known_of(adapter.tags(API, {}))
    assert len(known) == 1000
    moved = bench.server.hub.point(API, "1.0", "sha256:" + "f" * 64)
    list(adapter.repositories())
    bench.server.forget()
    listing = looked(adapter, known)
    assert bench.server.counted == {"tags": 1}
    assert not listing.complete
    told = {one.tag: one for one in listing.sightings}
    assert (told["1.0"].digest, told["1.0"].pushed_at) == (moved.digest, moved.pushed_at)
    assert all(known[tag].digest == one.digest for tag, one in told.items() if tag != "1.0")


def test_a_deletion_that_the_count_proves_is_found_at_once(bench: Bench) -> None:
    bench.server.hub.fill(API, [f"1.{number}" for number in range(300)])
    adapter = bench.adapter()
    known = known_of(adapter.tags(API, {}))
    bench.server.hub.delete(API, "1.5")
    bench.server.hub.point(API, "2.0", "sha256:" + "f" * 64)
    listing = looked(adapter, known)
    assert listing.complete
    assert {one.tag for one in listing.sightings} == (known.keys() | {"2.0"}) - {"1.5"}


def test_a_push_again_of_the_same_image_is_told_with_its_new_time(bench: Bench) -> None:
    bench.server.hub.push(API, "1.0", image())
    adapter = bench.adapter()
    known = known_of(adapter.tags(API, {}))
    bench.server.hub.push(API, "1.0", image())
    (again,) = looked(adapter, known).sightings
    last = known["1.0"].pushed_at
    assert again.digest == known["1.0"].digest
    assert last
    assert again.pushed_at
    assert again.pushed_at > last


def test_two_pushes_in_one_second_are_two_where_hub_tells_only_seconds(bench: Bench) -> None:
    """The first was seen before the second came, and both bear the repository's time."""
    second = datetime(2026, 1, 31, 12, tzinfo=UTC)
    bench.server.hub.point(API, "1.0", "sha256:" + "a" * 64, second)
    adapter = bench.adapter()
    known = known_of(adapter.tags(API, {}))
    bench.server.hub.point(API, "1.1", "sha256:" + "b" * 64, second)
    list(adapter.repositories())
    assert "1.1" in {one.tag for one in looked(adapter, known).sightings}


def test_a_time_that_does_not_follow_the_pushes_is_not_relied_on(bench: Bench) -> None:
    bench.server.hub.fill(API, ["1.0"])
    bench.server.hub.repositories[API].updated_at = datetime(2020, 1, 1, 0, 0, 0, 5, tzinfo=UTC)
    adapter = bench.adapter()
    known = known_of(adapter.tags(API, {}))
    list(adapter.repositories())
    bench.server.forget()
    assert looked(adapter, known).complete
    assert bench.server.counted == {"tags": 1}


def test_a_repository_newer_than_its_tags_is_asked_for_once(bench: Bench) -> None:
    """A description was written, or a signature pushed: its time is later than any image's."""
    bench.server.hub.fill(API, ["1.0"])
    kept = bench.server.hub.repositories[API]
    assert kept.updated_at
    kept.updated_at += timedelta(days=3)
    adapter = bench.adapter()
    known = known_of(adapter.tags(API, {}))
    counts = []
    for _ in range(3):
        list(adapter.repositories())
        bench.server.forget()
        looked(adapter, known)
        counts.append(bench.server.requests)
    assert counts == [1, 0, 0]


def test_what_was_listed_and_never_recorded_is_listed_again(bench: Bench) -> None:
    bench.server.hub.fill(API, ["1.0"])
    adapter = bench.adapter()
    known = known_of(adapter.tags(API, {}))
    moved = bench.server.hub.point(API, "1.0", "sha256:" + "f" * 64)
    for _ in range(2):  # between the two, the database was away
        list(adapter.repositories())
        assert [one.digest for one in looked(adapter, known).sightings] == [moved.digest]


def test_a_tag_without_a_digest_is_asked_for_and_not_pulled(bench: Bench) -> None:
    digest = bench.server.hub.push(API, "old", image())
    bench.server.hub.change(API, "old", told=False)
    adapter = bench.adapter()
    assert [one.digest for one in adapter.tags(API, {}).sightings] == [digest]
    assert bench.server.counted["manifest-head"] == 1
    assert bench.server.pulls.pulled == 0
    assert adapter.traffic.manifest_gets == 0


def test_a_tag_without_a_digest_is_not_asked_for_until_it_is_pushed(bench: Bench) -> None:
    bench.server.hub.push(API, "old", image("1"))
    bench.server.hub.change(API, "old", told=False)
    adapter = bench.adapter()
    known = known_of(adapter.tags(API, {}))
    bench.server.forget()
    assert known_of(adapter.tags(API, known)) == known
    assert bench.server.counted == {"tags": 1}
    moved = bench.server.hub.push(API, "old", image("2"))
    bench.server.hub.change(API, "old", told=False)
    assert [one.digest for one in adapter.tags(API, known).sightings] == [moved]


def test_a_tag_that_cannot_be_resolved_is_not_passed_over_next_time(bench: Bench) -> None:
    """Its push is older than the other's: once that is recorded, nobody would look so far back."""
    hub = bench.server.hub
    hub.fill(API, [f"1.{number}" for number in range(300)])
    adapter = bench.adapter()
    known = known_of(adapter.tags(API, {}))
    hub.push(API, "old", image())
    hub.change(API, "old", told=False)
    hub.point(API, "new", "sha256:" + "f" * 64)
    bench.server.fault = lambda seen: Reply(503) if seen.method == "HEAD" else None
    with pytest.raises(TransientError, match="503"):
        looked(adapter, known)
    bench.server.fault = lambda _: None
    assert {one.tag for one in looked(adapter, known).sightings} > {"old", "new"}


def test_a_tag_that_fails_is_looked_at_again_in_the_next_pass(bench: Bench) -> None:
    """It is in a full listing that it fails, and nothing is pushed before the next pass."""
    hub = bench.server.hub
    hub.push(API, "old", image())
    hub.change(API, "old", told=False)
    hub.push(API, "new", image("2"))
    kept = hub.repositories[API]
    assert kept.updated_at
    kept.updated_at += timedelta(days=3)  # as a description does, after every push that is known
    adapter = bench.adapter()
    bench.server.fault = lambda seen: Reply(503) if seen.method == "HEAD" else None
    list(adapter.repositories())
    first = looked(adapter, {}, thorough=True)
    assert first.failed.keys() == {"old"}
    bench.server.fault = lambda _: None
    list(adapter.repositories())
    assert {one.tag for one in looked(adapter, known_of(first)).sightings} == {"old", "new"}


def test_a_404_on_a_tag_without_a_digest_counts_only_where_a_registry_answers(
    bench: Bench,
) -> None:
    hub = bench.server.hub
    hub.push(API, "old", image())
    hub.change(API, "old", told=False)
    adapter = bench.adapter()
    known = known_of(adapter.tags(API, {}))
    hub.push(API, "old", image("2"))
    hub.change(API, "old", told=False)
    registry = (f"/v2/{API}/manifests/old", "/v2/")
    bench.server.fault = lambda seen: Reply(404) if seen.path in registry else None
    for thorough in (True, False):
        with pytest.raises(TransientError, match="nothing is known to be gone"):
            looked(adapter, known, thorough=thorough)


def test_a_push_that_comes_to_light_some_minutes_late_is_seen(bench: Bench) -> None:
    hub = bench.server.hub
    hub.fill(API, [f"1.{number}" for number in range(20)])
    adapter = bench.adapter(page=2)
    known = known_of(adapter.tags(API, {}))
    newest = max(one.pushed_at for one in known.values() if one.pushed_at)
    hub.point(API, "late", "sha256:" + "e" * 64, newest - timedelta(minutes=4))
    hub.point(API, "new", "sha256:" + "f" * 64)
    listing = looked(adapter, known)
    assert not listing.complete
    assert {one.tag for one in listing.sightings} >= {"late", "new"}


def test_inactive_tags_are_tags(bench: Bench) -> None:
    bench.server.hub.push(API, "1.0", image())
    bench.server.hub.change(API, "1.0", active=False)
    assert [one.tag for one in bench.adapter().tags(API, {}).sightings] == ["1.0"]


@pytest.mark.parametrize("moment", [None, datetime(1, 1, 1, tzinfo=UTC)])
def test_a_tag_without_a_time_of_its_push_has_none(bench: Bench, moment: datetime | None) -> None:
    bench.server.hub.push(API, "1.0", image())
    bench.server.hub.change(API, "1.0", pushed_at=moment, updated_at=moment)
    adapter = bench.adapter()
    listing = adapter.tags(API, {})
    assert [one.pushed_at for one in listing.sightings] == [None]
    assert looked(adapter, known_of(listing)).complete


def test_a_repository_that_is_gone_is_told_by_the_api_and_its_tags_by_nobody(bench: Bench) -> None:
    """Hub hides what a login may not see just as it does what is deleted."""
    bench.server.hub.push(API, "1.0", image())
    adapter = bench.adapter()
    del bench.server.hub.repositories[API]
    with pytest.raises(NotFoundError):
        adapter.tags(API, {})
    with pytest.raises(UnauthorizedError, match="deleted, or hidden from this login: exclude it"):
        adapter.resolve(API, "1.0")


def test_a_tag_is_gone_where_its_registry_says_so(bench: Bench) -> None:
    bench.server.hub.push(API, "1.0", image())
    adapter = bench.adapter()
    with pytest.raises(NotFoundError):
        adapter.resolve(API, "1.1")
    assert bench.server.counted["manifest-head"] == 1


def test_a_tag_that_the_api_does_not_show_yet_is_seen_in_the_registry(bench: Bench) -> None:
    digest = bench.server.hub.push(API, "1.0", image())
    late = Reply(404, {}, b'{"message": "tag not found"}')
    bench.server.fault = lambda seen: late if "/tags/" in seen.path else None
    assert bench.adapter().resolve(API, "1.0").digest == digest


def test_references_name_docker_io(bench: Bench) -> None:
    adapter = bench.adapter()
    assert adapter.address("library/debian") == "docker.io/library/debian"
    assert str(Repository("hub", "library/debian")) == "hub/library/debian"
