"""Retention: what is dropped, what never is, and that a death in between loses nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from tests.fakes.jobs import FakeJobs
from tests.fakes.knowledge import FakeLibrary
from tests.unit.domain.days import day
from watcher.domain.errors import TransientError
from watcher.domain.knowledge import KnowledgeVersion
from watcher.ports.library import Shelf
from watcher.ports.store.jobs import Order
from watcher.ports.store.offers import OlderOffer
from watcher.ports.store.passes import PassRecord
from watcher.services.outcome import Outcome
from watcher.services.retention import Limits, RetentionStage


class DyingLibrary(FakeLibrary):
    """Dies, or fails, after so many databases were dropped."""

    def __init__(self) -> None:
        super().__init__()
        self.left: int | None = None
        self.error: BaseException = KeyboardInterrupt()

    def drop(self, shelf: Shelf, digest: str) -> None:
        if self.left == 0:
            raise self.error
        super().drop(shelf, digest)
        self.left = None if self.left is None else self.left - 1


@dataclass
class House:
    """The stage with its surroundings; signs what it needs of the record."""

    library: DyingLibrary = field(default_factory=DyingLibrary)
    jobs: FakeJobs = field(default_factory=FakeJobs)
    in_force: str = "db9"
    standing: dict[str, OlderOffer] = field(default_factory=dict)
    expired: list[datetime] = field(default_factory=list)

    def versions(self) -> list[KnowledgeVersion]:
        return [KnowledgeVersion(1, "0.74.0", self.in_force, day(1), day(1), day(1))]

    def java_db(self) -> str:
        return "java1"

    def older(self) -> dict[str, OlderOffer]:
        return self.standing

    def expire(self, this: PassRecord, before: datetime) -> None:
        del this
        self.expired.append(before)

    def take(self, at: float = 40) -> Outcome:
        stage = RetentionStage(
            self.library,
            self,  # type: ignore[arg-type] # what the stage needs of them
            self,  # type: ignore[arg-type]
            self,  # type: ignore[arg-type]
            self.jobs,
            Limits(db_files=3, raw=timedelta(days=30)),
        )
        return stage.take(PassRecord(1, day(at)))

    def kept(self) -> list[str]:
        return self.library.standing("db")


@pytest.fixture
def house() -> House:
    """Ten databases, the last of which is in force, and five for jars."""
    made = House()
    for shelf, name, count in (("db", "db", 10), ("java-db", "java", 5)):
        for number in range(count):
            made.library.unpack(shelf, f"{name}{number}", made.library.folder("x").db)  # type: ignore[arg-type]
    return made


def test_databases_beyond_the_newest_are_dropped_of_each_kind(house: House) -> None:
    assert house.take().failures == []
    assert house.kept() == ["db9", "db8", "db7"]
    assert house.library.standing("java-db") == ["java4", "java3", "java2", "java1"]


def test_the_one_in_force_stays_however_old_it_is(house: House) -> None:
    house.in_force = "db0"
    house.take()
    assert house.kept() == ["db9", "db8", "db7", "db0"]


def test_what_a_job_or_a_source_may_still_ask_for_stays(house: House) -> None:
    order = Order("os", {"under": {"scanner": "0.74.0", "db": "db2", "java_db": None}})
    house.jobs.order(house.jobs.begin(day(39)), "match", [order], eager=True)
    house.standing["mirror"] = OlderOffer("mirror", "db4", day(1), day(39))
    house.take()
    assert house.kept() == ["db9", "db8", "db7", "db4", "db2"]


def test_a_death_at_any_drop_leaves_the_rest_to_the_next_pass(house: House) -> None:
    house.in_force = "db0"
    for drops in range(3):
        house.library.left = drops
        with pytest.raises(KeyboardInterrupt):
            house.take()
        assert {"db9", "db8", "db7", "db0"} <= set(house.kept())
    house.library.left = None
    house.take()
    assert house.kept() == ["db9", "db8", "db7", "db0"]


def test_a_disk_that_fails_is_named_and_findings_expire_all_the_same(house: House) -> None:
    house.library.left, house.library.error = 0, TransientError("the disk is gone")
    (failure,) = house.take().failures
    assert (failure.stage, failure.subject, failure.retry) == ("retention", "databases", True)
    assert house.expired == [day(10)]
