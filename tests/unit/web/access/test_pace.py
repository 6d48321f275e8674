"""How often one address may try."""

from __future__ import annotations

from watcher.web.access import pace
from watcher.web.access.pace import Pace


class Clock:
    time = 1000.0

    def __call__(self) -> float:
        return self.time


def test_a_burst_is_let_through_and_then_one_at_a_time() -> None:
    clock = Clock()
    one = Pace(burst=3, per_minute=6, felt=clock)
    assert [one.wait("a") for _ in range(4)] == [0, 0, 0, 11]
    clock.time += 10
    assert [one.wait("a"), one.wait("a")] == [0, 11]


def test_who_waits_is_not_punished_for_asking_meanwhile() -> None:
    clock = Clock()
    one = Pace(burst=1, per_minute=6, felt=clock)
    one.wait("a")
    for _ in range(100):
        one.wait("a")
    clock.time += 10
    assert one.wait("a") == 0


def test_addresses_do_not_wait_for_each_other() -> None:
    one = Pace(burst=1, felt=Clock())
    assert [one.wait("a"), one.wait("b"), one.wait("a") > 0] == [0, 0, True]


def test_looking_takes_no_try() -> None:
    one = Pace(burst=1, felt=Clock())
    assert [one.waits("a"), one.waits("a"), one.wait("a")] == [0, 0, 0]
    assert one.waits("a") > 0


def test_no_more_addresses_are_remembered_than_there_is_room_for() -> None:
    one = Pace(burst=1, felt=Clock())
    for number in range(pace._MOST + 100):
        one.wait(str(number))
    assert len(one._held) == pace._MOST
