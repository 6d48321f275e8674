"""Another Trivy, another Java database, a database taken back: one reason at a time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from tests.fakes.scanner import Known, fake_package
from tests.integration.recovery.world import SOURCE, World, day
from watcher.adapters.library import FolderLibrary
from watcher.adapters.store.matches import SqlMatches
from watcher.adapters.store.tables.knowledge import knowledge, matches, vulnerabilities
from watcher.demo.workshop import Artifact, Image, java_database, layer, trivy_database
from watcher.domain.errors import TransientError
from watcher.services import catalog

JAVA = "db.test/trivy-java-db:1"
Told = list[tuple[str, str, str | None]]


@pytest.fixture
def world(tmp_path: Path, opening: Callable[[str], Engine], sqlite_url: str) -> World:
    """A world after its first pass: one image of two packages, both with a vulnerability."""
    world = World(opening(sqlite_url), tmp_path / "state")
    world.push("shop/api", "latest", "p1", "p2", created=-20)
    world.publish(-0.25, {"p1": ["OLD"], "p2": ["GONE"]})
    assert world.sync(0).failures == []
    return world


def upgraded(world: World, *packages: str, version: str = "0.75.0") -> None:
    """Let another scanner see these packages in the image."""
    world.scanner.version = version
    for digest in list(world.scanner.images):
        world.scanner.put_image(digest, [fake_package(one) for one in packages])


def knows(world: World, updated: float, found: dict[str, list[str]], version: str) -> None:
    """Let one version of the scanner find this with the database of a day."""
    digest = trivy_database([], [], updated_at=day(updated)).artifact().digest
    known = [Known(package, name) for package, names in found.items() for name in names]
    world.scanner.learn(FolderLibrary(world.state).files(digest, None), known, version)


def ends(world: World, number: float) -> Told:
    """How the episodes stand: vulnerability, state or cause, and its day."""
    return sorted(
        (window["vulnerability"], episode["cause"] or "open", episode["to"])
        for window in world.exposures(number)["windows"]
        for episode in window["episodes"]
    )


def test_each_change_has_one_reason_where_scanner_and_database_are_both_new(world: World) -> None:
    knows(world, -0.25, {"p1": ["OLD", "SEEN"], "p2": []}, "0.75.0")
    world.publish(0.75, {"p1": ["OLD", "SEEN", "NEWS"], "p2": []})
    upgraded(world, "p1", "p2")
    assert world.sync(1).failures == []
    first, ended = knowledge.alias(), knowledge.alias()
    statement = (
        select(vulnerabilities.c.name, first.c.scanner, first.c.db_digest, ended.c.db_digest)
        .join(matches, matches.c.vulnerability_id == vulnerabilities.c.id)
        .join(first, first.c.id == matches.c.first_knowledge)
        .outerjoin(ended, ended.c.id == matches.c.ended_by)
    )
    with world.engine.connect() as connection:
        told = {row[0]: tuple(row)[1:] for row in connection.execute(statement)}
    old = trivy_database([], [], updated_at=day(-0.25)).artifact().digest
    new = trivy_database([], [], updated_at=day(0.75)).artifact().digest
    assert told == {
        "OLD": ("0.74.0", old, None),
        "GONE": ("0.74.0", old, old),
        "SEEN": ("0.75.0", old, None),
        "NEWS": ("0.75.0", new, None),
    }
    assert ("GONE", "detection_change", "2026-03-02T00:00:00Z") in ends(world, 1)


def test_another_scanner_lists_images_again_and_what_only_the_new_list_ends_is_its_doing(
    world: World,
) -> None:
    upgraded(world, "p1")
    report = world.sync(1)
    assert (report.failures, report.counts["catalogued"], report.counts["images_new"]) == ([], 1, 0)
    assert ends(world, 1) == [
        ("GONE", "detection_change", "2026-03-02T00:00:00Z"),
        ("OLD", "open", None),
    ]
    assert world.uncovered(1) == set()
    assert world.sync(2).counts["catalogued"] == 0
    upgraded(world, "p1", "p2", version="0.74.0")  # back again: its list counts anew
    assert world.sync(3).counts["catalogued"] == 1
    assert ("GONE", "open", None) in ends(world, 3)
    assert world.sync(4).counts["catalogued"] == 0


def test_until_the_new_list_is_there_the_old_one_serves(world: World) -> None:
    before = ends(world, 0)
    upgraded(world, "p1")
    for digest in world.scanner.images:
        world.scanner.failures[digest] = TransientError("no route")
    report = world.sync(1)
    assert [(one.stage, one.retry) for one in report.failures] == [("catalog", True)]
    assert ends(world, 1) == before
    assert world.uncovered(1) == set()
    world.scanner.failures.clear()
    assert world.sync(2).failures == []
    assert ("GONE", "detection_change", "2026-03-03T00:00:00Z") in ends(world, 2)


def test_images_are_listed_again_a_share_in_each_pass_and_new_ones_do_not_wait(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalog, "_FEWEST", 2)
    for number in range(5):
        world.push(f"shop/more{number}", "latest", "p1", created=-20)
    assert world.sync(0.5).counts["catalogued"] == 5
    world.scanner.version = "0.75.0"
    world.push("shop/new", "latest", "p1", created=0.9)
    counts = [world.sync(1 + number).counts for number in range(5)]
    assert [one["catalogued"] for one in counts] == [3, 2, 2, 0, 0]
    assert [one["images_new"] for one in counts] == [1, 0, 0, 0, 0]


def test_images_with_unknown_jars_are_listed_again_under_a_new_java_database_once_a_week(
    tmp_path: Path, opening: Callable[[str], Engine], sqlite_url: str
) -> None:
    world = World(opening(sqlite_url), tmp_path / "state", java=[JAVA])
    world.push("shop/api", "latest", "p1", created=-20)
    jars = Image([layer({"/jars": "unknown"})], created=day(-20))
    world.scanner.put_image(jars.digest, [fake_package("p1")], unknown_jars=True)
    world.registry.push("shop/jars", "latest", jars)
    world.publish(-0.25, {"p1": ["OLD"]})

    def offer(number: float) -> Artifact:
        artifact = java_database([], updated_at=day(number)).artifact()
        world.source.push(JAVA, artifact)
        return artifact

    offer(-0.5)
    assert world.sync(0).counts["catalogued"] == 2
    offer(0.5)
    assert [world.sync(at).counts["catalogued"] for at in (1, 6.9, 7, 8)] == [0, 0, 1, 0]
    assert [world.sync(at).counts["catalogued"] for at in (15,)] == [0]  # the same database
    offer(15.5)
    assert world.sync(16).counts["catalogued"] == 1


def test_what_upstream_took_back_is_taken_back_here_after_a_day(world: World) -> None:
    world.publish(0.5, {"p1": ["OLD", "MISTAKE"], "p2": ["GONE"]})
    world.sync(1)
    old = trivy_database([], [], updated_at=day(-0.25)).artifact()
    world.source.push(SOURCE, old)
    for at in (2, 2.5):
        assert ["older" in one.error for one in world.sync(at).failures] == [True]
        assert ("MISTAKE", "open", None) in ends(world, at)
    report = world.sync(3)
    assert (report.failures, report.knowledge_changed) == ([], True)
    assert ("MISTAKE", "knowledge_withdrawn", "2026-03-03T00:00:00Z") in ends(world, 3)
    assert world.uncovered(3) == set()


def test_databases_expire_and_what_was_known_by_them_stays(world: World) -> None:
    for number in range(1, 9):
        world.publish(number - 0.25, {"p1": ["OLD", f"V{number}"], "p2": ["GONE"]})
        assert world.sync(number).failures == []
    assert len(FolderLibrary(world.state).standing("db")) == 5
    told = [name for name, _, _ in ends(world, 8)]
    assert told == ["GONE", "OLD", *(f"V{number}" for number in range(1, 9))]


def test_a_death_between_the_two_steps_of_an_upgrade_loses_neither(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    knows(world, -0.25, {"p1": ["OLD", "SEEN"], "p2": []}, "0.75.0")
    world.publish(0.75, {"p1": ["OLD", "SEEN", "NEWS"], "p2": []})
    upgraded(world, "p1", "p2")
    adopt, record = SqlMatches.adopt, SqlMatches.record

    def dying(at: int) -> None:
        """Die after so many versions adopted and matches recorded."""
        left = [at]

        def once(original: Any) -> Any:  # noqa: ANN401 - whichever method it is
            def step(*told: Any) -> Any:  # noqa: ANN401
                done = original(*told)
                left[0] -= 1
                if left[0] == 0:
                    raise KeyboardInterrupt
                return done

            return step

        monkeypatch.setattr(SqlMatches, "adopt", once(adopt))
        monkeypatch.setattr(SqlMatches, "record", once(record))

    for steps, at in ((1, 1.0), (1, 1.1), (1, 1.2), (1, 1.3)):
        dying(steps)
        with pytest.raises(KeyboardInterrupt):
            world.sync(at)
    dying(1)
    assert world.sync(2).failures == []
    with world.engine.connect() as connection:
        told = connection.execute(select(matches.c.first_knowledge, matches.c.ended_by)).all()
    assert sorted(map(tuple, told), key=str) == [(1, 2), (1, None), (2, None), (3, None)]
