"""A pass that loses its lock ends with a clear line, and the next one makes it good."""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread
from time import monotonic, sleep
from typing import Any

import pytest
from sqlalchemy import Engine, select

from tests.contract.store.fleet import Fleet, day, exposures
from tests.contract.store.places import cut
from watcher.adapters.store.catalogues import SqlCatalogues
from watcher.adapters.store.inventory import SqlInventory
from watcher.adapters.store.jobs import SqlJobs
from watcher.adapters.store.matches import SqlMatches
from watcher.adapters.store.tables.jobs import workers
from watcher.adapters.store.tables.passes import passes
from watcher.domain.errors import StartError
from watcher.services.pass_ import watch

pytestmark = pytest.mark.servers

Opening = Callable[[str], Engine]

# Whatever writes while the pass goes on, each followed by a look at the lock.
WRITERS: list[tuple[type, str]] = [
    (SqlInventory, "record_tags"),
    (SqlJobs, "order"),
    (SqlCatalogues, "add"),
    (SqlMatches, "record"),
    (SqlJobs, "finish"),
]


@pytest.fixture(autouse=True)
def _looked_at_each_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "_CHECKED", 0.0)


def fleet() -> Fleet:
    told = Fleet()
    told.learn(day(-1), {"p1": ["V"], "p2": ["W"]})
    told.push("shop/api", "latest", ["p1", "p2"], created=day(-20))
    told.push("shop/web", "latest", ["p1", "p3"], created=day(-15))
    return told


def states(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return list(connection.scalars(select(passes.c.state).order_by(passes.c.id)))


def wait_for(what: Callable[[], bool]) -> None:
    deadline = monotonic() + 30
    while not what():
        assert monotonic() < deadline
        sleep(0.01)


@pytest.mark.parametrize(
    ("kind", "name"), WRITERS, ids=[f"{kind.__name__}.{name}" for kind, name in WRITERS]
)
@pytest.mark.parametrize("overtaken", [False, True], ids=["alone", "overtaken"])
def test_a_pass_that_loses_its_lock_ends_and_the_next_one_makes_it_good(
    postgresql_url: str,
    other_postgresql_url: str,
    opening: Opening,
    kind: type,
    name: str,
    *,
    overtaken: bool,
) -> None:
    engine, other = opening(postgresql_url), opening(postgresql_url)
    undisturbed = opening(other_postgresql_url)
    fleet().sync(undisturbed, day(0))
    fleet().sync(undisturbed, day(1))
    real: Callable[..., Any] = getattr(kind, name)
    # It keeps what the first pass is at, and so waits for it where it does.
    next_one = Thread(target=lambda: fleet().sync(other, day(0)))
    losing = iter([True])

    def write(*told: Any, **named: Any) -> Any:  # noqa: ANN401
        given = real(*told, **named)
        if next(losing, False):
            cut(other, "objid = 0")
            if overtaken:
                next_one.start()
                wait_for(lambda: len(states(engine)) == 2)
        return given

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kind, name, write)
        with pytest.raises(StartError, match=r"lost its lock|is over") as ended:
            fleet().sync(engine, day(0))
        if overtaken:
            next_one.join()
    assert "\n" not in str(ended.value)
    assert states(engine) == (["abandoned", "complete"] if overtaken else ["abandoned"])
    if not overtaken:
        fleet().sync(engine, day(0))
    fleet().sync(engine, day(1))
    assert exposures(engine, day(1)) == exposures(undisturbed, day(1))
    assert states(engine)[-1] == "complete"
    assert SqlJobs(engine).unfinished() == []
    with engine.connect() as connection:
        assert connection.scalars(select(workers.c.id)).all() == []
