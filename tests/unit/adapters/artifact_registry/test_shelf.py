"""What was listed for the names is handed over once, and while it is young."""

from __future__ import annotations

from watcher.adapters.registries.artifact_registry.contents import Contents
from watcher.adapters.registries.artifact_registry.shelf import Shelf

ONE, OTHER = Contents({}, at_once=True), Contents({}, at_once=False)


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_what_is_kept_is_handed_over_once() -> None:
    shelf = Shelf(Clock())
    shelf.put(shelf.now(), {"docker": ONE})
    assert shelf.take("docker") is ONE
    assert shelf.take("docker") is None


def test_what_is_old_is_not_handed_over() -> None:
    clock = Clock()
    shelf = Shelf(clock)
    shelf.put(shelf.now(), {"docker": ONE, "infra": OTHER})
    clock.now += 299
    assert shelf.take("docker") is ONE
    clock.now += 1
    assert shelf.take("infra") is None


def test_what_was_not_taken_makes_room_for_the_next_listing() -> None:
    shelf = Shelf(Clock())
    shelf.put(shelf.now(), {"docker": ONE, "gone": ONE})
    shelf.put(shelf.now(), {"docker": OTHER})
    assert shelf.take("gone") is None
    assert shelf.take("docker") is OTHER
