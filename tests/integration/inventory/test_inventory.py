"""The inventory stage: what a listing shows is recorded, and what it cannot show is not guessed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from tests.properties.stormy import StormyWorld
from tests.unit.domain.days import day
from watcher.adapters.store.tables.inventory import bindings, tag_intervals, unseen_moves
from watcher.demo.workshop import Index
from watcher.domain.errors import NotFoundError, TransientError
from watcher.ports.registry import Listing
from watcher.services.pass_ import PassReport


def show(world: StormyWorld, at: float, truth: dict[str, str], **more: Any) -> PassReport:  # noqa: ANN401
    """A pass at which the registry holds these tags."""
    return world.play({"at": at, "truth": truth, "tags": truth, **more})


def begin(world: StormyWorld, truth: dict[str, str], **more: Any) -> None:  # noqa: ANN401
    show(world, 0, truth, **more)


def tags(world: StormyWorld) -> list[tuple[Any, ...]]:
    """Recorded intervals: tag, image, when seen, the listing before, when gone, the one before."""
    columns = ("tag", "digest", "observed_at", "previous_at", "gone_at", "gone_previous_at")
    names = {image.digest: name for name, image in world.images.items()}
    with world.engine.connect() as connection:
        statement = select(*(tag_intervals.c[one] for one in columns)).order_by(tag_intervals.c.id)
        return [(row[0], names[row[1]], *row[2:]) for row in connection.execute(statement)]


def ends(world: StormyWorld) -> list[tuple[Any, ...]]:
    with world.engine.connect() as connection:
        statement = select(bindings.c.end_at, bindings.c.reason).order_by(bindings.c.start_at)
        statement = statement.where(bindings.c.superseded_in.is_(None))
        return [tuple(row) for row in connection.execute(statement)]


def test_tags_are_recorded_as_they_are_seen_with_the_listing_before(world: StormyWorld) -> None:
    begin(world, {"t": "A"})
    show(world, 1, {"t": "A"})
    show(world, 2, {"t": "B"})
    report = show(world, 3, {})
    assert tags(world) == [
        ("t", "A", day(0), None, None, None),
        ("t", "B", day(2), day(1), day(3), day(2)),
    ]
    assert (report.counts["tags"], report.counts["tags_changed"]) == (0, 1)


def test_a_listing_of_what_moved_alone_tells_of_moves_and_of_nothing_gone(
    world: StormyWorld,
) -> None:
    begin(world, {"t": "A", "u": "A"})
    world.registry.hasty = True
    report = show(world, 0.1, {"t": "B"})
    assert tags(world) == [
        ("t", "A", day(0), None, None, None),
        ("u", "A", day(0), None, None, None),
        ("t", "B", day(0.1), day(0), None, None),
    ]
    assert (report.counts["tags"], report.failures) == (2, [])


def test_what_is_gone_is_seen_when_all_is_listed_again_and_dated_by_the_last_time_it_was(
    world: StormyWorld,
) -> None:
    begin(world, {"t": "A", "u": "A"})
    world.registry.hasty = True
    show(world, 0.1, {"t": "A"})
    show(world, 0.2, {"t": "B"})
    show(world, 0.3, {"t": "B"})
    assert tags(world)[1:] == [
        ("u", "A", day(0), None, day(0.3), day(0)),
        ("t", "B", day(0.2), day(0.1), None, None),
    ]


@pytest.mark.parametrize("failing", [{"tags": "failed"}, {"unlisted": ["t"]}])
def test_a_listing_that_fails_changes_nothing_and_does_not_count_as_one(
    world: StormyWorld, failing: dict[str, Any]
) -> None:
    begin(world, {"t": "A"})
    report = show(world, 1, {"t": "B"}, **failing)
    assert tags(world) == [("t", "A", day(0), None, None, None)]
    assert [one.stage for one in report.failures] == ["inventory"]
    show(world, 2, {"t": "B"})
    assert tags(world)[1] == ("t", "B", day(2), day(0), None, None)


def test_a_tag_that_cannot_be_resolved_is_neither_gone_nor_moved(world: StormyWorld) -> None:
    world.history = {**world.history, "streams": "version"}
    begin(world, {"1.0.0": "A", "2.0.0": "A"})
    report = show(world, 1, {"1.0.0": "B", "2.0.0": "B"}, broken=["1.0.0"])
    assert [one.subject for one in report.failures] == ["local/shared:1.0.0"]
    assert [row[:3] for row in tags(world)] == [
        ("1.0.0", "A", day(0)),
        ("2.0.0", "A", day(0)),
        ("2.0.0", "B", day(1)),
    ]
    show(world, 2, {"1.0.0": "B", "2.0.0": "B"})
    assert tags(world)[-1] == ("1.0.0", "B", day(2), day(0), None, None)


def test_a_repository_that_the_registry_no_longer_knows_has_lost_its_tags(
    world: StormyWorld,
) -> None:
    begin(world, {"t": "A", "u": "A"})
    world.registry.delete_repository("t")
    world.play({"at": 1, "truth": {"u": "A"}, "tags": {"u": "A"}})
    gone = [(row[0], row[4], row[5]) for row in tags(world)]
    assert gone == [("t", day(1), day(0)), ("u", None, None)]


def test_a_repository_that_says_it_is_not_there_while_its_tags_are_keeps_them(
    world: StormyWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(world, {"t": "A"})

    def missing(*_: object) -> None:
        raise NotFoundError("local has no repository t")

    monkeypatch.setattr(type(world.registry), "tags", missing)
    report = show(world, 1, {"t": "A"})
    assert tags(world) == [("t", "A", day(0), None, None, None)]
    assert [(one.subject, one.error) for one in report.failures] == [
        ("local/t", "the registry does not know it, though 1 of its tags are there")
    ]


def test_a_list_that_is_cut_records_what_it_shows_and_counts_as_none(
    world: StormyWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(world, {"t": "A"})
    listed = type(world.registry).tags

    def cut(*asked: Any) -> Listing:  # noqa: ANN401
        return replace(listed(*asked), cut="the list is cut short")

    with monkeypatch.context() as patch:
        patch.setattr(type(world.registry), "tags", cut)
        report = show(world, 1, {"t": "B"})
    assert tags(world)[1:] == [("t", "B", day(1), day(0), None, None)]
    assert [(one.subject, one.error) for one in report.failures] == [
        ("local/t", "the list is cut short")
    ]
    show(world, 2, {"t": "A"})
    assert tags(world)[2:] == [("t", "A", day(2), day(0), None, None)]


def test_tags_of_a_lost_repository_are_given_up_after_many_failures(
    world: StormyWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = {f"{number}.0.0": "A" for number in range(1, 41)}
    world.history = {**world.history, "streams": "version"}
    begin(world, many)
    asked: list[str] = []

    def missing(*_: object) -> None:
        raise NotFoundError("local has no such repository")

    def silent(_: object, __: str, tag: str) -> None:
        asked.append(tag)
        raise TransientError("no answer")

    monkeypatch.setattr(type(world.registry), "tags", missing)
    monkeypatch.setattr(type(world.registry), "resolve", silent)
    report = show(world, 1, many)
    assert len(asked) == 16
    assert len(report.failures) == 40
    assert sum("not asked any more" in one.error for one in report.failures) == 24
    assert all(row[4] is None for row in tags(world))


def test_what_is_excluded_is_out_of_scope_and_comes_back_when_it_is_included(
    world: StormyWorld,
) -> None:
    begin(world, {"t": "A"})
    show(world, 2, {"t": "A"}, include=[])
    assert ends(world) == [(day(2), "out_of_scope")]
    show(world, 4, {"t": "B"}, include=["**"])
    assert ends(world) == [(day(2), "out_of_scope"), (None, None)]
    assert tags(world)[1] == ("t", "B", day(4), day(0), None, None)


def test_a_push_of_the_same_digest_is_remembered_and_splits_nothing(world: StormyWorld) -> None:
    begin(world, {"t": "A"}, pushed={"t": -3})
    show(world, 1, {"t": "A"}, pushed={"t": -3})
    show(world, 2, {"t": "A"}, pushed={"t": 1.5})
    with world.engine.connect() as connection:
        moves = list(connection.scalars(select(unseen_moves.c.pushed_at)))
    assert (moves, len(tags(world))) == ([day(1.5)], 1)


def test_an_image_that_cannot_be_resolved_is_tried_again_until_it_can(world: StormyWorld) -> None:
    begin(world, {"t": "A"})
    report = show(world, 1, {"t": "B"}, unresolved=["B"])
    assert [one.subject for one in report.failures] == [f"local/t@{world.images['B'].digest}"]
    assert ends(world) == [(day(1), "moved"), (None, None)]
    again = show(world, 2, {"t": "B"}, unresolved=["B"])
    assert len(again.failures) == 1
    assert show(world, 3, {"t": "B"}).failures == []
    assert show(world, 4, {"t": "B"}).counts["manifest_gets"] == 0


def test_an_index_without_an_image_is_a_failure(world: StormyWorld) -> None:
    begin(world, {"t": "A"})
    world.images["B"] = Index([])  # type: ignore[assignment]
    (failure,) = show(world, 1, {"t": "B"}).failures
    assert "without a single image" in failure.error
    assert not failure.retry


def test_images_that_nobody_dated_are_looked_into_once_and_the_newest_counts(
    world: StormyWorld,
) -> None:
    world.history = {**world.history, "streams": "newest"}
    report = show(world, 0, {"1a2b3c4": "A", "deadbeef": "B"})
    assert (report.failures, report.counts["manifest_gets"]) == ([], 2)
    assert bound_now(world) == ["A"]  # B does not say when it was made
    assert show(world, 1, {"1a2b3c4": "A", "deadbeef": "B"}).counts["manifest_gets"] == 0


def test_while_an_image_that_decides_cannot_be_looked_into_nothing_is_guessed(
    world: StormyWorld,
) -> None:
    world.history = {**world.history, "streams": "newest"}
    tags_ = {"1a2b3c4": "A", "deadbeef": "B"}
    assert len(show(world, 0, tags_, unresolved=["B"]).failures) == 1
    assert bound_now(world) == []
    assert show(world, 1, tags_).failures == []
    assert bound_now(world) == ["A"]


def bound_now(world: StormyWorld) -> list[str]:
    names = {image.digest: name for name, image in world.images.items()}
    with world.engine.connect() as connection:
        statement = select(bindings.c.target).where(
            bindings.c.end_at.is_(None), bindings.c.superseded_in.is_(None)
        )
        return [names[target] for target in connection.scalars(statement)]
