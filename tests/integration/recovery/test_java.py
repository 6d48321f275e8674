"""The Java database, without which jars have no names: it holds nothing else up."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.integration.recovery.world import World, day
from watcher.demo.workshop import Artifact, java_database

JAVA = "db.test/trivy-java-db:1"


def offered(number: float) -> Artifact:
    return java_database([], updated_at=day(number)).artifact()


@pytest.fixture
def world(tmp_path: Path, opening: Callable[[str], Engine], sqlite_url: str) -> World:
    """A world after its first pass, with a Java database."""
    world = World(opening(sqlite_url), tmp_path / "state", java=[JAVA])
    world.push("shop/api", "latest", "p1", created=-20)
    world.publish(-0.25, {"p1": ["OLD"]})
    world.source.push(JAVA, offered(-0.5))
    assert world.sync(0).failures == []
    return world


def test_one_that_is_none_is_refused_once_and_the_other_database_goes_on(world: World) -> None:
    before = offered(-0.5).digest
    good = java_database([], updated_at=day(0.5))
    broken = offered(0.5)
    (layer,) = broken.layers
    world.source.push(JAVA, Artifact(broken.config, (layer.of(layer.media_type, b"rubbish"),)))
    world.publish(0.75, {"p1": ["OLD", "NEW"]})
    world.push("shop/web", "latest", "p1", created=0.5)
    for number in (1, 1.5):
        report = world.sync(number)
        assert [(one.stage, one.subject, one.retry) for one in report.failures] == [
            ("knowledge", "java_db", False)
        ]
        assert "no gzip" in report.failures[0].error
        assert report.java_db == before
    assert world.source.pulls.count(JAVA) == 2  # the first one, and this one once
    assert world.uncovered(1.5) == set()
    world.source.push(JAVA, good.artifact())
    report = world.sync(2)
    assert (report.failures, report.java_db) == ([], good.artifact().digest)


def test_one_that_nobody_wants_any_more_is_not_missed(world: World) -> None:
    world.java = []
    shutil.rmtree(world.state)
    world.push("shop/api", "latest", "p2", created=0.5)
    report = world.sync(1)
    assert report.failures == []
    assert report.java_db is None
    assert report.counts["catalogued"] == 1
