"""Several processes at the same jobs: each is done once, whoever is stopped or killed."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from threading import Thread

import pytest
from sqlalchemy import Engine, select

from tests.contract.store.claimer import claimer, facts, record
from tests.contract.store.places import JobPlace, hour, order, sql_place
from watcher.adapters.store.presence import SqlPresence
from watcher.ports.store.jobs import Job

MANY = 1500
PATIENCE = 60.0  # seconds until a test gives up


@pytest.fixture
def place(engine: Engine) -> JobPlace:
    with engine.begin() as connection:
        facts.create(connection)
    return sql_place(engine)


def recorded(engine: Engine) -> Counter[str]:
    """How often each job was recorded."""
    with engine.connect() as connection:
        return Counter(connection.scalars(select(facts.c.key)))


def eventually(what: Callable[[], bool]) -> bool:
    """Whether something comes true before patience ends."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if what():
            return True
        time.sleep(0.02)
    return False


def test_thousands_of_jobs_are_each_done_once_by_several_processes(
    place: JobPlace, engine: Engine, database_url: str
) -> None:
    place.order(0, *(f"job {number}" for number in range(MANY)))
    with ExitStack() as stack:
        others = [stack.enter_context(claimer("drain", database_url, 7)) for _ in range(3)]
        assert [other.heard() for other in others] == [["ready"]] * 3
        assert eventually(lambda: place.jobs.pending("match") == 0)
        for other in others:
            other.tell()
        shares = [int(other.heard()[0]) for other in others]
    assert recorded(engine) == Counter(f"job {number}" for number in range(MANY))
    assert sum(shares) == MANY
    assert place.jobs.unfinished() == []


def test_passes_that_are_cut_short_lose_and_double_nothing(
    place: JobPlace, engine: Engine, database_url: str
) -> None:
    """A leader begins one pass after the other while processes are at what the last one wanted.

    What was recorded under a pass is there when the next one looks: nothing comes later.
    """
    names = {f"job {number}" for number in range(600)}
    seen: dict[int, set[str]] = {}
    with ExitStack() as stack:
        others = [stack.enter_context(claimer("drain", database_url, 5)) for _ in range(2)]
        assert [other.heard() for other in others] == [["ready"]] * 2
        for number in range(400):
            this = place.begin(hour(number))
            seen[this.number] = set(recorded(engine))
            left = sorted(names - seen[this.number])
            if not left:
                break
            place.jobs.order(this, "match", [order(key) for key in left], eager=False)
            time.sleep(0.05)
        for other in others:
            other.tell()
        shares = [int(other.heard()[0]) for other in others]
    assert recorded(engine) == Counter(names)
    assert sum(shares) == len(names)
    assert len(seen) > 3
    with engine.connect() as connection:
        rows = connection.execute(select(facts.c.key, facts.c.opened_in)).all()
    for number, found in seen.items():
        assert found == {row.key for row in rows if row.opened_in < number}


def test_the_jobs_of_a_killed_process_come_back(place: JobPlace, database_url: str) -> None:
    place.order(0, "a", "b", "c")
    with claimer("hold", database_url, 2) as other:
        assert other.heard()[1:] == ["a", "b"]
        assert place.presence.bury() == 0
        assert place.states() == {"a": "under way", "b": "under way", "c": "ready"}
        other.kill()
        # A server learns of the death when it reads from the connection.
        assert eventually(lambda: place.presence.bury() == 2)
    with place.worker() as worker:
        assert [one.attempts for one in place.claim(worker)] == [2, 2, 1]


def test_many_killed_processes_lose_and_double_nothing(
    place: JobPlace, engine: Engine, database_url: str
) -> None:
    names = [f"job {number}" for number in range(MANY // 5)]
    this = place.order(0, *names)
    killed = 0
    while place.jobs.pending("match"):
        with claimer("drain", database_url, 5) as other:
            assert other.heard() == ["ready"]
            before = recorded(engine).total()
            enough = min(before + 40, MANY // 5)
            assert eventually(lambda wanted=enough: recorded(engine).total() >= wanted)  # type: ignore[misc] # a default binds it
            other.kill()
            killed += 1
        assert eventually(lambda: place.presence.bury() > 0 or not held(place))
        # A row that was recorded and not yet taken off is no longer wanted.
        left = [key for key in names if key not in recorded(engine)]
        place.jobs.order(this, "match", [order(key) for key in left], eager=True)
    assert recorded(engine) == Counter(names)
    assert killed > 3


def held(place: JobPlace) -> list[str]:
    return [one.key for one in place.jobs.unfinished() if one.worker]


@contextmanager
def stopped(pid: int) -> Iterator[None]:
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


@pytest.mark.servers
def test_a_stuck_process_loses_its_leases_and_changes_nothing_when_it_wakes(
    postgresql_url: str, opening: Callable[[str], Engine]
) -> None:
    engine = opening(postgresql_url)
    place, watch = sql_place(engine), SqlPresence(engine, silence=4.0)
    place.order(0, "a", "b", "c")
    with claimer("hold", postgresql_url, 2) as stuck, ExitStack() as later:
        assert stuck.heard()[1:] == ["a", "b"]
        fine = later.enter_context(claimer("hold", postgresql_url, 1))
        assert fine.heard()[1:] == ["c"]
        with stopped(stuck.running.pid):
            assert eventually(lambda: watch.bury() == 2)
            assert place.states() == {"a": "ready", "b": "ready", "c": "under way"}
            with place.worker() as worker:
                taken = place.claim(worker)
                assert [one.key for one in taken] == ["a", "b"]
                assert place.jobs.finish(taken[0])
                stuck.tell()
                os.kill(stuck.running.pid, signal.SIGCONT)
                assert stuck.heard() == ["False", "False"]
                assert place.states() == {"b": "under way", "c": "under way"}
        fine.tell()
        assert fine.heard() == ["True"]


@pytest.mark.servers
def test_a_process_that_is_stuck_while_it_records_keeps_nobody_waiting(
    postgresql_url: str, opening: Callable[[str], Engine]
) -> None:
    engine = opening(postgresql_url)
    place, watch = sql_place(engine), SqlPresence(engine, silence=1.0)
    with engine.begin() as connection:
        facts.create(connection)
    place.order(0, "a")
    with claimer("stall", postgresql_url, 3) as stuck:
        assert stuck.heard() == ["stalled"]
        with stopped(stuck.running.pid):
            # What it has locked is passed over, until the server takes it back.
            assert eventually(lambda: watch.bury() == 1)
            assert recorded(engine) == Counter()
            with place.worker() as worker:
                (job,) = place.claim(worker)
                record(engine, job)
                assert place.jobs.finish(job)
        stuck.tell()
        assert stuck.heard() == ["lost", "False"]
    assert recorded(engine) == Counter(["a"])


def test_a_stuck_process_beside_its_file_keeps_what_it_has(
    sqlite_url: str, opening: Callable[[str], Engine]
) -> None:
    engine = opening(sqlite_url)
    place, watch = sql_place(engine), SqlPresence(engine, silence=0.0)
    place.order(0, "a")
    with claimer("hold", sqlite_url, 1) as other:
        assert other.heard()[1:] == ["a"]
        with stopped(other.running.pid):
            assert [watch.bury() for _ in range(5)] == [0] * 5
        other.tell()
        assert other.heard() == ["True"]


def test_threads_of_one_process_take_each_job_once(place: JobPlace) -> None:
    place.order(0, *(f"job {number}" for number in range(300)))
    taken: list[Job] = []

    def take() -> None:
        with place.worker() as worker:
            while jobs := place.claim(worker, 3):
                taken.extend(jobs)
                assert all(place.jobs.finish(one) for one in jobs)

    threads = [Thread(target=take) for _ in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert Counter(one.key for one in taken) == Counter(f"job {n}" for n in range(300))
    assert place.jobs.unfinished() == []


def test_two_leaders_that_order_the_same_never_collide(
    place: JobPlace, opening: Callable[[str], Engine], database_url: str
) -> None:
    this = place.begin(hour(0))
    places = [place, *(sql_place(opening(database_url)) for _ in range(3))]
    failures: list[BaseException] = []

    def lead(one: JobPlace, number: int) -> None:
        try:
            for each in range(15):
                wanted = [order(f"job {n}") for n in range(each, each + 60)]
                one.jobs.order(this, "match", wanted, eager=bool(number % 2))
        except Exception as error:  # noqa: BLE001 - of a thread, and looked at below
            failures.append(error)

    threads = [Thread(target=lead, args=(one, n)) for n, one in enumerate(places)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert failures == []
    assert len(place.jobs.unfinished()) == 60
