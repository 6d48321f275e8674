"""What is recorded in the name of a lease is recorded in time, or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

import pytest
from sqlalchemy import Engine, event, func, insert, select

from tests.contract.store.claimer import facts, record
from tests.contract.store.places import JobPlace, hour, order, sql_place
from watcher.adapters.store.lock import one_at_a_time
from watcher.adapters.store.writing import writing
from watcher.ports.store.jobs import Job
from watcher.ports.store.passes import PassRecord, TooLateError

Opening = Callable[[str], Engine]


@pytest.fixture
def place(engine: Engine) -> JobPlace:
    with engine.begin() as connection:
        facts.create(connection)
    return sql_place(engine)


def recorded(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(facts)) or 0


def claimed(place: JobPlace, worker: int) -> Job:
    place.order(0, "a")
    (job,) = place.claim(worker)
    return job


def refused(engine: Engine, job: Job) -> str:
    with pytest.raises(TooLateError) as error:
        record(engine, job)
    assert recorded(engine) == 0
    assert "\n" not in str(error.value)
    return str(error.value)


def test_under_a_lease_that_holds_facts_are_recorded(place: JobPlace, engine: Engine) -> None:
    with place.worker() as worker:
        record(engine, claimed(place, worker))
    assert recorded(engine) == 1


def test_nothing_is_recorded_under_a_pass_that_is_over(place: JobPlace, engine: Engine) -> None:
    with place.worker() as worker:
        job = claimed(place, worker)
        place.end()
        assert refused(engine, job).startswith("pass 1 is over")


def test_nothing_is_recorded_under_a_pass_that_another_one_took_over(
    place: JobPlace, engine: Engine
) -> None:
    with place.worker() as worker:
        job = claimed(place, worker)
        place.begin(hour(1))
        refused(engine, job)
        place.order(2, "a")
        refused(engine, job)
        now = place.jobs.still(job)
        assert now is not None
        record(engine, now)
    assert recorded(engine) == 1


def test_nothing_is_recorded_under_a_lease_that_was_lost(place: JobPlace, engine: Engine) -> None:
    with place.worker() as worker, place.worker() as other:
        job = claimed(place, worker)
        place.jobs.release(worker)
        assert "somebody else" in refused(engine, job)
        place.claim(other)
        refused(engine, job)


def test_nothing_is_recorded_for_a_job_that_nobody_wants_any_more(
    place: JobPlace, engine: Engine
) -> None:
    with place.worker() as worker:
        job = claimed(place, worker)
        this = place.order(0, "b")
        place.jobs.order(this, "match", [], eager=True)
        refused(engine, job)


@contextmanager
def held_open(engine: Engine, this: PassRecord) -> Iterator[Event]:
    """Record something in the name of a pass or a lease, and commit only when the event is set."""
    begun, go_on = Event(), Event()

    def run() -> None:
        with writing(engine, this) as connection:
            row = {"key": "a", "opened_in": this.number}
            connection.execute(insert(facts).values(row))
            begun.set()
            assert go_on.wait(30)

    thread = Thread(target=run)
    thread.start()
    assert begun.wait(30)
    try:
        yield go_on
    finally:
        go_on.set()
        thread.join()


@pytest.mark.parametrize(("name", "taken"), [("pass", "pass"), ("lease", "pass"), ("lease", "job")])
def test_whoever_takes_a_pass_or_a_job_away_waits_for_what_is_being_recorded(
    place: JobPlace, engine: Engine, database_url: str, opening: Opening, name: str, taken: str
) -> None:
    other, seen = sql_place(opening(database_url)), list[int]()
    with place.worker() as worker:
        this = place.order(0, "a")
        (job,) = place.claim(worker)

        def take() -> None:
            if taken == "pass":
                other.begin(hour(1))
            else:
                other.jobs.order(this, "match", [], eager=True)
            seen.append(recorded(engine))

        thread = Thread(target=take)
        with held_open(engine, this if name == "pass" else job.wanted) as go_on:
            thread.start()
            thread.join(0.2)
            assert seen == []
            go_on.set()
        thread.join()
    assert seen == [1]


def test_what_is_finished_just_when_it_is_told_otherwise_is_not_forgotten(
    place: JobPlace, engine: Engine, database_url: str, opening: Opening
) -> None:
    other = sql_place(opening(database_url))
    this = place.order(0, order("a", db=1))
    finishing, go_on = Event(), Event()

    def wait(_connection: object) -> None:
        finishing.set()
        assert go_on.wait(30)

    def tell() -> None:
        other.jobs.order(this, "match", [order("a", db=2)], eager=False)

    with place.worker() as worker:
        (job,) = place.claim(worker)
        threads = [Thread(target=place.jobs.finish, args=(job,)), Thread(target=tell)]
        event.listen(engine, "commit", wait)
        threads[0].start()
        assert finishing.wait(30)
        threads[1].start()
        threads[1].join(0.2)
        go_on.set()
        for one in threads:
            one.join()
        event.remove(engine, "commit", wait)
        assert [one.payload for one in place.claim(worker)] == [{"db": 2}]


def test_what_is_read_before_it_is_written_stays_as_it_was(
    place: JobPlace, engine: Engine, database_url: str, opening: Opening
) -> None:
    """Counting and then adding, by several at once: no two add the same."""
    assert place.states() == {}
    engines = [opening(database_url) for _ in range(3)]
    failures: list[BaseException] = []

    def count(one: Engine) -> None:
        try:
            for _ in range(20):
                with writing(one) as connection:
                    one_at_a_time(connection, "matches")
                    number = connection.scalar(select(func.count()).select_from(facts)) or 0
                    row = {"key": f"number {number}", "opened_in": 1}
                    connection.execute(insert(facts).values(row))
        except Exception as error:  # noqa: BLE001 - of a thread, and looked at below
            failures.append(error)

    threads = [Thread(target=count, args=(one,)) for one in engines]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert failures == []
    with engine.connect() as connection:
        keys = list(connection.scalars(select(facts.c.key)))
    assert sorted(keys) == sorted(f"number {number}" for number in range(60))
