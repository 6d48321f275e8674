"""Looks at some places alone: seen as ever there, and as if nothing had happened elsewhere."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from tests.properties.stormy import StormyWorld
from tests.unit.domain.days import day
from watcher.adapters.store.inventory import SqlInventory
from watcher.adapters.store.passes import SqlPasses
from watcher.adapters.store.tables.inventory import repositories, repository_scopes, tag_intervals
from watcher.adapters.store.tables.passes import passes
from watcher.domain.errors import TransientError
from watcher.services.pass_ import PassReport


def show(world: StormyWorld, at: float, truth: dict[str, str], **more: Any) -> PassReport:  # noqa: ANN401
    """A pass at which the registry holds these tags."""
    return world.play({"at": at, "truth": truth, "tags": truth, **more})


def tags(world: StormyWorld) -> set[tuple[Any, ...]]:
    """Recorded intervals: tag, image, when seen, the listing before, when gone."""
    columns = ("tag", "digest", "observed_at", "previous_at", "gone_at")
    names = {image.digest: name for name, image in world.images.items()}
    with world.engine.connect() as connection:
        rows = connection.execute(select(*(tag_intervals.c[one] for one in columns)))
        return {(row[0], names[row[1]], *row[2:]) for row in rows}


def listed(world: StormyWorld) -> dict[str, object]:
    """When each repository was last listed."""
    known = SqlInventory(world.engine).known("local")
    return {path: one.listed_at for path, one in known.items()}


def watched(world: StormyWorld) -> set[str]:
    known = SqlInventory(world.engine).known("local")
    return {path for path, one in known.items() if one.in_scope}


def test_a_look_sees_what_moved_there_and_nothing_elsewhere(world: StormyWorld) -> None:
    show(world, 0, {"t": "A", "u": "A"})
    report = show(world, 1, {"t": "B", "u": "B"}, look=["t"])
    assert tags(world) == {
        ("t", "A", day(0), None, None),
        ("t", "B", day(1), day(0), None),
        ("u", "A", day(0), None, None),
    }
    assert listed(world) == {"t": day(1), "u": day(0)}
    assert (report.counts["tags"], report.counts["tags_changed"]) == (1, 1)


def test_what_comes_after_a_look_is_dated_from_it_there_and_from_before_it_elsewhere(
    world: StormyWorld,
) -> None:
    show(world, 0, {"t": "A", "u": "A"})
    show(world, 1, {"t": "A", "u": "A"}, look=["t"])
    show(world, 2, {"t": "B", "u": "B"})
    assert ("t", "B", day(2), day(1), None) in tags(world)
    assert ("u", "B", day(2), day(0), None) in tags(world)


def test_a_look_at_a_tag_that_is_gone_sees_it_go_and_does_not_miss_others(
    world: StormyWorld,
) -> None:
    show(world, 0, {"t": "A", "u": "A"})
    show(world, 1, {}, look=["t"])
    assert tags(world) == {("t", "A", day(0), None, day(1)), ("u", "A", day(0), None, None)}


def test_a_look_that_fails_ends_the_listing_of_its_place_alone(world: StormyWorld) -> None:
    show(world, 0, {"t": "A", "u": "A"})
    report = show(world, 1, {"t": "B", "u": "B"}, look=["t"], unlisted=["t"])
    assert [one.subject for one in report.failures] == ["local/t"]
    assert len(tags(world)) == 2
    show(world, 2, {"t": "B", "u": "B"})
    assert ("t", "B", day(2), day(0), None) in tags(world)


def test_a_look_asks_neither_for_the_catalogue_nor_for_other_repositories(
    world: StormyWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    show(world, 0, dict.fromkeys("tuv", "A"))

    def unasked(*_: object) -> None:
        raise TransientError("nobody should ask")

    monkeypatch.setattr(type(world.registry), "repositories", unasked)
    report = show(world, 1, dict.fromkeys("tuv", "B"), look=["t"], unlisted=["u", "v"])
    assert report.failures == []
    assert ("t", "B", day(1), day(0), None) in tags(world)


def test_a_repository_that_is_new_is_watched_from_its_first_look_on(world: StormyWorld) -> None:
    show(world, 0, {"t": "A"})
    show(world, 1, {"t": "A", "u": "B", "v": "B"}, look=["u"])
    assert watched(world) == {"t", "u"}
    assert ("u", "B", day(1), None, None) in tags(world)
    show(world, 2, {"t": "A", "u": "B", "v": "B"})
    assert watched(world) == {"t", "u", "v"}
    assert len(tags(world)) == 3


def test_a_look_at_what_is_not_there_leaves_no_trace(world: StormyWorld) -> None:
    show(world, 0, {"t": "A"})
    report = show(world, 1, {"t": "A"}, look=["nothing", "no/such/thing"])
    assert report.failures == []
    with world.engine.connect() as connection:
        assert list(connection.scalars(select(repositories.c.path))) == ["t"]


def test_a_repository_that_a_registry_lists_as_empty_is_not_believed_to_be_there(
    world: StormyWorld,
) -> None:
    show(world, 0, {"t": "A", "u": "A"})
    world.registry._tags["v"] = {}
    show(world, 1, {"t": "A", "u": "A"}, look=["v"])
    assert watched(world) == {"t", "u"}


def test_a_look_that_fails_at_a_stranger_says_so_and_takes_it_up_no_more_than_that(
    world: StormyWorld,
) -> None:
    show(world, 0, {"t": "A"})
    report = show(world, 1, {"t": "A", "u": "A"}, look=["u"], unlisted=["u"])
    assert [one.subject for one in report.failures] == ["local/u"]
    assert watched(world) == {"t"}


def test_what_the_configuration_excludes_is_not_looked_at(world: StormyWorld) -> None:
    show(world, 0, {"t": "A", "u": "A"}, include=["t"])
    show(world, 1, {"t": "B", "u": "B"}, look=["u"])
    assert watched(world) == {"t"}
    assert tags(world) == {("t", "A", day(0), None, None)}


def test_what_is_excluded_since_is_left_to_the_next_listing(world: StormyWorld) -> None:
    show(world, 0, {"t": "A", "u": "A"})
    show(world, 1, {"t": "B", "u": "B"}, include=["t"], look=["u", "t"])
    assert watched(world) == {"t", "u"}
    show(world, 2, {"t": "B", "u": "B"}, include=["t"])
    assert watched(world) == {"t"}


def test_what_is_included_again_is_watched_from_a_look_on(world: StormyWorld) -> None:
    show(world, 0, {"t": "A", "u": "A"})
    show(world, 1, {"t": "A", "u": "A"}, include=["t"])
    show(world, 2, {"t": "A", "u": "B"}, include=["**"], look=["u"])
    assert watched(world) == {"t", "u"}
    assert ("u", "B", day(2), day(0), None) in tags(world)
    with world.engine.connect() as connection:
        rows = connection.execute(select(repository_scopes.c.since, repository_scopes.c.until))
        assert {tuple(row) for row in rows} >= {(day(0), day(1)), (day(2), None)}


def test_a_whole_registry_may_be_looked_at_as_a_listing_does(world: StormyWorld) -> None:
    show(world, 0, {"t": "A", "u": "A"})
    show(world, 1, {"t": "B", "v": "A"}, look=["*"])
    assert watched(world) == {"t", "u", "v"}
    assert ("u", "A", day(0), None, day(1)) in tags(world)
    assert listed(world) == dict.fromkeys("tuv", day(1))


def test_a_whole_registry_that_fails_its_look_ends_the_listing_of_all_of_it(
    world: StormyWorld,
) -> None:
    show(world, 0, {"t": "A", "u": "A"})
    report = show(world, 1, {"t": "B", "u": "A"}, look=["*"], tags="failed")
    assert [one.subject for one in report.failures] == ["local"]
    show(world, 2, {"t": "B", "u": "A"})
    assert ("t", "B", day(2), day(0), None) in tags(world)


def test_a_look_is_not_recorded_as_an_inventory(world: StormyWorld) -> None:
    show(world, 0, {"t": "A"})
    show(world, 1, {"t": "A"}, look=["t"])
    with world.engine.connect() as connection:
        done = list(connection.scalars(select(passes.c.stages).order_by(passes.c.id)))
    assert done == [["inventory"], ["look"]]
    last = SqlPasses(world.engine).last()
    assert last
    assert SqlPasses(world.engine).previous_snapshot(last) == "0" * 64


@pytest.mark.parametrize("elsewhere", [True, False])
def test_an_image_that_cannot_be_resolved_is_tried_again_by_looks_at_its_repository_alone(
    world: StormyWorld, *, elsewhere: bool
) -> None:
    show(world, 0, {"t": "A", "u": "A"})
    show(world, 1, {"t": "B", "u": "A"}, look=["t"], unresolved=["B"])
    look = show(world, 2, {"t": "B", "u": "A"}, look=["u" if elsewhere else "t"])
    assert look.counts["manifest_gets"] == (0 if elsewhere else 1)
    assert show(world, 3, {"t": "B", "u": "A"}).counts["manifest_gets"] == (1 if elsewhere else 0)
