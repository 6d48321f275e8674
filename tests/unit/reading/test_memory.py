"""What is kept of the record: made once, of one pass, and not too long."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Event, Thread

from watcher.reading.memory import Memory, Moment

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
SHORT = timedelta(minutes=4)


def moment(upto: int = 1, minutes: float = 0) -> Moment:
    return Moment(upto, NOON + timedelta(minutes=minutes))


@dataclass(slots=True)
class Maker:
    """Makes numbers, one after the other."""

    made: int = 0

    def __call__(self) -> int:
        self.made += 1
        return self.made


def test_a_thing_is_made_once_while_it_lasts() -> None:
    memory, make = Memory(), Maker()
    told = [memory.get("report", moment(minutes=one), make, SHORT) for one in (0, 1, 3.9, 4, 5)]
    assert told == [1, 1, 1, 2, 2]


def test_a_thing_of_another_pass_is_made_anew_and_the_old_one_is_gone() -> None:
    memory, make = Memory(), Maker()
    assert memory.get("report", moment(1), make) == 1
    assert memory.get("report", moment(2), make) == 2
    assert memory.get("report", moment(1), make) == 3  # whoever is still at reading that pass
    assert memory.get("report", moment(2), make) == 2


def test_things_of_different_kinds_do_not_meet() -> None:
    memory, make = Memory(), Maker()
    assert [memory.get(one, moment(), make) for one in ("a", "b", "a")] == [1, 2, 1]


def test_many_who_ask_at_once_have_it_made_once() -> None:
    memory, make, told = Memory(), Maker(), list[int]()
    threads = [
        Thread(target=lambda: told.append(memory.get("report", moment(), make))) for _ in range(8)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert told == [1] * 8


def test_what_fails_is_tried_again_by_the_next() -> None:
    memory = Memory()

    def fail() -> int:
        raise ConnectionError

    for make in (fail, Maker()):
        try:
            told = memory.get("report", moment(), make)
        except ConnectionError:
            told = 0
    assert told == 1


def test_who_renews_makes_a_thing_anew_half_way_to_its_end() -> None:
    memory, make = Memory(), Maker()
    renewing = memory.renewing()
    told = [renewing.get("report", moment(minutes=one), make, SHORT) for one in (0, 1.9, 2, 3, 4)]
    assert told == [1, 1, 2, 2, 3]
    assert memory.get("report", moment(minutes=7.9), make, SHORT) == 3


@dataclass(slots=True)
class Slow:
    """Makes a thing when it is told to."""

    make: Callable[[], int]
    begun: Event = field(default_factory=Event)
    go: Event = field(default_factory=Event)

    def __call__(self) -> int:
        self.begun.set()
        assert self.go.wait(10)
        return self.make()


def test_nobody_waits_for_a_thing_that_is_made_anew() -> None:
    memory, make = Memory(), Maker()
    memory.get("report", moment(), make, SHORT)
    slow = Slow(make)
    thread = Thread(target=memory.renewing().get, args=("report", moment(1, 3), slow, SHORT))
    thread.start()
    assert slow.begun.wait(10)
    assert memory.get("report", moment(1, 3), make, SHORT) == 1
    slow.go.set()
    thread.join()
    assert memory.get("report", moment(1, 3), make, SHORT) == 2


def test_who_asks_for_the_first_one_waits_for_whoever_makes_it() -> None:
    memory, make, told = Memory(), Maker(), list[int]()
    slow = Slow(make)
    first = Thread(target=memory.renewing().get, args=("report", moment(), slow))
    first.start()
    assert slow.begun.wait(10)
    second = Thread(target=lambda: told.append(memory.get("report", moment(), make)))
    second.start()
    slow.go.set()
    first.join()
    second.join()
    assert (told, make.made) == ([1], 1)
