"""Who is at work: told apart from who is gone on both databases, by no clock."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, select

from tests.contract.store.places import JobPlace, cut, sql_place
from watcher.adapters.store.presence import SqlPresence
from watcher.adapters.store.tables.jobs import workers
from watcher.domain.errors import StartError
from watcher.ports.store.jobs import DismissedError

Opening = Callable[[str], Engine]


@pytest.fixture
def place(engine: Engine) -> JobPlace:
    return sql_place(engine)


@pytest.fixture
def other(database_url: str, opening: Opening) -> SqlPresence:
    """Another process's view."""
    return SqlPresence(opening(database_url))


def listed(engine: Engine) -> set[int]:
    with engine.connect() as connection:
        return set(connection.scalars(select(workers.c.id)))


def files(engine: Engine) -> list[str]:
    """Names of the locks of workers beside an SQLite database."""
    folder = Path(str(engine.url.database)).parent
    return [one.name for one in folder.glob("*worker*")]


def test_a_worker_is_on_the_record_while_it_works(place: JobPlace, engine: Engine) -> None:
    with place.worker() as first, place.worker() as second:
        assert listed(engine) == {first, second}
        with engine.connect() as connection:
            names = set(connection.scalars(select(workers.c.name)))
        assert all(name.endswith(f"process {os.getpid()}") for name in names)
    assert listed(engine) == set()
    assert files(engine) == []


def test_a_number_is_nobody_elses_even_later(place: JobPlace) -> None:
    numbers = []
    for _ in range(30):
        with place.worker() as worker:
            numbers.append(worker)
    assert len(set(numbers)) == len(numbers)


def test_a_worker_that_falls_over_leaves_too(place: JobPlace, engine: Engine) -> None:
    with pytest.raises(ZeroDivisionError), place.worker():
        raise ZeroDivisionError
    assert listed(engine) == set()
    assert files(engine) == []


def test_whoever_is_at_work_is_not_buried(
    place: JobPlace, engine: Engine, other: SqlPresence
) -> None:
    place.order(0, "a")
    with place.worker() as worker:
        (job,) = place.claim(worker)
        assert [place.presence.bury(), other.bury(), other.bury()] == [0, 0, 0]
        assert listed(engine) == {worker}
        assert place.jobs.finish(job)


def test_whoever_is_just_joining_is_not_buried(engine: Engine, other: SqlPresence) -> None:
    """Others look before, while and after the worker comes on the record."""
    place = sql_place(engine)
    looked: list[int] = []

    def look(*told: object) -> None:
        if "INSERT INTO workers" in str(told[2]):
            looked.append(other.bury())

    with bystander(engine, "before_cursor_execute", look):
        place.order(0, "a")
        with place.worker() as worker:
            looked.append(other.bury())
            assert len(place.claim(worker)) == 1
    assert looked == [0, 0]


@contextmanager
def bystander(engine: Engine, what: str, look: Callable[..., None]) -> Iterator[None]:
    event.listen(engine, what, look)
    yield
    event.remove(engine, what, look)


def watched(work: Callable[[], None], failures: list[BaseException]) -> threading.Thread:
    """Start a thread that tells what went wrong in it."""

    def run() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - looked at by whoever started it
            failures.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_joining_leaving_and_burying_at_once_harm_nobody(
    place: JobPlace, engine: Engine, other: SqlPresence
) -> None:
    place.order(0, *(f"job {n}" for n in range(200)))
    ended, failures = threading.Event(), list[BaseException]()

    def work() -> None:
        for _ in range(15):
            with place.worker() as worker:
                assert all(place.jobs.finish(job) for job in place.claim(worker, 2))

    def look() -> None:
        while not ended.is_set():
            assert other.bury() == 0

    working = [watched(work, failures) for _ in range(4)]
    looking = [watched(look, failures) for _ in range(2)]
    for one in working:
        one.join()
    ended.set()
    for one in looking:
        one.join()
    assert failures == []
    assert len(place.jobs.unfinished()) == 200 - 4 * 15 * 2
    assert listed(engine) == set()
    assert files(engine) == []


def test_a_file_that_a_dead_worker_left_without_a_row_is_tidied_away(
    sqlite_url: str, opening: Opening
) -> None:
    engine = opening(sqlite_url)
    left = Path(f"{engine.url.database}.worker-77.lock")
    left.touch()
    kept = Path(f"{engine.url.database}.worker-notes.lock")
    kept.touch()
    with SqlPresence(engine).joined("worker"):
        SqlPresence(engine).bury()
        assert not left.exists()
        assert len(files(engine)) == 2


def test_a_folder_where_no_lock_can_be_made_is_one_line(tmp_path: Path, opening: Opening) -> None:
    presence = SqlPresence(opening(f"sqlite:///{tmp_path / 'missing' / 'watcher.db'}"))
    with pytest.raises(StartError, match="no lock can be made") as refused:
        presence.joined("worker").__enter__()
    assert "\n" not in str(refused.value)


# On a network.


@pytest.mark.servers
def test_a_worker_that_lost_its_lock_is_buried_and_may_join_again(
    postgresql_url: str, opening: Opening
) -> None:
    engine, other = opening(postgresql_url), SqlPresence(opening(postgresql_url))
    place = sql_place(engine)
    place.order(0, "a")
    with place.worker() as worker:
        (job,) = place.claim(worker)
        cut(engine, f"objid = {worker}")
        assert other.bury() == 1
        with pytest.raises(DismissedError):
            place.claim(worker)
        assert not place.jobs.finish(job)
        with place.worker() as again:
            assert [one.key for one in place.claim(again)] == ["a"]


@pytest.mark.servers
def test_silence_is_counted_only_while_somebody_listens(
    postgresql_url: str, opening: Opening
) -> None:
    now = 1000.0
    engine = opening(postgresql_url)
    mute = SqlPresence(engine, pause=3600.0)
    watch = SqlPresence(engine, silence=60.0, felt=lambda: now)
    place = sql_place(engine)
    place.order(0, "a")
    with mute.joined("worker") as worker:
        place.claim(worker)
        assert watch.bury() == 0
        for _ in range(5):
            # The database was away for a day, or nobody looked: that is no silence of theirs.
            now += 86_400
            assert watch.bury() == 0
        silent = 5 * 10.0
        while silent <= 60.0:
            assert watch.bury() == 0
            now, silent = now + 5, silent + 5
        assert watch.bury() == 1
        with pytest.raises(DismissedError):
            place.claim(worker)


@pytest.mark.servers
def test_a_beat_is_heard(postgresql_url: str, opening: Opening) -> None:
    engine = opening(postgresql_url)
    beaten = threading.Event()

    def hear(*told: object) -> None:
        if "UPDATE workers SET beat" in str(told[2]):
            beaten.set()

    beating = SqlPresence(engine, pause=0.05).joined("worker")
    with bystander(engine, "after_cursor_execute", hear), beating:
        assert beaten.wait(30)
    assert not [one for one in threading.enumerate() if one.name.endswith("(_beat)")]
