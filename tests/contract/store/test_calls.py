"""The record of calls signs the port `Calls`."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from sqlalchemy import Engine

from watcher.adapters.store.calls import SqlCalls

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
