"""Locks of different kinds and numbers, and what tells that one was lost."""

from __future__ import annotations

import fcntl
from collections.abc import Callable
from contextlib import ExitStack

import pytest
from sqlalchemy import Engine

from tests.contract.store.places import cut
from watcher.adapters.store.lock import DatabaseLock, NamedLock

Opening = Callable[[str], Engine]
LOCKS = [("pass", 0), ("leader", 0), ("worker", 0), ("worker", 1), ("worker", 2**31 - 1)]


def test_locks_of_different_kinds_and_numbers_do_not_exclude_each_other(
    engine: Engine, database_url: str, opening: Opening
) -> None:
    other = opening(database_url)
    with ExitStack() as stack:
        for kind, number in LOCKS:
            holds = stack.enter_context(NamedLock(engine, kind, number).taken())
            assert holds is not None
            assert holds()
        for kind, number in LOCKS:
            assert stack.enter_context(NamedLock(other, kind, number).taken()) is None
            assert stack.enter_context(NamedLock(engine, kind, number).taken()) is None
    for kind, number in LOCKS:
        with NamedLock(other, kind, number).taken() as holds:
            assert holds is not None


def test_two_databases_have_locks_of_their_own(
    engine: Engine, other_url: str, opening: Opening
) -> None:
    with NamedLock(engine, "leader").taken(), NamedLock(opening(other_url), "leader").taken() as it:
        assert it is not None


@pytest.mark.servers
def test_a_lock_that_was_lost_stays_lost_and_is_free_for_others(
    postgresql_url: str, opening: Opening
) -> None:
    engine, other = opening(postgresql_url), opening(postgresql_url)
    lock = NamedLock(engine, "pass")
    with lock.taken() as holds:
        assert holds is not None
        cut(other, "objid = 0")
        with NamedLock(other, "pass").taken() as taken:
            assert taken is not None
            assert [holds(), holds(), holds()] == [False] * 3
            assert taken()
        # Nor does it come back when the other one lets go.
        assert not holds()
    with lock.taken() as holds:
        assert holds is not None


@pytest.mark.servers
def test_who_lost_a_lock_does_not_let_go_of_somebody_elses(
    postgresql_url: str, opening: Opening
) -> None:
    engine, other = opening(postgresql_url), opening(postgresql_url)
    with ExitStack() as stack:
        with NamedLock(engine, "pass").taken():
            cut(other, "objid = 0")
            assert stack.enter_context(NamedLock(other, "pass").taken()) is not None
        with NamedLock(engine, "pass").taken() as holds:
            assert holds is None


@pytest.mark.servers
def test_the_lock_of_a_pass_that_fails_after_it_was_lost_hides_no_error(
    postgresql_url: str, opening: Opening
) -> None:
    engine, other = opening(postgresql_url), opening(postgresql_url)

    def fall_over() -> None:
        cut(other, "objid = 0")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), DatabaseLock(engine).held():
        fall_over()


def test_a_locked_file_that_is_taken_away_holds_no_more(sqlite_url: str, opening: Opening) -> None:
    lock = NamedLock(opening(sqlite_url), "pass")
    with lock.taken() as holds:
        assert holds is not None
        assert holds()
        lock.path.unlink()
        assert not holds()
        lock.path.touch()
        assert not holds()


def test_a_file_that_is_taken_away_between_its_opening_and_its_locking_is_no_lock(
    sqlite_url: str, opening: Opening, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock, real = NamedLock(opening(sqlite_url), "worker", 5), fcntl.flock

    def late(file: int, how: int) -> None:
        lock.path.unlink()
        real(file, how)

    with monkeypatch.context() as patch:
        patch.setattr(fcntl, "flock", late)
        with lock.taken() as holds:
            assert holds is None
    with lock.taken() as holds:
        assert holds is not None
