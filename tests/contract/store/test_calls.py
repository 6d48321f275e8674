"""The record of calls signs the port `Calls`."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from sqlalchemy import Engine

from tests.contract.store.record import rows
from watcher.adapters.store.calls import SqlCalls
from watcher.domain.places import Places
from watcher.domain.reference import Repository

AT_ONCE = 50


@pytest.fixture
def calls(engine: Engine) -> SqlCalls:
    return SqlCalls(engine)


def keys(calls: SqlCalls, most: int = 100) -> list[str]:
    return [one.key for one in calls.waiting(most)]


def test_calls_wait_in_the_order_in_which_they_were_made(calls: SqlCalls) -> None:
    assert calls.waiting(9) == []
    for key in ("b", "c", "a", "b"):
        calls.call(key, {})
    assert keys(calls) == ["b", "c", "a"]
    assert keys(calls, 2) == ["b", "c"]


def test_a_call_tells_what_was_said_last(calls: SqlCalls) -> None:
    calls.call("hook", {"repository": "shop/api", "tags": ["1"]})
    calls.call("hook", {"repository": "shop/web", "text": "a\0b \ud800"})
    (call,) = calls.waiting(9)
    assert (call.payload, call.times) == ({"repository": "shop/web", "text": "a\0b \ud800"}, 2)


def test_what_was_answered_waits_no_more(calls: SqlCalls) -> None:
    for key in ("a", "b", "c"):
        calls.call(key, {})
    first, _, third = calls.waiting(9)
    calls.answered([first, third])
    assert keys(calls) == ["b"]
    calls.answered([])
    calls.answered(calls.waiting(9))
    assert keys(calls) == []


def test_what_is_asked_again_while_it_is_answered_stays(calls: SqlCalls) -> None:
    calls.call("a", {})
    calls.call("b", {})
    waiting = calls.waiting(9)
    calls.call("a", {"again": True})
    calls.answered(waiting)
    (call,) = calls.waiting(9)
    assert (call.key, call.payload) == ("a", {"again": True})
    calls.answered([call])
    assert calls.waiting(9) == []


@pytest.mark.servers
def test_an_answer_that_comes_twice_takes_no_later_call_along(
    postgresql_url: str, opening: Callable[[str], Engine]
) -> None:
    """Two leaders may answer the same call, where the first one lost its lock."""
    calls = SqlCalls(opening(postgresql_url))
    calls.call("a", {})
    heard_by_both = calls.waiting(9)
    calls.answered(heard_by_both)
    calls.call("a", {})
    calls.answered(heard_by_both)
    assert keys(calls) == ["a"]


def test_keys_that_cannot_be_kept_whole_are_still_told_apart(calls: SqlCalls) -> None:
    told = ["x" * 10_000, "x" * 10_001, "a\0b", "a\ufffdb", "\ud800", "\ufffd", ""]
    for key in [*told, *told]:
        calls.call(key, {"length": len(key)})
    waiting = calls.waiting(99)
    assert [one.payload["length"] for one in waiting] == [len(key) for key in told]
    assert {one.times for one in waiting} == {2}
    calls.answered(waiting)
    assert keys(calls) == []


def test_calls_at_the_same_instant_are_one_call(
    calls: SqlCalls, database_url: str, opening: Callable[[str], Engine]
) -> None:
    engines = [opening(database_url) for _ in range(5)]
    start, failures = Barrier(AT_ONCE), list[BaseException]()

    def call(number: int) -> None:
        start.wait()
        try:
            SqlCalls(engines[number % 5]).call("hook", {"number": number})
        except Exception as error:  # noqa: BLE001 - of a thread, and looked at below
            failures.append(error)

    threads = [Thread(target=call, args=(number,)) for number in range(AT_ONCE)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert failures == []
    (waiting,) = calls.waiting(9)
    assert waiting.times == AT_ONCE


def places(*names: str) -> Places:
    """Places by what stands in their keys: `local/shop/api`, or `local` for all of it."""
    pairs = (name.partition("/") for name in names)
    return Places.of(Repository(one, path) if path else one for one, _, path in pairs)


def looks(calls: SqlCalls) -> dict[str, int]:
    """The looks that wait, with how often they were asked for."""
    return {str(one.place): one.times for one in calls.waiting(999) if one.place}


def test_a_place_is_one_call_however_often_and_in_whatever_order_it_is_named(
    calls: SqlCalls,
) -> None:
    calls.look(places("local/a", "local/b"))
    calls.look(places("local/b", "other/a"))
    calls.look(Places())
    assert looks(calls) == {"local/a": 1, "local/b": 2, "other/a": 1}
    assert keys(calls) == ["look:local/a", "look:local/b", "look:other/a"]
    calls.call("schedule:inventory", {})
    assert [one.place for one in calls.waiting(9)][-1] is None


def test_more_places_than_may_wait_are_their_registry_and_nothing_else(calls: SqlCalls) -> None:
    calls.call("schedule:inventory", {})
    calls.look(places("other/x", "local/a", "local/b"), most=2)
    assert looks(calls) == {"local/a": 1, "local/b": 1, "other/x": 1}
    calls.look(places("local/c"), most=2)
    assert looks(calls) == {"other/x": 1, "local": 1}
    assert "schedule:inventory" in keys(calls)
    calls.look(places("local/a", "local/d", "local/e", "local/f"), most=2)
    assert looks(calls) == {"other/x": 1, "local": 2}


def test_ten_thousand_places_leave_a_single_row(calls: SqlCalls, engine: Engine) -> None:
    calls.look(places(*(f"local/{number}" for number in range(10_000))))
    assert looks(calls) == {"local": 1}
    assert rows(engine)["calls"] == 1


def test_a_look_that_is_asked_for_again_while_it_is_made_is_made_again(calls: SqlCalls) -> None:
    calls.look(places("local/a", "local/b"))
    heard = calls.waiting(9)
    calls.look(places("local/b"))
    calls.answered(heard)
    assert looks(calls) == {"local/b": 2}


def test_a_look_that_became_one_at_all_of_it_while_it_was_made_waits_on(calls: SqlCalls) -> None:
    """The row of the whole may have the number of one that went for it."""
    calls.look(places("local/a", "local/b"), most=2)
    heard = calls.waiting(9)
    calls.look(places("local/c"), most=2)
    calls.answered(heard)
    assert looks(calls) == {"local": 1}


def test_looks_noted_at_the_same_instant_are_all_there_and_within_their_bound(
    calls: SqlCalls, database_url: str, opening: Callable[[str], Engine]
) -> None:
    engines = [opening(database_url) for _ in range(5)]
    start, failures = Barrier(20), list[BaseException]()

    def note(number: int) -> None:
        # Opposite orders, over which transactions that lock as they go would fall out.
        named = [f"local/{(number * step) % 7}" for step in range(1, 5)] + ["other/x"]
        start.wait()
        try:
            SqlCalls(engines[number % 5]).look(places(*named), most=6)
        except Exception as error:  # noqa: BLE001 - of a thread, and looked at below
            failures.append(error)

    threads = [Thread(target=note, args=(number,)) for number in range(20)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert failures == []
    assert looks(calls).keys() == {"local", "other/x"}
    assert looks(calls)["other/x"] == 20
