"""Whole passes that only look: what they leave alone, and what past reports say for ever."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select

from tests.integration.inventory.conftest import HISTORY
from tests.properties.stormy import StormyWorld
from tests.unit.domain.days import day
from watcher.adapters.store.tables.inventory import repositories
from watcher.adapters.store.tables.passes import coverage, failures, passes
from watcher.adapters.store.views import SqlViews
from watcher.ports.store.ledger import Track
from watcher.ports.store.views import Coverage
from watcher.services.pass_ import PassReport

BOTH = {"t": "A", "u": "A"}
KNOWN = {"knowledge": {"effective": 0, "matches": {"p1": ["V"], "p2": []}}}


@pytest.fixture
def world(sqlite_url: str, opening: Callable[[str], Engine]) -> StormyWorld:
    """All of it is played, not the inventory alone."""
    return StormyWorld(HISTORY, opening(sqlite_url))


def show(world: StormyWorld, at: float, truth: dict[str, str], **more: Any) -> PassReport:  # noqa: ANN401
    return world.play({"at": at, "truth": truth, "tags": truth, **more})


def failing(world: StormyWorld) -> set[str]:
    """What the inventory failed at and did not succeed at since."""
    wanted = (failures.c.stage == "inventory") & failures.c.closed_in.is_(None)
    with world.engine.connect() as connection:
        return set(connection.scalars(select(failures.c.subject).where(wanted)))


def going_on(world: StormyWorld, stage: str = "inventory") -> dict[str, Any]:
    """Until when each repository's unbroken run of listings goes."""
    statement = (
        select(repositories.c.path, coverage.c.until)
        .join(coverage, coverage.c.subject == repositories.c.id)
        .where(coverage.c.stage == stage, coverage.c.closed_in.is_(None))
    )
    with world.engine.connect() as connection:
        return {row.path: row.until for row in connection.execute(statement)}


def covered(world: StormyWorld, at: float) -> Mapping[Track, Coverage]:
    """Coverage as a report of that time draws it."""
    views = SqlViews(world.engine)
    done = views.finished(day(at))
    assert done
    return views.coverage(done.number, day(at), timedelta(hours=12))


def test_elsewhere_failures_and_runs_of_listings_go_on_untouched(world: StormyWorld) -> None:
    show(world, 0, BOTH, **KNOWN)
    show(world, 0.1, BOTH, unlisted=["u"])
    show(world, 0.2, BOTH, look=["t"])
    assert failing(world) == {"local/u"}
    assert going_on(world) == {"t": day(0.2)}
    show(world, 0.3, BOTH, look=["u"])
    assert failing(world) == set()
    assert going_on(world) == {"t": day(0.2), "u": day(0.3)}
    assert going_on(world, "reconciliation") == {"t": day(0.2), "u": day(0.3)}
    show(world, 0.4, BOTH, look=["t"], unlisted=["t"])
    assert failing(world) == {"local/t"}
    assert going_on(world) == {"u": day(0.3)}


def test_a_failure_of_the_registry_is_ended_by_a_look_at_all_of_it_alone(
    world: StormyWorld,
) -> None:
    show(world, 0, BOTH, **KNOWN)
    show(world, 0.1, BOTH, tags="failed")
    show(world, 0.2, BOTH, look=["t"])
    assert failing(world) == {"local"}
    show(world, 0.3, BOTH, look=["*"])
    assert failing(world) == set()


def test_a_pass_that_looked_is_recorded_as_one(world: StormyWorld) -> None:
    show(world, 0, BOTH, **KNOWN)
    show(world, 1, BOTH, look=["t"])
    with world.engine.connect() as connection:
        done = list(connection.scalars(select(passes.c.stages).order_by(passes.c.id)))
    assert done[1] == ["look", "catalog", "match", "exposure"]


def test_images_of_other_repositories_are_not_asked_for_again(world: StormyWorld) -> None:
    show(world, 0, BOTH, **KNOWN)
    moved = {"t": "A", "u": "B"}
    show(world, 1, moved, unresolved=["B"])
    assert show(world, 2, moved, look=["t"]).counts["manifest_gets"] == 0
    assert show(world, 3, moved, look=["u"]).counts["manifest_gets"] == 1


def test_what_a_look_saw_is_in_the_ledger_when_its_pass_ends(world: StormyWorld) -> None:
    show(world, 0, {"t": "B", "u": "B"}, **KNOWN)
    show(world, 1, {"t": "A", "u": "A"}, look=["t"])
    windows = world.exposures(day(1))["windows"]
    assert [(one["repository"], one["open"]) for one in windows] == [("t", True)]


def test_a_report_of_the_time_of_a_look_says_the_same_for_ever(world: StormyWorld) -> None:
    """Nobody listed `u` since the start, and no later listing makes it look otherwise."""
    show(world, 0, BOTH, **KNOWN)
    show(world, 1, BOTH, look=["t"], knowledge={"effective": 0.9, **KNOWN["knowledge"]})
    then = covered(world, 1)
    assert [one.covered for one in then.values()].count(False) >= 1
    show(world, 1.1, {"t": "A", "u": "B"})
    show(world, 1.2, {"t": "A", "u": "B"}, look=["u"], unlisted=["u"])
    show(world, 1.3, {"t": "A", "u": "B"})
    assert covered(world, 1) == then
