"""A pass killed at any of its writes, and made again: nothing is lost and nothing is doubled."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, event

from tests.contract.store.fleet import Document, Fleet, day, exposures
from tests.servers.sqlite import copy_database
from watcher.adapters.store.engine import open_engine

DAYS = (0, 5, 10, 15)
MOST = 200  # commits of one pass; it has far fewer


class Killed(BaseException):
    """Stands for the end of the process."""


def first_day(fleet: Fleet) -> None:
    fleet.learn(day(-1), {"p1": ["V"], "p2": ["W"]})
    fleet.push("shop/api", "latest", ["p1", "p2"], created=day(-20))
    fleet.push("shop/web", "latest", ["p1", "p4"], created=day(-15))
    fleet.push("shop/web", "1.0.0", ["p2"], created=day(-15))
    fleet.push("shop/old", "latest", ["p1", "p2"], created=day(-30))
    fleet.push("shop/same", "latest", ["p5"], created=day(-30), pushed_at=day(-3))


def second_day(fleet: Fleet) -> None:
    known = {"p1": ["V"], "p2": ["W", "X"], "p3": ["Y"], "p4": ["Z"]}
    fleet.learn(day(4.5), known, published={"X": day(2), "W": day(-40)})
    fleet.push("shop/api", "latest", ["p2", "p3"], created=day(4), pushed_at=day(4))
    fleet.push("shop/web", "1.1.0", ["p4"], created=day(4))
    fleet.push("shop/new", "latest", ["p1", "p2", "p3"], created=day(1))
    fleet.push("shop/same", "latest", ["p5"], created=day(-30), pushed_at=day(3))


def third_day(fleet: Fleet) -> None:
    fleet.learn(day(9), {"p2": ["W"], "p3": ["Y"], "p5": ["V"]})
    fleet.push("shop/api", "latest", ["p1", "p2"], created=day(-20))
    fleet.registry.delete("shop/new", "latest")
    fleet.include = ("shop/api", "shop/web", "shop/new", "shop/same")
    fleet.by = "tag"


def fourth_day(fleet: Fleet) -> None:
    fleet.push("shop/new", "latest", ["p2"], created=day(14))
    fleet.push("shop/old", "latest", ["p2", "p4"], created=day(14))
    fleet.include = ("**",)
    fleet.bases = ("shop/api",)
    fleet.by = None


HISTORY: Sequence[Callable[[Fleet], None]] = (first_day, second_day, third_day, fourth_day)


def fleet_of(last: int) -> Fleet:
    """The fleet as it shows itself on a day."""
    fleet = Fleet()
    for happen in HISTORY[: last + 1]:
        happen(fleet)
    return fleet


@dataclass(slots=True)
class Record:
    """One database that is put back to where it was; its engine keeps what it has prepared."""

    engine: Engine
    path: Path

    def put_back(self, saved: Path) -> None:
        self.engine.dispose()
        copy_database(saved, self.path)

    def save(self, to: Path) -> Path:
        copy_database(self.path, to)
        return to

    @contextmanager
    def deadly(self, survived: int, *, for_good: bool) -> Iterator[list[int]]:
        """Let the commit behind `survived` others fail, and for good all others after it."""
        commits: list[int] = []

        def die(_connection: Connection) -> None:
            commits.append(len(commits) + 1)
            if len(commits) == survived + 1 or (for_good and len(commits) > survived):
                raise Killed

        event.listen(self.engine, "commit", die)
        yield commits
        event.remove(self.engine, "commit", die)

    def documents(self, passes: int) -> list[Document]:
        """What it says as of each of the first passes."""
        return [exposures(self.engine, day(at)) for at in DAYS[:passes]]


@dataclass(frozen=True, slots=True)
class Undisturbed:
    """The record before each pass of the history, and what it says there and behind the last."""

    record: Record
    before: Sequence[Path]
    told: Sequence[Sequence[Document]]


@pytest.fixture(scope="module")
def undisturbed(
    tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path
) -> Iterator[Undisturbed]:
    folder = tmp_path_factory.mktemp("undisturbed")
    record = Record(open_engine(f"sqlite:///{folder / 'watcher.db'}"), folder / "watcher.db")
    record.put_back(sqlite_template)
    before, told = [], []
    for number, at in enumerate(DAYS):
        told.append(record.documents(number))
        before.append(record.save(folder / f"before-{number}.db"))
        assert fleet_of(number).sync(record.engine, day(at)).failures == []
    yield Undisturbed(record, before, [*told, record.documents(len(DAYS))])
    record.engine.dispose()


def test_the_history_has_something_to_lose(undisturbed: Undisturbed) -> None:
    windows = [window for document in undisturbed.told[-1] for window in document["windows"]]
    causes = {episode["cause"] for window in windows for episode in window["episodes"]}
    assert causes == {None, "remediated", "knowledge_withdrawn", "retired", "out_of_scope"}
    paths = {f"shop/{name}" for name in ("api", "web", "old", "new", "same")}
    assert {window["repository"] for window in windows} == paths


@pytest.mark.parametrize(("for_good", "step"), [(True, 1), (False, 5)], ids=["killed", "raised"])
@pytest.mark.parametrize("disturbed", range(len(DAYS)), ids=lambda number: f"pass{number}")
def test_a_pass_that_dies_at_any_write_is_made_good_by_the_next(
    undisturbed: Undisturbed, disturbed: int, *, for_good: bool, step: int
) -> None:
    record, died = undisturbed.record, 0
    for survived in range(0, MOST, step):
        record.put_back(undisturbed.before[disturbed])
        with record.deadly(survived, for_good=for_good) as commits:
            try:
                fleet_of(disturbed).sync(record.engine, day(DAYS[disturbed]))
            except Killed:
                died += 1
            else:
                assert len(commits) <= survived
                break
        assert record.documents(disturbed) == undisturbed.told[disturbed], f"dead after {survived}"
        for number, at in list(enumerate(DAYS))[disturbed : disturbed + 2]:
            fleet_of(number).sync(record.engine, day(at))
            told = record.documents(number + 1)
            assert told == undisturbed.told[number + 1], f"after {survived} commits"
    assert 5 <= died < MOST
